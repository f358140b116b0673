"""How requests reach an upstream: our own connections under httpx2's client.

httpx2's own transport costs five times the processor time of this one: the numbers are in
docs/decisions/0004-http-client-and-server.md.
"""

import asyncio
import ssl
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Mapping
from typing import Final

import httpx2

from app.services.providers.connection_pool import ConnectionPool
from app.services.providers.dialing import Origin
from app.services.providers.upstream_answer import UpstreamAnswer

_NO_LIMIT_SECONDS: Final = 86_400.0  # what a limit of httpx2's that is None comes to
_LIMITS: Final = ("connect", "pool", "read", "write")


class UpstreamTransport(httpx2.AsyncBaseTransport):
    """Sends requests for one `httpx2.AsyncClient`. Make it inside a running event loop.

    It follows no redirect, keeps no cookie, reads no environment, decompresses nothing, repeats
    nothing and adds no header.
    """

    def __init__(
        self,
        *,
        max_connections: int,
        keepalive_seconds: float,
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:
        """Open the pool: at most `max_connections` requests at once, idle ones kept a while.

        Keep `keepalive_seconds` below what upstreams allow (5 s is common), or a request may meet
        a connection that is just being closed. Without a context certificates are verified as
        httpx2 does by default; they are loaded for the first connection that needs them.
        """
        self._loop = asyncio.get_running_loop()
        self._pool = ConnectionPool(
            max_connections=max_connections,
            keepalive_seconds=keepalive_seconds,
            ssl_context=ssl_context,
        )

    async def ask(
        self, origin: Origin, head: bytes, body: bytes, *, connect_seconds: float, until: float
    ) -> UpstreamAnswer:
        """Send a request; return as soon as the answer's status and headers are there.

        Args:
            origin: Where to.
            head: The request line and all headers, from `head_of`, with the blank line.
            body: As long as the head says.
            connect_seconds: For a free connection, and then for a new one to stand.
            until: When the head of the answer has to be there, on the event loop's clock.

        Raises:
            httpx2.TransportError: the narrowest class that fits.
        """
        connection = await self._pool.take(
            origin, pool_seconds=connect_seconds, connect_seconds=connect_seconds, until=until
        )
        try:
            await connection.send(head, body, until=until)
            await connection.wait_for_head(until=until)
        except BaseException:
            self._pool.give_back(origin, connection)
            raise
        return UpstreamAnswer(connection, origin, self._pool)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request in httpx2's form, within its connect, write, read and pool timeouts.

        Raises:
            httpx2.TransportError: the narrowest class that fits.
        """
        try:
            return await self._exchange(request)
        except httpx2.TransportError as error:
            error.request = request
            raise

    async def aclose(self) -> None:
        """Close every connection, busy ones too."""
        await self._pool.aclose()

    async def _exchange(self, request: httpx2.Request) -> httpx2.Response:
        head = head_of(request.method, request.url.raw_path, request.headers.raw) + b"\r\n"
        limits: Mapping[str, float | None] = request.extensions.get("timeout", {})
        seconds = {name: _seconds(limits.get(name)) for name in _LIMITS}
        origin = origin_of(request.url)
        connection = await self._pool.take(
            origin,
            pool_seconds=seconds["pool"],
            connect_seconds=seconds["connect"],
            until=self._loop.time() + _NO_LIMIT_SECONDS,
        )
        try:
            await connection.send(head, _body(request), until=self._loop.time() + seconds["write"])
            await connection.wait_for_head(until=self._loop.time() + seconds["read"])
        except BaseException:
            self._pool.give_back(origin, connection)
            raise
        answer = UpstreamAnswer(connection, origin, self._pool)
        return httpx2.Response(
            answer.status,
            headers=answer.headers,
            stream=_AnswerBody(answer, request, seconds["read"]),
            request=request,
        )


class _AnswerBody(httpx2.AsyncByteStream):
    """An answer's body in httpx2's form, in the pieces in which it arrives."""

    def __init__(
        self, answer: UpstreamAnswer, request: httpx2.Request, read_seconds: float
    ) -> None:
        self._answer = answer
        self._request = request
        self._read_seconds = read_seconds
        self._loop = asyncio.get_running_loop()

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        try:
            piece = await self._answer.read(until=self._loop.time() + self._read_seconds)
        except httpx2.TransportError as error:
            error.request = self._request
            raise
        if not piece:
            raise StopAsyncIteration
        return piece

    async def aclose(self) -> None:
        """Give the connection back if the answer was read whole, else close it at once."""
        self._answer.close()


def origin_of(url: httpx2.URL) -> Origin:
    """Return where the requests to a URL go."""
    return Origin(url.raw_scheme, url.raw_host, url.port)


def head_of(method: str, target: bytes, headers: Iterable[tuple[bytes, bytes]]) -> bytes:
    """Return a request's head, to which more lines can be added before the blank one.

    Raises:
        httpx2.LocalProtocolError: something in it would break out of its line.
    """
    lines = [b"%b %b HTTP/1.1" % (method.encode("ascii"), target)]
    lines += [name + b": " + value for name, value in headers]
    head = b"".join(line + b"\r\n" for line in lines)
    if head.count(b"\n") != len(lines) or head.count(b"\r") != len(lines) or b"\0" in head:
        raise httpx2.LocalProtocolError("A header holds a line break.")
    return head


def _seconds(limit: float | None) -> float:
    return _NO_LIMIT_SECONDS if limit is None else limit


def _body(request: httpx2.Request) -> bytes | AsyncIterable[bytes]:
    if isinstance(request.stream, httpx2.ByteStream):
        return request.read()
    assert isinstance(request.stream, httpx2.AsyncByteStream)
    return _chunked(request.stream) if "transfer-encoding" in request.headers else request.stream


async def _chunked(body: AsyncIterable[bytes]) -> AsyncIterator[bytes]:
    async for piece in body:
        if piece:
            yield b"%x\r\n%b\r\n" % (len(piece), piece)
    yield b"0\r\n\r\n"
