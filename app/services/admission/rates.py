"""Limits per minute of several scopes, asked together: each call does that four times."""

from collections.abc import Iterable
from typing import NamedTuple

from app.services.admission.gcra import MINUTE_NS, SECOND_NS, Gcra


class RateLeft(NamedTuple):
    """What is left of one limit per minute, and when all of it is there again."""

    limit: int
    remaining: int
    reset_seconds: float


class Rates:
    """Some limits, as they are now, of which a call takes the same.

    Where a limit is another one later, what was taken of it is the same share as it was.
    """

    __slots__ = ("_rates",)

    def __init__(self, rates: Iterable[Gcra]) -> None:
        """Take the limits."""
        self._rates = [(rate, rate.limit) for rate in rates]

    def fit(self, now_ns: int, weight: int) -> bool:
        """Say whether so much, at most the whole of each limit, fits all of them now."""
        for rate, limit in self._rates:
            spare = limit - weight if weight < limit else 0
            if rate.full_at > now_ns * limit + spare * MINUTE_NS:
                return False
        return True

    def take(self, now_ns: int, weight: int) -> None:
        """Take so much of each, at most the whole of it. Ask first whether it fits."""
        for rate, limit in self._rates:
            size = (weight if weight < limit else limit) * MINUTE_NS  # noqa: FURB136 - no call
            now = now_ns * limit
            if rate.full_at > now:
                rate.full_at += size
            else:
                rate.full_at = now + size

    def settle(self, now_ns: int, taken: int, used: int) -> None:
        """Let what was used count, in place of what was taken."""
        for rate, limit in self._rates:
            more = used - (taken if taken < limit else limit)  # noqa: FURB136 - no call
            if more > 0:
                rate.charge(now_ns, more, under=limit)
            elif rate.limit == limit:
                rate.full_at += more * MINUTE_NS
            else:
                rate.give_back(-more, under=limit)

    def give_back(self, taken: int) -> None:
        """Put back what was taken."""
        for rate, limit in self._rates:
            rate.give_back(min(taken, limit), under=limit)

    def tightest(self, now_ns: int) -> RateLeft | None:
        """Return what is left of the one that has the least; of two alike, of the smaller one."""
        tightest, least = None, 0
        for rate, limit in self._rates:
            used = rate.full_at - now_ns * limit
            left = limit + -used // MINUTE_NS if used > 0 else limit
            if tightest is None or left < least or (left == least and limit < tightest.limit):
                tightest, least = rate, left
        if tightest is None:
            return None
        seconds = tightest.full_in_ns(now_ns) / SECOND_NS
        return RateLeft(tightest.limit, max(0, least), seconds)
