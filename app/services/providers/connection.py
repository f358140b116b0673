"""One connection to an upstream: one request at a time, its answer as it arrives."""

import asyncio
import select
from collections.abc import AsyncIterable
from typing import Final, cast

import httpx2

from app.services.providers.answer_parser import AnswerParser
from app.services.providers.waiting import Waiting

MAX_UNREAD_BYTES: Final = 128 * 1024  # above, the upstream has to wait until they are read
_AT_ONCE_BYTES: Final = 64 * 1024  # a body up to here is written in one go with its head
_PIECE_BYTES: Final = 256 * 1024  # and a larger one in pieces of this size


class Connection(Waiting):
    """Sends one request after another and hands on what comes back.

    Every failure is an `httpx2.TransportError`. What arrived before it is read first. Whoever waits
    says until when, in seconds of the event loop's clock.
    """

    def __init__(self, peers: "set[Connection]") -> None:
        """Make the protocol, which is among its `peers` for as long as it is connected."""
        super().__init__()
        self._peers = peers
        self._poller = select.poll()
        self._may_read = True
        self._is_lost = False
        self._is_sent = False
        self._error: httpx2.TransportError | None = None
        self.answer = AnswerParser()

    async def send(self, head: bytes, body: bytes | AsyncIterable[bytes], *, until: float) -> None:
        """Send a request, its body no further once the upstream has refused it."""
        if self._is_lost:
            raise httpx2.WriteError("The upstream closed the connection.")
        self.answer.begin()
        self._is_sent = False
        if isinstance(body, bytes) and len(body) <= _AT_ONCE_BYTES:
            self._transport.write(head + body)
            self._is_sent = True
        else:
            self._transport.write(head)
            await self._send_pieces(body, until)

    async def wait_for_head(self, *, until: float) -> None:
        """Wait until the answer's status and headers are there."""
        while not self.answer.has_head:
            if self._error is not None:
                raise self._error
            await self._event(until)

    async def read(self, *, until: float) -> bytes:
        """Return what has arrived of the body since the last call; empty at its end."""
        answer = self.answer
        while not answer.unread:
            if answer.is_complete:
                return b""
            if self._error is not None:
                raise self._error
            await self._event(until)
        if not self._may_read and not self._is_lost:
            self._may_read = True
            self._transport.resume_reading()
        return answer.take()

    def is_reusable(self, *, has_idled: bool) -> bool:
        """Tell whether the last exchange went over whole and the connection may stay open.

        One that has idled must also be quiet: nothing may have arrived, not even its end.
        """
        finished = self._is_sent and self.answer.is_complete and self.answer.keeps_alive
        intact = self._error is None and not self._is_lost
        return finished and intact and not (has_idled and self._poller.poll(0))

    def abort(self) -> None:
        """Close the connection at once."""
        self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self._transport = cast("asyncio.Transport", transport)
        self._poller.register(transport.get_extra_info("socket").fileno(), select.POLLIN)
        self._peers.add(self)

    def data_received(self, data: bytes) -> None:
        """Parse what came and wake the reader."""
        answer = self.answer
        try:
            answer.feed(data)
        except httpx2.RemoteProtocolError as error:
            self._fail(error)
        if answer.unread_bytes > MAX_UNREAD_BYTES and self._may_read:
            self._may_read = False
            self._transport.pause_reading()
        if answer.has_head:
            self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        """End the answer, well or badly."""
        self._is_lost = True
        self._peers.discard(self)
        self._cancel_alarm()
        if exc is not None:
            self._fail(httpx2.ReadError(str(exc) or type(exc).__name__))
            return
        try:
            self.answer.feed_end()
        except httpx2.RemoteProtocolError as error:
            self._fail(error)
        self._wake()

    async def _send_pieces(self, body: bytes | AsyncIterable[bytes], until: float) -> None:
        async for piece in _pieces(body) if isinstance(body, bytes) else body:
            while not self._may_write and not self._is_refused():
                await self._event(until)
            if self._is_refused():
                return
            self._transport.write(piece)
        self._is_sent = True

    def _is_refused(self) -> bool:
        return self._error is not None or self.answer.status >= 300  # noqa: PLR2004

    def _give_up(self) -> None:
        late = httpx2.ReadTimeout if self._is_sent else httpx2.WriteTimeout
        self._fail(late("The upstream was silent for too long."))

    def _fail(self, error: httpx2.TransportError) -> None:
        self._error = self._error or error
        self._wake()


async def _pieces(body: bytes) -> AsyncIterable[memoryview]:
    whole = memoryview(body)
    for start in range(0, len(body), _PIECE_BYTES):
        yield whole[start : start + _PIECE_BYTES]
