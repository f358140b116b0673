"""A clock that is put forward by hand, so that a month passes in seconds."""

from datetime import datetime

from app.core.clock import SystemClock


class MovingClock:
    """Says the moment that it was put to; spans are measured by the machine all the same."""

    monotonic = staticmethod(SystemClock.monotonic)

    def __init__(self, at: datetime) -> None:
        """Begin at a moment."""
        self.at = at

    def now(self) -> datetime:
        """Return the moment that it was put to."""
        return self.at
