"""How bytes reach an upstream: aiohttp's connections under httpx2's client.

httpx2's own transport keeps its pool in Python and slows down with every open connection; aiohttp's
parser and pool are compiled (numbers: docs/decisions/0004-http-client-and-server.md). The client
above stays httpx2's, so nothing else in the gateway knows that aiohttp exists.
"""

import asyncio
import io
import ssl
from collections.abc import AsyncIterator, Awaitable, Generator, Mapping
from contextlib import contextmanager

import aiohttp
import httpx2
from yarl import URL

_LARGE_BODY_BYTES = 64 * 1024  # up to here one write takes the body whole
_ADDED_HEADERS = ("Accept", "Accept-Encoding", "Content-Type", "User-Agent")  # by aiohttp itself

# The first class that fits wins, so the narrow ones come first.
_ERRORS: tuple[tuple[type[Exception], type[httpx2.TransportError]], ...] = (
    (aiohttp.ConnectionTimeoutError, httpx2.ConnectTimeout),
    (TimeoutError, httpx2.ReadTimeout),
    (aiohttp.ClientConnectorError, httpx2.ConnectError),
    (aiohttp.ServerDisconnectedError, httpx2.RemoteProtocolError),
    (aiohttp.ClientPayloadError, httpx2.RemoteProtocolError),
    (aiohttp.ClientResponseError, httpx2.RemoteProtocolError),
    (aiohttp.NonHttpUrlClientError, httpx2.UnsupportedProtocol),
    (aiohttp.InvalidURL, httpx2.UnsupportedProtocol),
    (aiohttp.ClientConnectionResetError, httpx2.WriteError),
    (aiohttp.ClientError, httpx2.ReadError),
    (OSError, httpx2.ReadError),
    (ValueError, httpx2.LocalProtocolError),  # a line break in a header, a bad content length
)


class AiohttpTransport(httpx2.AsyncBaseTransport):
    """Sends requests for one `httpx2.AsyncClient`. Make it inside a running event loop.

    It follows no redirect, keeps no cookie, reads no environment, decompresses nothing and adds no
    header. Connect, write, read and pool timeouts are those of the request. Header lines and read
    buffers have aiohttp's bounds (8 KiB a line, 128 headers, 128 KiB unread).
    """

    def __init__(
        self,
        *,
        max_connections: int,
        keepalive_seconds: float,
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:
        """Open the pool: at most `max_connections` requests at once, idle ones kept a while.

        Keep `keepalive_seconds` below what upstreams allow (5 s is common), or a request may meet a
        connection that is just being closed. Without a context certificates are verified as
        httpx2 does by default.
        """
        self._slots = asyncio.Semaphore(max_connections)
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                limit=0,  # the semaphore counts: it can tell a full pool from a slow connect
                keepalive_timeout=keepalive_seconds,
                ssl=ssl_context or httpx2.create_ssl_context(trust_env=False),
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            trust_env=False,
            skip_auto_headers=_ADDED_HEADERS,
        )

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request; return as soon as the response's headers are there.

        Raises:
            httpx2.TransportError: the narrowest class that fits.
        """
        timeouts: Mapping[str, float | None] = request.extensions.get("timeout", {})
        await self._take_slot(timeouts.get("pool"))
        try:
            with _translated_errors(request):
                answer = await self._send(request, timeouts)
        except BaseException:
            self._slots.release()
            raise
        return httpx2.Response(
            answer.status,
            headers=list(answer.raw_headers),
            stream=_Body(answer, request, self._slots),
            request=request,
        )

    async def aclose(self) -> None:
        """Close every connection, busy ones too."""
        await self._session.close()

    async def _take_slot(self, pool_seconds: float | None) -> None:
        if not self._slots.locked():
            await self._slots.acquire()  # does not wait
            return
        try:
            async with asyncio.timeout(pool_seconds):
                await self._slots.acquire()
        except TimeoutError as error:
            raise httpx2.PoolTimeout("All upstream connections are in use.") from error

    async def _send(
        self, request: httpx2.Request, timeouts: Mapping[str, float | None]
    ) -> aiohttp.ClientResponse:
        connect_seconds = timeouts.get("connect")
        body = _body(request)
        sending = self._session.request(
            request.method,
            URL(str(request.url), encoded=True),
            headers=_headers(request),
            data=body,
            allow_redirects=False,
            timeout=aiohttp.ClientTimeout(
                connect=connect_seconds,  # name lookup and all addresses together
                sock_connect=connect_seconds,
                sock_read=timeouts.get("read"),
                ceil_threshold=float("inf"),  # do not round to whole seconds
            ),
        )
        if body is None or isinstance(body, bytes):
            return await sending
        return await _limited(sending, timeouts)


class _Body(httpx2.AsyncByteStream):
    """A response's body, in the pieces in which it arrives."""

    def __init__(
        self, answer: aiohttp.ClientResponse, request: httpx2.Request, slots: asyncio.Semaphore
    ) -> None:
        self._answer = answer
        self._request = request
        self._slots: asyncio.Semaphore | None = slots

    async def __aiter__(self) -> AsyncIterator[bytes]:
        read = self._answer.content.readany
        with _translated_errors(self._request):
            while piece := await read():
                yield piece

    async def aclose(self) -> None:
        """Give the connection back if the body was read whole, else drop it at once."""
        slots, self._slots = self._slots, None
        if slots is None:
            return
        connection = self._answer.connection
        if connection is not None and connection.transport is not None:
            connection.transport.abort()  # an upstream must not go on writing for nobody
        self._answer.close()
        slots.release()


def _headers(request: httpx2.Request) -> list[tuple[str, str]]:
    pairs = [(name.decode("ascii"), value.decode("latin-1")) for name, value in request.headers.raw]
    if "transfer-encoding" in request.headers:
        return [pair for pair in pairs if pair[0].lower() != "transfer-encoding"]  # aiohttp's job
    return pairs


def _body(request: httpx2.Request) -> bytes | io.BytesIO | httpx2.AsyncByteStream | None:
    if not isinstance(request.stream, httpx2.ByteStream):
        assert isinstance(request.stream, httpx2.AsyncByteStream)
        return request.stream
    content = request.read()
    if len(content) > _LARGE_BODY_BYTES:
        return io.BytesIO(content)
    return content or None


async def _limited(
    sending: Awaitable[aiohttp.ClientResponse], timeouts: Mapping[str, float | None]
) -> aiohttp.ClientResponse:
    """Bound the sending of a body: aiohttp starts its clock for reading only after it."""
    limits = [timeouts.get(name) for name in ("connect", "write", "read")]
    seconds = [limit for limit in limits if limit is not None]
    deadline = asyncio.timeout(sum(seconds) if len(seconds) == len(limits) else None)
    try:
        async with deadline:
            return await sending
    except TimeoutError as error:
        if deadline.expired():
            raise httpx2.WriteTimeout("The upstream did not take the request's body.") from error
        raise


@contextmanager
def _translated_errors(request: httpx2.Request) -> Generator[None]:
    try:
        yield
    except Exception as error:
        for theirs, ours in _ERRORS:
            if isinstance(error, theirs):
                raise ours(str(error) or type(error).__name__, request=request) from error
        raise
