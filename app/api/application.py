"""FastAPI, with the gateway's own way to its routes."""

from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute, Match
from starlette.types import ASGIApp, Receive, Scope, Send

from app.api.task_forms import task_forms


class Application(FastAPI):
    """An application whose requests pass the gateway's middleware, and none of the framework's.

    FastAPI's own catches errors three times, which `Failures` does once, bounds bodies, which
    `RequestLimits` does, looks for a tracing library each time, and keeps a stack of files to be
    closed, which the routes that may need one have: together 100 us of each request.
    """

    def openapi(self) -> dict[str, Any]:
        """Return the description of every route, with the forms of tasks that theirs refer to."""
        if self.openapi_schema is None:
            described = super().openapi()
            described["components"]["schemas"] |= task_forms()
        return super().openapi()

    def build_middleware_stack(self) -> ASGIApp:
        """Wrap the routes in what was added."""
        app: ASGIApp = _Switch(self.router, self.routes)
        for layer, args, kwargs in reversed(self.user_middleware):
            app = layer(app, *args, **kwargs)
        return app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or start and stop."""
        if scope["type"] == "lifespan":
            await super().__call__(scope, receive, send)
            return
        scope["app"] = self
        if self.middleware_stack is None:
            self.middleware_stack = self.build_middleware_stack()
        await self.middleware_stack(scope, receive, send)


class _Switch:
    """Finds a route by its path where that has no parameters. The router tries one by one."""

    def __init__(self, router: ASGIApp, routes: list[BaseRoute]) -> None:
        """Take the routes, and where everything goes that is not found at once."""
        self._router = router
        self._routes = {
            (method, route.path): route
            for route in routes
            if isinstance(route, APIRoute) and not route.param_convertors
            for method in route.methods or ()
            if _first_for(method, route.path, routes) is route
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on to its route."""
        route = self._routes.get((scope.get("method", ""), scope.get("path", "")))
        if route is None or scope["root_path"]:
            await self._router(scope, receive, send)
            return
        scope.update(route=route, endpoint=route.endpoint, path_params={}, router=self._router)
        await route.app(scope, receive, send)


def _first_for(method: str, path: str, routes: list[BaseRoute]) -> BaseRoute | None:
    asked: Scope = {"type": "http", "method": method, "path": path, "root_path": ""}
    return next((route for route in routes if route.matches(asked)[0] is Match.FULL), None)
