"""The open connections to upstreams: a bounded number of them, idle ones kept for a while."""

import asyncio
import ssl
from collections import defaultdict, deque

import httpx2

from app.services.providers.connection import Connection
from app.services.providers.dialing import Origin, dial


class ConnectionPool:
    """Hands out connections. Make it inside a running event loop."""

    def __init__(
        self, *, max_connections: int, keepalive_seconds: float, ssl_context: ssl.SSLContext | None
    ) -> None:
        """Take the bounds and what certificates are verified with, if not as httpx2 does."""
        self._loop = asyncio.get_running_loop()
        self._free = max_connections
        self._queue: deque[asyncio.Future[None]] = deque()
        self._keepalive_seconds = keepalive_seconds
        self._ssl_context = ssl_context
        self._open: set[Connection] = set()
        self._idle: defaultdict[Origin, list[tuple[float, Connection]]] = defaultdict(list)
        self._sweep: asyncio.TimerHandle | None = None

    async def take(
        self, origin: Origin, *, connect_seconds: float, pool_seconds: float, until: float
    ) -> Connection:
        """Return an idle connection that is still good, or a new one; `until` ends all waiting.

        Raises:
            httpx2.PoolTimeout: all are in use.
            httpx2.ConnectTimeout: finding and reaching the host took too long.
            httpx2.ConnectError: the host is unknown, refuses, or fails the TLS handshake.
        """
        if self._free and not self._queue:
            self._free -= 1
        else:
            await self._wait_for_place(min(self._loop.time() + pool_seconds, until))
        try:
            connection = self._take_idle(origin)
            if connection is None:
                connection = await dial(
                    origin,
                    lambda: Connection(self._open),
                    self._verifying,
                    until=min(self._loop.time() + connect_seconds, until),
                )
        except BaseException:
            self._leave_place()
            raise
        return connection

    def give_back(self, origin: Origin, connection: Connection) -> None:
        """Keep a connection for the next request, or close it if its answer is unfinished."""
        self._leave_place()
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

    def _verifying(self) -> ssl.SSLContext:
        if self._ssl_context is None:  # 30 ms and 3 MB, which a gateway without HTTPS never needs
            self._ssl_context = httpx2.create_ssl_context(trust_env=False)
        return self._ssl_context

    async def _wait_for_place(self, until: float) -> None:
        place = self._loop.create_future()
        self._queue.append(place)
        try:
            async with asyncio.timeout_at(until):
                await place
        except BaseException as error:
            if place.done() and not place.cancelled():
                self._leave_place()  # it came too late
            if isinstance(error, TimeoutError):
                raise httpx2.PoolTimeout("All connections to upstreams are in use.") from error
            raise

    def _leave_place(self) -> None:
        """Let the next one in that still waits."""
        while self._queue:
            place = self._queue.popleft()
            if not place.done():
                place.set_result(None)
                return
        self._free += 1

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
