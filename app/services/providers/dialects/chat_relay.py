"""A stream of events on its way from an upstream to a client."""

import asyncio
from typing import Final, Protocol

import httpx2

from app.core.errors import UpstreamError, UpstreamProtocolError, UpstreamTruncatedError
from app.services.providers.dialects.stream_pace import StreamPace
from app.services.providers.upstream_answer import UpstreamAnswer
from app.services.providers.upstream_http import UpstreamHttp
from app.utils.sse import EventSplitter, EventTooLargeError

LINGER_SECONDS: Final = 0.05  # for the body's end after [DONE], so that the connection can be kept


class EventReader(Protocol):
    """Reads the events of one stream, and says what of them goes on to the client."""

    done: bool  # what comes now is of no interest
    failure: UpstreamError | None  # an event was an error, or nonsense

    @property
    def is_complete(self) -> bool:
        """Whether the end may come."""
        ...

    def feed(self, events: bytes) -> bytes:
        """Return what of some whole events the client gets: all before a `failure`."""
        ...


class ChatRelay:
    """Hands on whole events as they arrive: those that arrive together leave together."""

    __slots__ = ("_answer", "_http", "_is_over", "_pace", "_reader", "_splitter")

    def __init__(
        self, http: UpstreamHttp, answer: UpstreamAnswer, pace: StreamPace, reader: EventReader
    ) -> None:
        """Relay the body of an open answer, which stays the caller's to close."""
        self._http = http
        self._answer = answer
        self._pace = pace
        self._reader = reader
        self._splitter = EventSplitter()
        self._is_over = False  # nothing more arrives

    async def next(self) -> bytes:
        """Return the next events for the client; empty at the end of a stream that is complete.

        Raises:
            UpstreamError: the upstream broke, fell silent, or ended before its finish reason.
        """
        passed = b""
        while not passed:
            if self._reader.failure:
                raise self._reader.failure
            if self._is_over or self._reader.done:
                await self._end()
                return b""
            try:
                piece = await self._answer.read(until=self._pace.until)
            except httpx2.TransportError as error:
                piece = self._end_by(error)
            passed = self._reader.feed(self._whole_events(piece))
        return passed

    def _whole_events(self, piece: bytes) -> bytes:
        if not piece:
            self._is_over = True
            return self._splitter.close()
        try:
            events = self._splitter.feed(piece)
        except EventTooLargeError as error:
            raise UpstreamProtocolError(
                f"The upstream {self._http.name!r} sent an event that is too large."
            ) from error
        if b"data:" in events:
            self._pace.data_came()
        return events

    def _end_by(self, error: httpx2.TransportError) -> bytes:
        """Take a cut after the finish reason for the end."""
        named = self._http.error_of_reading(error)
        if isinstance(named, UpstreamTruncatedError) and self._reader.is_complete:
            return b""
        raise named from error

    async def _end(self) -> None:
        if not self._reader.is_complete:
            raise UpstreamTruncatedError(
                f"The upstream {self._http.name!r} ended its stream before a finish reason."
            )
        until = asyncio.get_running_loop().time() + LINGER_SECONDS
        try:
            while not self._answer.is_read:
                await self._answer.read(until=until)
        except httpx2.TransportError:
            pass  # the connection is not kept, which is all
