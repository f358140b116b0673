"""How long a stream may take, and how long it may be silent."""

import asyncio

from app.core.gateway_models import TimeoutConfig


class StreamPace:
    """The time limits of one stream.

    Only data counts against silence: an upstream that drips comments for ever is as silent as one
    that sends nothing.
    """

    __slots__ = ("_allowed", "_end", "_idle_seconds", "_last_data", "_loop")

    def __init__(self, limits: TimeoutConfig) -> None:
        """Start the clocks: the first event has its own limit, later ones the idle limit."""
        self._loop = asyncio.get_running_loop()
        self._last_data = self._loop.time()
        self._end = self._last_data + limits.total_seconds
        self._allowed = limits.first_byte_seconds
        self._idle_seconds = limits.idle_seconds

    def data_came(self) -> None:
        """Note that an event with data has come."""
        self._last_data = self._loop.time()
        self._allowed = self._idle_seconds

    def limit(self) -> asyncio.Timeout:
        """Return a context for one wait; it raises `TimeoutError` when the stream is too slow."""
        return asyncio.timeout_at(min(self._last_data + self._allowed, self._end))
