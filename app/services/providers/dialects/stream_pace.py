"""How long a stream may take, and how long it may be silent."""

import asyncio

from app.core.gateway_models import TimeoutConfig


class StreamPace:
    """The time limits of one stream.

    Only data counts against silence: an upstream that drips comments for ever is as silent as one
    that sends nothing.
    """

    __slots__ = ("_end", "_idle_seconds", "_loop", "until")

    def __init__(self, limits: TimeoutConfig) -> None:
        """Start the clocks: the first event has its own limit, later ones the idle limit."""
        self._loop = asyncio.get_running_loop()
        now = self._loop.time()
        self._end = now + limits.total_seconds
        self._idle_seconds = limits.idle_seconds
        self.until = min(now + limits.first_byte_seconds, self._end)  # when the next has to come

    def data_came(self) -> None:
        """Note that an event with data has come."""
        self.until = min(self._loop.time() + self._idle_seconds, self._end)
