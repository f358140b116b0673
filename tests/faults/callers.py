"""Clients on bare sockets: they send when they are told, read piece by piece, and leave."""

import asyncio
import json
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final, Protocol
from urllib.parse import urlsplit

from tests.support.keys import bearer

CHAT: Final = "/v1/chat/completions"
DONE: Final = b"data: [DONE]\n\n"
BUDGET_REFUSALS: Final = frozenset({(402, "budget_exceeded"), (429, "budget_busy")})


@dataclass(frozen=True, slots=True)
class Chat:
    """One chat that a client wants. Those with equally long names and texts cost the same."""

    marker: str  # the client's own id of it, which is in the text too
    model: str
    stream: bool
    max_tokens: int | None
    text: str = ""

    @property
    def body(self) -> bytes:
        """Return what goes over the wire: as long for a stream as for a whole answer."""
        content = f"{self.marker} {self.text}".strip()
        fields: dict[str, Any] = {
            "model": self.model,
            "messages": [{"role": "user", "content": content}],
            "stream": self.stream,
        }
        if self.max_tokens is not None:
            fields["max_tokens"] = self.max_tokens
        return json.dumps(fields).encode() + b" " * self.stream  # `true` is shorter than `false`


@dataclass(frozen=True, slots=True)
class Head:
    """How an answer begins."""

    status: int
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Seen:
    """What a client has got of an answer. Without a status, not even the beginning."""

    chat: Chat
    status: int | None = None
    request_id: str | None = None
    headers: Mapping[str, str] | None = None
    body: bytes = b""
    is_complete: bool = False

    @property
    def is_answer(self) -> bool:
        """Say whether this is an answer, received in full."""
        is_ended = self.body.endswith(DONE) or not self.chat.stream
        return self.status == 200 and self.is_complete and is_ended

    @property
    def code(self) -> str | None:
        """Return the code of a refusal."""
        if self.status in {None, 200}:
            return None
        return str(json.loads(self.body)["error"]["code"])

    @property
    def is_refused_by_budget(self) -> bool:
        """Say whether this is a refusal because of money, in full."""
        return self.is_complete and (self.status, self.code) in BUDGET_REFUSALS


class Line:
    """One connection, for one call."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take an open connection."""
        self._reader = reader
        self._writer = writer
        self._is_chunked = False
        self._left = 0  # bytes of a body that is not chunked

    async def send(self, secret: str, chat: Chat) -> None:
        """Send a whole request."""
        body = chat.body
        lines = (
            f"POST {CHAT} HTTP/1.1",
            "host: gateway",
            f"authorization: {bearer(secret)}",
            "content-type: application/json",
            f"content-length: {len(body)}",
            f"x-request-id: {chat.marker}",
            "connection: close",
        )
        self._writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
        await self._writer.drain()

    async def head(self) -> Head:
        """Wait until the answer begins."""
        lines = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        pairs = (line.partition(":") for line in lines[1:-2])
        headers = {name.lower(): value.strip() for name, _, value in pairs}
        self._is_chunked = headers.get("transfer-encoding") == "chunked"
        self._left = int(headers.get("content-length", "0"))
        return Head(int(lines[0].split()[1]), headers)

    async def piece(self) -> bytes:
        """Return the next piece as it was sent; nothing at the end."""
        if not self._is_chunked:
            data = await self._reader.readexactly(self._left)
            self._left = 0
            return data
        size = int(await self._reader.readuntil(b"\r\n"), 16)
        return (await self._reader.readexactly(size + 2))[:-2]

    def leave(self, *, rudely: bool = False) -> None:
        """Close the connection; rudely: without a word of it to the other side's reader."""
        if rudely:
            self._writer.transport.abort()
        else:
            self._writer.close()


class Place(Protocol):
    """Where a gateway is now: it may be elsewhere after a restart."""

    @property
    def url(self) -> str:
        """Return its URL."""
        ...


class Caller:
    """Somebody with a key."""

    def __init__(self, place: Place, secret: str) -> None:
        """Take where to call, and the key."""
        self._place = place
        self._secret = secret

    def at(self, place: Place) -> "Caller":
        """Return the same, calling elsewhere."""
        return Caller(place, self._secret)

    @asynccontextmanager
    async def line(self) -> AsyncGenerator[Line]:
        """Open a connection."""
        place = urlsplit(self._place.url)
        reader, writer = await asyncio.open_connection(place.hostname, place.port)
        line = Line(reader, writer)
        try:
            yield line
        finally:
            line.leave()

    async def start(self, line: Line, chat: Chat) -> None:
        """Send a call."""
        await line.send(self._secret, chat)

    async def call(self, chat: Chat) -> Seen:
        """Make a call and return what came of it, whatever breaks."""
        try:
            async with self.line() as line:
                await self.start(line, chat)
                return await seen_on(line, chat)
        except OSError:
            return Seen(chat)


async def seen_on(line: Line, chat: Chat) -> Seen:
    """Read an answer to its end, or as far as it comes."""
    facts: dict[str, Any] = {}
    body, is_complete = bytearray(), False
    try:
        head = await line.head()
        facts = {"status": head.status, "headers": head.headers}
        facts["request_id"] = head.headers["x-request-id"]
        while piece := await line.piece():
            body += piece
        is_complete = True
    except (OSError, asyncio.IncompleteReadError):
        pass  # what has come by then is what was seen
    return Seen(chat, body=bytes(body), is_complete=is_complete, **facts)


async def call_together(calls: Sequence[tuple[Caller, Chat]], seen: list[Seen]) -> None:
    """Make calls at the same moment: all lines are open before the first request is sent.

    Args:
        calls: Who makes which.
        seen: What comes of each is added to it as it ends.
    """

    async def read(line: Line, chat: Chat) -> None:
        seen.append(await seen_on(line, chat))

    async with AsyncExitStack() as stack:
        opened = [stack.enter_async_context(caller.line()) for caller, _ in calls]
        lines = await asyncio.gather(*opened)
        for line, (caller, chat) in zip(lines, calls, strict=True):
            await caller.start(line, chat)
        await asyncio.gather(
            *(read(line, chat) for line, (_, chat) in zip(lines, calls, strict=True))
        )


async def leave_after(caller: Caller, chat: Chat, pieces: int, *, rudely: bool = False) -> None:
    """Begin to read a stream, and leave after so many pieces."""
    async with caller.line() as line:
        await caller.start(line, chat)
        await line.head()
        for _ in range(pieces):
            await line.piece()
        line.leave(rudely=rudely)
