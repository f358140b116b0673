"""How many calls may be repeated at an upstream: few enough to do no harm to one that is down."""

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
        second = self._second(now)
        recent = [one for one in self._past if one.number > second.number - WINDOW_SECONDS]
        calls = sum(one.calls for one in recent)
        if sum(one.repeats for one in recent) >= SHARE * calls + FLOOR_PER_SECOND * WINDOW_SECONDS:
            return False
        second.repeats += 1
        return True

    def _second(self, now: float) -> _Second:
        number = int(now)
        if not self._past or self._past[-1].number != number:
            self._past.append(_Second(number))
        return self._past[-1]
