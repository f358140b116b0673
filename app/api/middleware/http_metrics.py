"""Counts and times requests by route."""

import time

from starlette.types import ASGIApp, Receive, Scope, Send

from app.api.dependencies.container import find_container
from app.api.middleware.route_template import route_of

_CLIENT_LEFT = 499  # nothing was answered


class HttpMetrics:
    """Feeds every request to the metrics of the running gateway."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap an application."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and count it afterwards."""
        container = find_container(scope)
        if container is None or scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        try:
            await self._app(scope, receive, send)
        finally:
            container.metrics.request_ended(
                method=scope["method"],
                route=route_of(scope),
                status=scope["state"].get("status", _CLIENT_LEFT),
                seconds=time.perf_counter() - began,
            )
