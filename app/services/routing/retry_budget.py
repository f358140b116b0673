"""How many calls may be repeated at an upstream: few enough to do no harm to one that is down."""

import math
from collections import deque
from dataclasses import dataclass
from typing import Final

WINDOW_SECONDS: Final = 10
SHARE: Final = 0.2  # of the calls
FLOOR_PER_SECOND: Final = 3


@dataclass(slots=True)
class _Second:
    number: int
    calls: int = 0
    repeats: int = 0


class RetryBudget:
    """Counts calls and repeats at one upstream: a fifth, and three a second, as Finagle does it."""

    def __init__(self) -> None:
        """Begin without calls."""
        self._past = deque[_Second](maxlen=WINDOW_SECONDS)

    def note_call(self, now: float) -> None:
        """Note that a call is sent for the first time. A moment is seconds of a steady clock."""
        self._second(now).calls += 1

    def take(self, now: float) -> bool:
        """Take one repeat, or return that there is none left."""
        if not self.left(now):
            return False
        self._second(now).repeats += 1
        return True

    def left(self, now: float) -> int:
        """Return how many repeats could be taken at once."""
        recent = [one for one in self._past if one.number > int(now) - WINDOW_SECONDS]
        allowed = SHARE * sum(one.calls for one in recent) + FLOOR_PER_SECOND * WINDOW_SECONDS
        return max(0, math.ceil(allowed - sum(one.repeats for one in recent)))

    def _second(self, now: float) -> _Second:
        number = int(now)
        if not self._past or self._past[-1].number != number:
            self._past.append(_Second(number))
        return self._past[-1]
