"""An answer of an upstream, whose body is read as it arrives."""

from collections.abc import Coroutine
from typing import Any

import httpx2

from app.services.providers.connection import Connection
from app.services.providers.connection_pool import ConnectionPool
from app.services.providers.dialing import Origin


class UpstreamAnswer:
    """Status and headers of an answer; close it, and its connection serves the next request."""

    __slots__ = ("_connection", "_origin", "_pool", "headers", "status")

    def __init__(self, connection: Connection, origin: Origin, pool: ConnectionPool) -> None:
        """Take what a connection has received so far, and the connection with it."""
        self._connection: Connection | None = connection
        self._origin = origin
        self._pool = pool
        self.status = connection.answer.status
        self.headers = connection.answer.headers  # names in lower case

    def header(self, name: bytes) -> str:
        """Return what a header says, several values with commas between; empty where it is not."""
        found = b""
        for key, value in self.headers:
            if key == name:
                found = found + b", " + value if found else value
        return found.decode("latin-1")

    @property
    def is_read(self) -> bool:
        """Whether nothing is left to read."""
        if self._connection is None:
            return True
        body = self._connection.answer
        return body.is_complete and not body.unread

    def read(self, *, until: float) -> Coroutine[Any, Any, bytes]:
        """Return what has arrived of the body since the last call; empty at its end.

        Args:
            until: When to give up, on the event loop's clock.

        Raises:
            httpx2.TransportError: the upstream broke, or was silent for too long.
        """
        if self._connection is None:
            raise httpx2.StreamClosed
        return self._connection.read(until=until)

    def close(self) -> None:
        """Give the connection back if the answer was read whole, else close it at once."""
        connection, self._connection = self._connection, None
        if connection is not None:
            self._pool.give_back(self._origin, connection)
