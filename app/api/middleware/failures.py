"""The last net below the routes."""

from typing import Final

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.errors import render_unexpected

_log: Final = structlog.stdlib.get_logger(__name__)


class Failures:
    """Turns an error that nobody foresaw into one log entry and one plain answer."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap an application."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and answer in place of whatever breaks."""
        started = False

        async def send_noting_start(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._app(scope, receive, send_noting_start)
        except Exception as error:
            if scope["type"] != "http":
                raise
            response = render_unexpected(scope, error)
            if not started:
                await response(scope, receive, send)
            # Otherwise the answer stays incomplete, and the server cuts the connection.
