"""An upstream made of a bare socket, for tests that care about bytes, pauses and closed lines."""

import asyncio
import ssl
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Final

OK_HEAD = b"HTTP/1.1 200 OK\r\n"
_TURNS_TO_BEGIN: Final = 5  # of the loop: accepted, made a transport, announced, given a task


@dataclass(frozen=True, slots=True)
class RawRequest:
    """One request as it came: the head's lines and the body's bytes."""

    lines: list[str]
    body: bytes

    @property
    def headers(self) -> list[tuple[str, str]]:
        """Names in lower case, with values, in the order sent."""
        pairs = (line.partition(": ") for line in self.lines[1:])
        return [(name.lower(), value) for name, _, value in pairs]


@dataclass(frozen=True, slots=True)
class RawConnection:
    """What one accepted connection can do. `left` is set when the client closes it."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    left: asyncio.Event = field(default_factory=asyncio.Event)

    async def read_request(self) -> RawRequest:
        """Wait for a request with all of its body.

        Raises:
            asyncio.IncompleteReadError: the client closed the connection first.
        """
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        request = RawRequest(head.split("\r\n")[:-2], b"")
        headers = dict(request.headers)
        if headers.get("transfer-encoding") == "chunked":
            return RawRequest(request.lines, await self._read_chunks())
        body = await self.reader.readexactly(int(headers.get("content-length", "0")))
        return RawRequest(request.lines, body)

    async def _read_chunks(self) -> bytes:
        body = b""
        while size := int(await self.reader.readuntil(b"\r\n"), 16):
            body += (await self.reader.readexactly(size + 2))[:-2]
        await self.reader.readexactly(2)
        return body

    async def send(self, data: bytes) -> None:
        """Write bytes and let them leave."""
        self.writer.write(data)
        await self.writer.drain()

    async def answer(self, body: bytes, *head_lines: bytes) -> None:
        """Send a whole 200 answer."""
        head = b"".join(line + b"\r\n" for line in head_lines)
        await self.send(OK_HEAD + head + b"Content-Length: %d\r\n\r\n%b" % (len(body), body))

    async def start_stream(self) -> None:
        """Send the head of a chunked answer."""
        await self.send(OK_HEAD + b"Transfer-Encoding: chunked\r\n\r\n")

    async def send_chunk(self, data: bytes) -> None:
        """Send one chunk of a chunked answer; an empty one ends it."""
        await self.send(b"%x\r\n%b\r\n" % (len(data), data))

    async def wait_until_left(self) -> None:
        """Wait until the client closes the connection, whatever else it sends."""
        try:
            while await self.reader.read(65_536):
                pass
        except ConnectionError:
            pass
        self.left.set()


Handler = Callable[[RawConnection], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class RawUpstream:
    """A listening upstream: its URL and the connections it has accepted so far."""

    url: str
    connections: list[RawConnection]


@asynccontextmanager
async def raw_upstream(
    handler: Handler, *, tls: ssl.SSLContext | None = None
) -> AsyncGenerator[RawUpstream]:
    """Serve every connection with `handler` on a free port until the block ends."""
    connections: list[RawConnection] = []
    serving: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        serving.add(task)
        connection = RawConnection(reader, writer)
        connections.append(connection)
        with suppress(asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            await handler(connection)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
    port: int = server.sockets[0].getsockname()[1]
    try:
        yield RawUpstream(f"http{'s' if tls else ''}://127.0.0.1:{port}", connections)
    finally:
        server.close()
        await _let_accepted_begin()
        for task in serving:
            task.cancel()
        await asyncio.gather(*serving)
        for connection in connections:
            connection.writer.transport.abort()
        lost = (connection.writer.wait_closed() for connection in connections)
        await asyncio.gather(*lost, return_exceptions=True)


async def _let_accepted_begin() -> None:
    """Let connections that were just accepted reach their handlers, to be closed like all."""
    for _ in range(_TURNS_TO_BEGIN):
        await asyncio.sleep(0)
