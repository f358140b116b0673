"""The last net below the routes."""

import asyncio
from contextlib import suppress
from typing import Final

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.errors import render, render_unexpected
from app.core.errors import NotReadyError

_log: Final = structlog.stdlib.get_logger(__name__)

_GOODBYE_SECONDS: Final = 1.0
_STOPPING: Final = "The gateway is stopping, and this answer took too long to wait for it."


class Failures:
    """Turns an error that nobody foresaw into one log entry and one plain answer.

    A request that is cancelled is one that the stopping server does not wait for any longer.
    """

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
        except asyncio.CancelledError:
            if scope["type"] != "http":
                raise
            if not started:
                await _say_goodbye(scope, receive, send)
        except Exception as error:
            if scope["type"] != "http":
                raise
            response = render_unexpected(scope, error)
            if not started:
                await response(scope, receive, send)
            # Otherwise the answer stays incomplete, and the server cuts the connection.


async def _say_goodbye(scope: Scope, receive: Receive, send: Send) -> None:
    response = render(scope, NotReadyError(_STOPPING, retry_after_seconds=1))
    with suppress(TimeoutError):
        async with asyncio.timeout(_GOODBYE_SECONDS):
            await response(scope, receive, send)
