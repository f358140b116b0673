"""What failed requests are answered."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from app.api.errors import render, render_unexpected
from app.core.errors import NotReadyError

Handler = Callable[[Request, Any], Awaitable[Response]]

_GOODBYE_SECONDS: Final = 1.0
_STOPPING: Final = "The gateway is stopping, and this answer took too long to wait for it."


class Failures:
    """Turns every error into one answer, by the application's handlers, and logs the unforeseen.

    A request that is cancelled is one that the stopping server does not wait for any longer. An
    answer that has begun stays incomplete, and the server cuts the connection.
    """

    def __init__(self, app: ASGIApp) -> None:
        """Wrap an application."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and answer in place of whatever breaks."""
        try:
            await self._app(scope, receive, send)
        except asyncio.CancelledError:
            if scope["type"] != "http":
                raise
            if not _has_begun(scope):
                await _say_goodbye(scope, receive, send)
        except Exception as error:
            if scope["type"] != "http":
                raise
            if _has_begun(scope):
                render_unexpected(scope, error)
            else:
                response = await _answer(Request(scope, receive), error)
                await response(scope, receive, send)


def _has_begun(scope: Scope) -> bool:
    return "status" in scope["state"]


async def _answer(request: Request, error: Exception) -> Response:
    """Return what the nearest handler of an error answers. There is one for `Exception`."""
    handlers: Mapping[object, Handler] = request.app.exception_handlers
    handler = next(handlers[kind] for kind in type(error).__mro__ if kind in handlers)
    try:
        return await handler(request, error)
    except Exception as broken:  # noqa: BLE001 - the handler itself is wrong
        return render_unexpected(request.scope, broken)


async def _say_goodbye(scope: Scope, receive: Receive, send: Send) -> None:
    response = render(scope, NotReadyError(_STOPPING, retry_after_seconds=1))
    with suppress(TimeoutError):
        async with asyncio.timeout(_GOODBYE_SECONDS):
            await response(scope, receive, send)
