"""Middleware that depends on the settings, which are read when the gateway starts."""

from typing import Any, Final, cast

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from app.api.dependencies.container import find_container
from app.api.dependencies.locality import host_of, is_local
from app.api.errors import render
from app.core.config import Settings
from app.core.errors import InvalidRequestError

_EXPOSED: Final = (
    "x-request-id",
    "x-error-message",
    "x-inference-provider",
    "x-meterhouse-upstream",
    "retry-after",
)


class Configured:
    """Builds what it stands for from the settings of the first request, and keeps it."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap an application, later, in what the settings want."""
        self._app = app
        self._settings: Settings | None = None
        self._built = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, through what was built if there is a container to build it from."""
        container = find_container(scope)
        if container is not None and container.settings is not self._settings:
            self._built = _built(self._app, container.settings)
            self._settings = container.settings
        await self._built(scope, receive, send)


def _built(app: ASGIApp, settings: Settings) -> ASGIApp:
    """Wrap an application: whom a request comes from is found out first, then whom it is for."""
    if settings.cors_origins:  # pages of these may call the API, with a key but without cookies
        app = CORSMiddleware(
            app,
            allow_origins=settings.cors_origins,
            allow_methods=("GET", "POST", "PATCH", "DELETE"),
            allow_headers=("*",),
            expose_headers=_EXPOSED,
        )
    if settings.trusted_hosts:
        app = TrustedHosts(app, settings.trusted_hosts)
    if settings.trusted_proxies:  # their X-Forwarded headers are believed, and nobody else's
        proxies = [*settings.trusted_proxies]
        app = cast("ASGIApp", ProxyHeadersMiddleware(cast("Any", app), proxies))
    return app


class TrustedHosts:
    """Refuses requests for other hosts, except a health check and this machine's own programs."""

    def __init__(self, app: ASGIApp, hosts: tuple[str, ...]) -> None:
        """Wrap an application; `*.example.com` stands for every name below example.com."""
        self._app = app
        self._hosts = frozenset(host.strip("[]").lower() for host in hosts)
        self._endings = tuple(host[1:] for host in self._hosts if host.startswith("*."))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on if it is for one of the hosts."""
        if scope["type"] != "http" or self._is_trusted(scope):
            await self._app(scope, receive, send)
            return
        error = InvalidRequestError("The Host header names no host that this gateway answers to.")
        await render(scope, error)(scope, receive, send)

    def _is_trusted(self, scope: Scope) -> bool:
        host = host_of(scope)
        if host in self._hosts or "*" in self._hosts or host.endswith(self._endings):
            return True
        return scope["path"] == "/health" or is_local(scope)
