"""How requests reach an upstream: our own connections under httpx2's client.

httpx2's own transport costs five times the processor time of this one: the numbers are in
docs/decisions/0004-http-client-and-server.md.
"""

import ssl
from collections.abc import AsyncIterable, AsyncIterator, Mapping

import httpx2

from app.services.providers.connection import Connection
from app.services.providers.connection_pool import ConnectionPool, Origin


class UpstreamTransport(httpx2.AsyncBaseTransport):
    """Sends requests for one `httpx2.AsyncClient`. Make it inside a running event loop.

    It follows no redirect, keeps no cookie, reads no environment, decompresses nothing, repeats
    nothing and adds no header. Connect, write, read and pool timeouts are those of the request.
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
        httpx2 does by default.
        """
        self._pool = ConnectionPool(
            max_connections=max_connections,
            keepalive_seconds=keepalive_seconds,
            ssl_context=ssl_context or httpx2.create_ssl_context(trust_env=False),
        )

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request; return as soon as the answer's status and headers are there.

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
        head = _head(request)
        seconds: Mapping[str, float | None] = request.extensions.get("timeout", {})
        origin = Origin(request.url.raw_scheme, request.url.raw_host, request.url.port)
        connection = await self._pool.take(
            origin, pool_seconds=seconds.get("pool"), connect_seconds=seconds.get("connect")
        )
        body = _AnswerBody(connection, origin, self._pool, request)
        try:
            await connection.ask(
                head,
                _body(request),
                write_seconds=seconds.get("write"),
                read_seconds=seconds.get("read"),
            )
        except BaseException:
            await body.aclose()
            raise
        answer = connection.answer
        return httpx2.Response(answer.status, headers=answer.headers, stream=body, request=request)


class _AnswerBody(httpx2.AsyncByteStream):
    """An answer's body, in the pieces in which it arrives."""

    def __init__(
        self, connection: Connection, origin: Origin, pool: ConnectionPool, request: httpx2.Request
    ) -> None:
        self._connection: Connection | None = connection
        self._origin = origin
        self._pool = pool
        self._request = request

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        try:
            piece = b"" if self._connection is None else await self._connection.read()
        except httpx2.TransportError as error:
            error.request = self._request
            raise
        if not piece:
            raise StopAsyncIteration
        return piece

    async def aclose(self) -> None:
        """Give the connection back if the answer was read whole, else close it at once."""
        connection, self._connection = self._connection, None
        if connection is not None:
            self._pool.give_back(self._origin, connection)


def _head(request: httpx2.Request) -> bytes:
    lines = [b"%b %b HTTP/1.1" % (request.method.encode("ascii"), request.url.raw_path)]
    lines += [name + b": " + value for name, value in request.headers.raw]
    head = b"\r\n".join(lines) + b"\r\n\r\n"
    breaks = len(lines) + 1
    if head.count(b"\n") != breaks or head.count(b"\r") != breaks or b"\0" in head:
        raise httpx2.LocalProtocolError("A header holds a line break.")
    return head


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
