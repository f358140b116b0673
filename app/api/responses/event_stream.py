"""A stream of server-sent events that never ends silently."""

import asyncio
from asyncio import CancelledError
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing, suppress
from typing import Final

import structlog
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from app.api.errors import error_event, request_id_of
from app.api.responses.connection import WhileConnected
from app.core.errors import AppError, NotReadyError

_log: Final = structlog.stdlib.get_logger(__name__)

_GOODBYE_SECONDS: Final = 1.0  # for the last event, when the gateway stops
_STOPPING: Final = "The gateway is stopping, and this answer took too long to wait for it."


class EventStream(Response):
    """Sends events as they come.

    The status line leaves with the first event: whatever fails before it is an ordinary error
    answer. Whatever fails later becomes one typed error event. A client that leaves, or reads
    nothing for too long, closes the events, and with them the upstream.
    """

    media_type = "text/event-stream"

    def __init__(
        self,
        events: AsyncGenerator[bytes],
        headers: Callable[[], Mapping[str, str]],
        *,
        stall_seconds: float,
    ) -> None:
        """Take the events, and how long a client may not read.

        The headers are asked for when the first event has come.
        """
        self._events = events
        self._late_headers = headers
        self._stall_seconds = stall_seconds
        super().__init__(headers={"cache-control": "no-store", "x-accel-buffering": "no"})
        del self.headers["content-length"]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the whole stream."""
        began = False
        try:
            async with WhileConnected(receive), aclosing(self._events) as events:
                first = await anext(events)
                began = True
                self.headers.update(self._late_headers())
                await self._send_all(first, events, scope, send)
        except ClientDisconnect:
            if not began:
                raise

    async def _send_all(
        self, first: bytes, events: AsyncGenerator[bytes], scope: Scope, send: Send
    ) -> None:
        last, seconds = b"", self._stall_seconds
        head = {"type": "http.response.start", "status": 200, "headers": self.raw_headers}
        try:
            await _send(send, head, seconds)
            await _send(send, _piece(first), seconds)
            async for event in events:
                await _send(send, _piece(event), seconds)
        except ClientDisconnect:
            raise
        except AppError as error:
            last = error_event(error, request_id_of(scope))
        except CancelledError:  # the gateway is stopping, or the client has left
            await events.aclose()  # first: whoever reads nothing must not keep a call from its end
            last = error_event(NotReadyError(_STOPPING), request_id_of(scope))
            with suppress(ClientDisconnect):
                await _send(send, _piece(last, is_last=True), _GOODBYE_SECONDS)
            raise
        except Exception as error:  # noqa: BLE001 - a stream that began ends typed, whatever broke
            _log.exception("stream_failed", request_id=request_id_of(scope))
            last = error_event(error, request_id_of(scope))
        await _send(send, _piece(last, is_last=True), seconds)


def _piece(data: bytes, *, is_last: bool = False) -> Message:
    return {"type": "http.response.body", "body": data, "more_body": not is_last}


async def _send(send: Send, message: Message, seconds: float) -> None:
    """Send a message once what was sent before it is on its way.

    Raises:
        ClientDisconnect: the client does not read: it is as good as gone.
    """
    try:
        async with asyncio.timeout(seconds):
            await send(message)
    except TimeoutError:
        raise ClientDisconnect from None
