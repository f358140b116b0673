"""The time, as something that can be passed in."""

import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Says what time it is. Tests pass their own."""

    def now(self) -> datetime:
        """Return the current moment, aware and in UTC."""
        ...

    def monotonic(self) -> float:
        """Return seconds on a clock that never goes back, for measuring spans."""
        ...


class SystemClock:
    """The machine's own clocks."""

    def now(self) -> datetime:
        """Return the current moment, aware and in UTC."""
        return datetime.now(UTC)

    monotonic = staticmethod(time.perf_counter)  # asked a dozen times a call


def epoch_ms(moment: datetime) -> int:
    """Return a moment as milliseconds since 1970, the form the database keeps."""
    return int(moment.timestamp() * 1000)


def from_epoch_ms(milliseconds: int) -> datetime:
    """Return the moment that the database keeps as milliseconds since 1970."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
