"""Stops calls to what keeps failing, and finds out when it works again.

The values are those that Envoy, Finagle and gRPC have in common: docs/resilience.md names them.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from app.utils.chance import chance

FAILURES_IN_A_ROW: Final = 5
FAILING_SHARE: Final = 0.5
FEWEST_CALLS: Final = 20  # below that a share says nothing
WINDOW_SECONDS: Final = 30
FIRST_OPEN_SECONDS: Final = 5.0
LONGEST_OPEN_SECONDS: Final = 300.0
_SPREAD: Final = 0.2  # so that several processes do not probe at the same moment


class BreakerState(StrEnum):
    """Whether calls may go."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"  # one call may, to find out


@dataclass(slots=True)
class _Second:
    """How the calls went that ended in one second."""

    number: int
    good: int = 0
    bad: int = 0


class Breaker:
    """Counts how calls to one target go. A moment is seconds of a clock that does not go back.

    It opens after five failures in a row, or when half of twenty or more calls failed within 30 s:
    for 5 s, and for twice as long each time that the probe after it fails, at most for 300 s.
    """

    __slots__ = (
        *("_generation", "_in_a_row", "_is_probing", "_opened", "_past", "_random", "_until"),
        "is_closed",
    )

    def __init__(self, randomly: Callable[[], float] = chance) -> None:
        """Begin closed. `randomly` gives numbers from 0 to 1."""
        self._random = randomly
        self._past = deque[_Second](maxlen=WINDOW_SECONDS)
        self._in_a_row = 0
        self._opened = 0  # times without a success in between
        self._until: float | None = None  # open, or half-open from then on; None: closed
        self.is_closed = True  # calls go as ever
        self._is_probing = False
        self._generation = 0  # of its states: what began in another one says nothing about this one

    def state(self, now: float) -> BreakerState:
        """Return the state at a moment."""
        if self._until is None:
            return BreakerState.CLOSED
        return BreakerState.OPEN if now < self._until else BreakerState.HALF_OPEN

    def admits(self, now: float) -> bool:
        """Say whether a call may go: always where it is closed, and one where it is half-open."""
        return self._until is None or (now >= self._until and not self._is_probing)

    def opens_in(self, now: float) -> float:
        """Return in how many seconds a call may go."""
        return 0.0 if self._until is None else max(0.0, self._until - now)

    def begin(self) -> int:
        """Note that a call goes; return what to name when it has ended."""
        self._is_probing = self._until is not None
        return self._generation

    def succeed(self, begun: int, now: float) -> None:
        """Note that a call was answered."""
        if begun != self._generation:
            return
        if self._until is not None:
            self._change(None)
            self._opened = 0
            self._past.clear()
        self._in_a_row = 0
        self._second(now).good += 1

    def fail(self, begun: int, now: float) -> None:
        """Note that a call failed, and that the target is to blame."""
        if begun != self._generation:
            return
        self._in_a_row += 1
        self._second(now).bad += 1
        if self._until is None:
            if self._in_a_row >= FAILURES_IN_A_ROW or self._mostly_fails():
                self._open(now)
        elif now >= self._until:
            self._open(now)

    def forget(self, begun: int) -> None:
        """Note that a call ended without a word about the target: its client has left."""
        if begun == self._generation:
            self._is_probing = False

    def close(self) -> None:
        """Forget every failure."""
        self._change(None)
        self._opened = self._in_a_row = 0
        self._past.clear()

    def _open(self, now: float) -> None:
        seconds = min(FIRST_OPEN_SECONDS * 2**self._opened, LONGEST_OPEN_SECONDS)
        spread = 1 + _SPREAD * (2 * self._random() - 1)
        if seconds < LONGEST_OPEN_SECONDS:
            self._opened += 1
        self._change(now + min(seconds * spread, LONGEST_OPEN_SECONDS))

    def _change(self, until: float | None) -> None:
        self._until = until
        self.is_closed = until is None
        self._is_probing = False
        self._generation += 1

    def _second(self, now: float) -> _Second:
        number = int(now)
        if not self._past or self._past[-1].number != number:
            self._past.append(_Second(number))
        return self._past[-1]

    def _mostly_fails(self) -> bool:
        oldest = self._past[-1].number - WINDOW_SECONDS
        recent = [second for second in self._past if second.number > oldest]
        bad = sum(second.bad for second in recent)
        calls = bad + sum(second.good for second in recent)
        return calls >= FEWEST_CALLS and bad >= FAILING_SHARE * calls
