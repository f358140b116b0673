"""What live traffic says of one target."""

from dataclasses import dataclass, field
from typing import Final, NamedTuple

from app.services.routing.breaker import Breaker

_NEW_SHARE: Final = 0.2  # of the newest measurement in a moving average


class Trouble(NamedTuple):
    """The last thing that went wrong."""

    code: str
    message: str
    at_ms: int


@dataclass(slots=True)
class MovingMean:
    """An average that forgets: each new value counts a fifth."""

    value: float | None = None

    def add(self, value: float) -> None:
        """Count one more value."""
        before = value if self.value is None else self.value
        self.value = before + _NEW_SHARE * (value - before)


@dataclass(slots=True)
class Pause:
    """For how long something is left alone, and why."""

    until: float = float("-inf")
    reason: str = ""

    def extend(self, until: float, reason: str) -> None:
        """Leave it alone until a moment, or longer where that was so already."""
        if until > self.until:
            self.until, self.reason = until, reason

    def end(self) -> None:
        """Leave it alone no more."""
        self.until = float("-inf")

    def left(self, now: float) -> float:
        """Return for how many seconds more."""
        return max(0.0, self.until - now)


@dataclass(slots=True)
class TargetHealth:
    """One model at one upstream under one credential."""

    breaker: Breaker = field(default_factory=Breaker)
    pause: Pause = field(default_factory=Pause)  # it loads, or the credential may not have it
    first_event: MovingMean = field(default_factory=MovingMean)  # seconds, of streams
    whole: MovingMean = field(default_factory=MovingMean)  # seconds, of whole answers
    running: int = 0  # calls
    trouble: Trouble | None = None

    def measured(self, *, stream: bool) -> float | None:
        """Return how long a caller waits for the first words, or None: nobody knows yet."""
        return (self.first_event if stream else self.whole).value
