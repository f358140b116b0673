"""Connections that end when their clients neither ask nor read."""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol


class WatchedConnection(HttpToolsProtocol):
    """Breaks off where nothing moves that a client must move.

    That is the head of a request, and the bytes of an answer that wait to be read. A request's body
    is the application's to wait for: it can say what is wrong. Uvicorn itself waits for ever.
    """

    def __init__(
        self, *arguments: Any, stall_seconds: float, closing: asyncio.Event, **options: Any
    ) -> None:
        """Take what uvicorn gives, for how long nothing may move, and what says that it ends."""
        super().__init__(*arguments, **options)
        self._closing = closing
        self._stall_seconds = stall_seconds
        self._timer: asyncio.TimerHandle | None = None
        self._before: tuple[object, int] | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:
        """Begin to watch."""
        super().connection_made(transport)
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop watching."""
        if self._timer is not None:
            self._timer.cancel()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """Give the client time from now on: it has more to read than is sent ahead."""
        super().pause_writing()
        self._watch()

    def on_headers_complete(self) -> None:
        """Begin a request; when the server is about to end, the connection's last one."""
        super().on_headers_complete()
        if self._closing.is_set():
            self.end_after_answer()

    def end_after_answer(self) -> None:
        """Take no more requests after the one that is being answered, if one is."""
        if self.cycle:
            self.cycle.keep_alive = False

    def _watch(self) -> None:
        """Look in a while whether anything has moved since now."""
        if self._timer is not None:
            self._timer.cancel()
        self._before = self._standstill()
        self._timer = self.loop.call_later(self._stall_seconds, self._look)

    def _look(self) -> None:
        if self._before is not None and self._before == self._standstill():
            self.transport.abort()
        else:
            self._watch()

    def _standstill(self) -> tuple[object, int] | None:
        """Return what is the same for as long as a client does nothing, or None: it need not."""
        must_read = self.flow.write_paused or self.transport.is_closing()
        has_asked = bool(self.cycle) and not self.cycle.response_complete
        may_rest = self.timeout_keep_alive_task is not None  # uvicorn's own limit
        if must_read or not (has_asked or may_rest):
            return self.cycle, self.transport.get_write_buffer_size()
        return None
