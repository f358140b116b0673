"""FastAPI, with the gateway's own way to its routes."""

from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send


class Application(FastAPI):
    """An application whose requests pass the gateway's middleware, and none of the framework's.

    FastAPI's own catches errors three times, which `Failures` does once, bounds bodies, which
    `RequestLimits` does, looks for a tracing library each time, and keeps a stack of files to be
    closed, which the routes that read forms have: together 100 us of each request.
    """

    def build_middleware_stack(self) -> ASGIApp:
        """Wrap the router in what was added."""
        app: ASGIApp = self.router
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
