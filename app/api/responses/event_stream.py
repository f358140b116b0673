"""A stream of server-sent events that never ends silently."""

from asyncio import CancelledError, timeout
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing, suppress
from typing import Final

import structlog
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from app.api.errors import error_event, request_id_of
from app.api.responses.connection import WhileConnected
from app.api.responses.event_line import EventLine, Patience
from app.core.errors import AppError, NotReadyError

_log: Final = structlog.stdlib.get_logger(__name__)

_GOODBYE_SECONDS: Final = 1.0  # for the last event, when the gateway stops
_STOPPING: Final = "The gateway is stopping, and this answer took too long to wait for it."


class EventStream(Response):
    """Sends events as they come.

    The status line leaves with the first event, or with the first comment that says that the
    gateway is still there: whatever fails before it is an ordinary error answer. Whatever fails
    later becomes one typed error event. A client that leaves, or reads nothing for too long, closes
    the events, and with them the upstream. Nothing is read ahead of it.
    """

    media_type = "text/event-stream"

    def __init__(
        self,
        events: AsyncGenerator[bytes],
        headers: Callable[[], Mapping[str, str]],
        *,
        patience: Patience,
        last_words: Callable[[Exception, str | None], bytes] = error_event,
    ) -> None:
        """Take the events, how long nothing may move, and what a failure looks like.

        The headers are asked for when the status line leaves.
        """
        self._events = events
        self._late_headers = headers
        self._patience = patience
        self._last_words = last_words
        super().__init__(headers={"cache-control": "no-store", "x-accel-buffering": "no"})
        del self.headers["content-length"]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the whole stream."""
        line = EventLine(send, self._head, self._patience)
        try:
            async with (
                WhileConnected(receive, line.watch),
                aclosing(self._events) as events,
            ):
                await self._send_all(events, line, request_id_of(scope))
        except ClientDisconnect:
            if not line.is_open:
                raise

    async def _send_all(
        self, events: AsyncGenerator[bytes], line: EventLine, request_id: str | None
    ) -> None:
        last = b""
        try:
            async for event in events:
                await line.send(event)
        except ClientDisconnect:
            raise
        except CancelledError:  # the gateway is stopping, or the client has left
            await events.aclose()  # first: whoever reads nothing must not keep a call from its end
            await self._say_goodbye(line, request_id)
            raise
        except Exception as error:
            if not line.is_open:
                raise
            if not isinstance(error, AppError):
                _log.exception("stream_failed", request_id=request_id)
            last = self._last_words(error, request_id)
        await line.send(last, is_last=True)

    def _head(self) -> Message:
        self.headers.update(self._late_headers())
        return {"type": "http.response.start", "status": 200, "headers": self.raw_headers}

    async def _say_goodbye(self, line: EventLine, request_id: str | None) -> None:
        if line.is_open and not line.is_stuck:
            last = self._last_words(NotReadyError(_STOPPING), request_id)
            with suppress(TimeoutError):
                async with timeout(_GOODBYE_SECONDS):
                    await line.send(last, is_last=True)
