"""Whom to ask next for one call, after all that has failed so far."""

from collections.abc import Iterator, Sequence
from itertools import takewhile
from typing import Final, NamedTuple

from app.core.clock import Clock
from app.core.errors import (
    AppError,
    OverloadedError,
    UpstreamLoadingError,
    UpstreamRateLimitedError,
    UpstreamUnavailableError,
)
from app.services.routing.backoff import backoff_seconds
from app.services.routing.entrances import Entrances
from app.services.routing.health import Health
from app.services.routing.target import Target
from app.services.routing.verdict import Verdict
from app.utils.chance import chance

MAX_FAULTS: Final = 3  # of upstreams; to be refused for a credential is none
_FULL: Final = OverloadedError.code
LONGEST_WAIT_SECONDS: Final = 20.0  # before an attempt; who would wait longer is told so

# What an upstream itself has said the end of is waited for. What else speaks against a target
# keeps nobody from asking it where there is nobody else.
_SAID: Final = {one.code: one for one in (UpstreamRateLimitedError, UpstreamLoadingError)}


class Step(NamedTuple):
    """Whom to ask next, and in how many seconds."""

    target: Target
    wait_seconds: float = 0.0


class Course:
    """Goes through the targets of a plan. One a call.

    A failure leads to the next target that can be asked at once; then to those that failed, as far
    as the retry budget of their upstream allows it; then to those of whom nothing good is known.
    """

    def __init__(
        self, targets: Sequence[Target], health: Health, entrances: Entrances, clock: Clock
    ) -> None:
        """Begin with nobody asked."""
        self._targets = targets
        self._health = health
        self._entrances = entrances
        self._clock = clock
        self._asked: dict[Target, int] = {}
        self._failed: dict[Target, tuple[Verdict, float]] = {}  # and when it may be asked again
        self._full: set[Target] = set()
        self._faults = 0

    def next(self, left_seconds: float) -> Step | None:
        """Return whom to ask within the time that is left, or None: nobody."""
        if self._faults >= MAX_FAULTS or left_seconds <= 0:
            return None
        ready = self._ready()
        if ready is not None and self._may_go(ready.target):
            return ready
        limit = min(left_seconds, LONGEST_WAIT_SECONDS)
        for steps in (self._repeats(limit), self._last_resorts(limit)):
            step = min(steps, key=lambda one: one.wait_seconds, default=None)
            if step is not None and self._may_go(step.target):
                return step
        return None

    def note_asked(self, target: Target) -> None:
        """Note that a target is being asked."""
        self._asked[target] = self._asked.get(target, 0) + 1

    def note_full(self, target: Target) -> None:
        """Note that there was no room at a target's upstream."""
        self._full.update(one for one in self._targets if one.upstream == target.upstream)

    def note_failed(self, target: Target, error: AppError, verdict: Verdict) -> None:
        """Note that a target failed."""
        self._faults += verdict.can_repeat
        wait = backoff_seconds(self._asked[target] - 1, chance)
        self._failed[target] = (verdict, self._clock.monotonic() + max(wait, _said(error)))

    def skipped(self, first: Target) -> list[str]:
        """Return who stands before the first target that is asked, and what keeps it from that.

        Where somebody was asked already, it is nobody: what became of them is known.
        """
        if self._asked or first is self._targets[0]:
            return []
        before = takewhile(lambda one: one is not first, self._targets)
        found = ((one, self._health.standing(one.place).reason) for one in before)
        return [*dict.fromkeys(f"{one.upstream} {why or _FULL}" for one, why in found)]

    def refusal(self) -> AppError:
        """Return why nobody can be asked, where nobody was."""
        found = [(self._health.standing(one.place), one) for one in self._targets]
        standing, target = min(found, key=lambda one: one[0].wait_seconds)
        kind = _SAID.get(standing.reason, UpstreamUnavailableError)
        return kind(
            f"The upstream {target.upstream!r} has asked to be left alone for "
            f"{standing.wait_seconds:.0f} more seconds.",
            retry_after_seconds=standing.wait_seconds,
        )

    def _ready(self) -> Step | None:
        """Return the first target that can be asked at once, one with room before a full one."""
        full = None
        for target in self._targets:
            if target in self._asked or target in self._full:
                continue
            if self._health.standing(target.place).wait_seconds:
                continue
            if self._entrances.of(target.upstream).gate.has_room:
                return Step(target)
            full = full or target
        return None if full is None else Step(full)

    def _repeats(self, limit: float) -> Iterator[Step]:
        now = self._clock.monotonic()
        for target, (verdict, since) in self._failed.items():
            wait = max(since - now, self._pause(target))
            if verdict.can_repeat and target not in self._full and wait <= limit:
                yield Step(target, max(0.0, wait))

    def _last_resorts(self, limit: float) -> Iterator[Step]:
        for target in self._fresh():
            wait = self._pause(target)
            if wait <= limit:
                yield Step(target, wait)

    def _fresh(self) -> Iterator[Target]:
        return (one for one in self._targets if one not in self._asked and one not in self._full)

    def _pause(self, target: Target) -> float:
        """Return for how long an upstream has said that a target cannot be asked."""
        standing = self._health.standing(target.place)
        return standing.wait_seconds if standing.reason in _SAID else 0.0

    def _may_go(self, target: Target) -> bool:
        """Take a repeat out of its budget, where it is one."""
        retries, now = self._entrances.of(target.upstream).retries, self._clock.monotonic()
        if self._asked and any(one.upstream == target.upstream for one in self._asked):
            return retries.take(now)
        retries.note_call(now)
        return True


def _said(error: AppError) -> float:
    return error.retry_after_seconds or 0.0
