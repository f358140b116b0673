"""A stream of server-sent events that never ends silently."""

from asyncio import CancelledError
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from typing import Final

import structlog
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from app.api.errors import error_event, request_id_of
from app.api.responses.connection import WhileConnected
from app.core.errors import AppError, NotReadyError

_log: Final = structlog.stdlib.get_logger(__name__)

_STOPPING: Final = "The gateway is stopping, and this answer took too long to wait for it."


class EventStream(Response):
    """Sends events as they come.

    The status line leaves with the first event: whatever fails before it is an ordinary error
    answer. Whatever fails later becomes one typed error event. A client that leaves closes the
    events, and with them the upstream.
    """

    media_type = "text/event-stream"

    def __init__(
        self, events: AsyncGenerator[bytes], headers: Callable[[], Mapping[str, str]]
    ) -> None:
        """Take the events, and the headers as they are known when the first event has come."""
        self._events = events
        self._late_headers = headers
        super().__init__(headers={"cache-control": "no-store", "x-accel-buffering": "no"})
        del self.headers["content-length"]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the whole stream."""
        began = False
        try:
            async with WhileConnected(receive), aclosing(self._events) as events:
                first = await anext(events)
                began = True
                await self._send_head(send)
                await _send_piece(send, first)
                await _send_rest(events, scope, send)
        except ClientDisconnect:
            if not began:
                raise

    async def _send_head(self, send: Send) -> None:
        self.headers.update(self._late_headers())
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})


async def _send_rest(events: AsyncGenerator[bytes], scope: Scope, send: Send) -> None:
    try:
        async for event in events:
            await _send_piece(send, event)
    except AppError as error:
        await _send_piece(send, error_event(error, request_id_of(scope)))
    except CancelledError:  # the gateway is stopping, or the client has left and reads nothing
        await _send_piece(send, error_event(NotReadyError(_STOPPING), request_id_of(scope)))
        raise
    except Exception as error:  # noqa: BLE001 - a stream that began ends typed, whatever broke
        _log.exception("stream_failed", request_id=request_id_of(scope))
        await _send_piece(send, error_event(error, request_id_of(scope)))
    finally:
        await send({"type": "http.response.body", "body": b""})


async def _send_piece(send: Send, piece: bytes) -> None:
    await send({"type": "http.response.body", "body": piece, "more_body": True})
