"""The open connections to upstreams: a bounded number of them, idle ones kept for a while."""

import asyncio
import socket
import ssl
from collections import defaultdict
from typing import Final, NamedTuple

import aiohappyeyeballs
import httpx2

from app.services.providers.connection import Connection

_NEXT_ADDRESS_SECONDS: Final = 0.25  # how long an address may take before the next is tried too


class Origin(NamedTuple):
    """Where a connection goes. Requests to the same origin share connections."""

    scheme: bytes
    host: bytes
    port: int | None


class ConnectionPool:
    """Hands out connections. Make it inside a running event loop."""

    def __init__(
        self, *, max_connections: int, keepalive_seconds: float, ssl_context: ssl.SSLContext
    ) -> None:
        """Take the bounds and what certificates are verified with."""
        self._loop = asyncio.get_running_loop()
        self._places = asyncio.Semaphore(max_connections)
        self._keepalive_seconds = keepalive_seconds
        self._ssl_context = ssl_context
        self._open: set[Connection] = set()
        self._idle: defaultdict[Origin, list[tuple[float, Connection]]] = defaultdict(list)
        self._sweep: asyncio.TimerHandle | None = None

    async def take(
        self, origin: Origin, *, pool_seconds: float | None, connect_seconds: float | None
    ) -> Connection:
        """Return an idle connection that is still good, or a new one.

        Raises:
            httpx2.PoolTimeout: all are in use.
            httpx2.ConnectTimeout: finding and reaching the host took too long.
            httpx2.ConnectError: the host is unknown, refuses, or fails the TLS handshake.
        """
        await self._take_place(pool_seconds)
        try:
            return self._take_idle(origin) or await self._dial(origin, connect_seconds)
        except BaseException:
            self._places.release()
            raise

    def give_back(self, origin: Origin, connection: Connection) -> None:
        """Keep a connection for the next request, or close it if its answer is unfinished."""
        self._places.release()
        if not connection.is_reusable(has_idled=False):
            connection.abort()
            return
        self._idle[origin].append((self._loop.time(), connection))
        if self._sweep is None:
            self._sweep = self._loop.call_later(self._keepalive_seconds, self._close_expired)

    async def aclose(self) -> None:
        """Close all connections, busy ones too."""
        if self._sweep is not None:
            self._sweep.cancel()
        self._idle.clear()
        for connection in list(self._open):
            connection.abort()
        await asyncio.sleep(0)  # the event loop closes the sockets in its next round

    async def _take_place(self, pool_seconds: float | None) -> None:
        if not self._places.locked():
            await self._places.acquire()  # does not wait
            return
        try:
            async with asyncio.timeout(pool_seconds):
                await self._places.acquire()
        except TimeoutError as error:
            raise httpx2.PoolTimeout("All connections to upstreams are in use.") from error

    def _take_idle(self, origin: Origin) -> Connection | None:
        idle = self._idle.get(origin)
        oldest = self._loop.time() - self._keepalive_seconds
        while idle:
            since, connection = idle.pop()  # the youngest: the others may expire
            if since > oldest and connection.is_reusable(has_idled=True):
                return connection
            connection.abort()
        return None

    def _close_expired(self) -> None:
        self._sweep = None
        oldest = self._loop.time() - self._keepalive_seconds
        for origin, idle in list(self._idle.items()):
            while idle and idle[0][0] <= oldest:
                idle.pop(0)[1].abort()
            if not idle:
                del self._idle[origin]
        if self._idle:
            first = min(idle[0][0] for idle in self._idle.values())
            self._sweep = self._loop.call_at(first + self._keepalive_seconds, self._close_expired)

    async def _dial(self, origin: Origin, connect_seconds: float | None) -> Connection:
        if origin.scheme not in {b"http", b"https"}:
            scheme = origin.scheme.decode()
            raise httpx2.UnsupportedProtocol(f"An upstream is reached by HTTP, not by {scheme}.")
        try:
            async with asyncio.timeout(connect_seconds):
                return await self._connect(origin)
        except TimeoutError as error:
            raise httpx2.ConnectTimeout("The upstream could not be reached in time.") from error
        except OSError as error:
            raise httpx2.ConnectError(str(error) or type(error).__name__) from error

    async def _connect(self, origin: Origin) -> Connection:
        host = origin.host.decode("ascii")
        secure = origin.scheme == b"https"
        addresses = await self._loop.getaddrinfo(
            host, origin.port or (443 if secure else 80), type=socket.SOCK_STREAM
        )
        line = await aiohappyeyeballs.start_connection(  # pyright: ignore[reportUnknownMemberType]
            addresses, happy_eyeballs_delay=_NEXT_ADDRESS_SECONDS, loop=self._loop
        )
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        _, connection = await self._loop.create_connection(
            lambda: Connection(self._open),
            sock=line,
            ssl=self._ssl_context if secure else None,
            server_hostname=host if secure else None,
        )
        return connection
