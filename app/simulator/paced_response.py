"""A response that comes slowly, may break off or never end, and notices a client that leaves."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from app.simulator.journal import Outcome, SeenCall
from app.utils.background import running_beside

_COMMENT: Final = b": simulated comment\n\n"


class Ending(Enum):
    """How far a response comes."""

    FINISHED = auto()
    CUT = auto()  # the end of the body is never sent, and the server closes the connection
    STALLED = auto()  # the end of the body is never sent, and the connection stays open
    SILENT = auto()  # not even the status line is sent, and the connection stays open


@dataclass(frozen=True, slots=True)
class Manner:
    """How a response comes. Waits are in seconds, and shorten when the simulator ends."""

    ending: Ending = Ending.FINISHED
    start_seconds: float = 0.0  # before the status line
    part_seconds: float = 0.0  # before each part of the body
    byte_seconds: float | None = None  # before each byte, which then come one by one
    comment_seconds: float | None = None  # between comments, once it has stalled
    most_bytes: int | None = None  # the body's bytes after these are left out


class PacedResponse(Response):
    """Sends the parts of a body one after another, each in the chunks that it has.

    A body that has less bytes than its Content-Length says is cut after them.
    """

    def __init__(
        self,
        parts: Iterable[Iterable[bytes]],
        seen: SeenCall,
        closing: asyncio.Event,
        *,
        manner: Manner,
        status_code: int = 200,
        headers: Mapping[str, str],
    ) -> None:
        super().__init__(status_code=status_code)
        del self.headers["content-length"]  # of an empty body
        self.headers.update(headers)
        self._parts = parts
        self._seen = seen
        self._closing = closing
        self._manner = manner
        self._bytes_left = manner.most_bytes

    async def __call__(
        self,
        scope: Scope,  # noqa: ARG002 - the signature is Starlette's
        receive: Receive,
        send: Send,
    ) -> None:
        """Send the response, unless the client leaves before its end."""
        try:
            async with running_beside(_until_gone(receive)):
                await self._send_all(send)
        except ClientDisconnect:
            self._seen.outcome = Outcome.LEFT

    async def _send_all(self, send: Send) -> None:
        if self._manner.ending is Ending.SILENT:
            await self._closing.wait()
            self._seen.outcome = Outcome.CUT
            return
        await self._pause(self._manner.start_seconds)
        self._seen.status = self.status_code
        await send(
            {
                "type": "http.response.start",
                "status": self.status_code,
                "headers": self.raw_headers,
            }
        )
        await self._send_body(send)
        if self._manner.ending is Ending.STALLED:
            await self._stay(send)
        elif self._manner.ending is Ending.CUT or self._falls_short:
            self._seen.outcome = Outcome.CUT
        else:
            # Noted first: who has read the end may ask for the journal at once.
            self._seen.outcome = Outcome.FINISHED
            await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _send_body(self, send: Send) -> None:
        for part in self._parts:
            await self._pause(self._manner.part_seconds)
            for piece in self._pieces(part):
                if self._manner.byte_seconds is not None:
                    await self._pause(self._manner.byte_seconds)
                await send({"type": "http.response.body", "body": piece, "more_body": True})
            if self._bytes_left == 0:
                return
            self._seen.events_sent += 1

    def _pieces(self, part: Iterable[bytes]) -> Iterator[bytes]:
        """Yield what is sent of a part, in the chunks in which it is sent."""
        for piece in part:
            chunk = piece[: self._bytes_left]
            if self._bytes_left is not None:
                self._bytes_left -= len(chunk)
            if self._manner.byte_seconds is None:
                yield chunk
            else:
                yield from (chunk[at : at + 1] for at in range(len(chunk)))

    @property
    def _falls_short(self) -> bool:
        return "content-length" in self.headers and bool(self._bytes_left)

    async def _stay(self, send: Send) -> None:
        """Keep the connection open until the client leaves or the simulator ends."""
        while not await self._closes_within(self._manner.comment_seconds):
            await send({"type": "http.response.body", "body": _COMMENT, "more_body": True})
        self._seen.outcome = Outcome.CUT

    async def _pause(self, seconds: float) -> None:
        if seconds:
            await self._closes_within(seconds)
        else:
            await asyncio.sleep(0)

    async def _closes_within(self, seconds: float | None) -> bool:
        """Wait, without end for None, and return whether the simulator ends."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._closing.wait()
        return self._closing.is_set()


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    raise ClientDisconnect
