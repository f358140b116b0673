"""Who can be asked now, as live traffic tells it. Nobody is asked only to find out."""

from collections import OrderedDict
from collections.abc import Iterator
from typing import Final, NamedTuple

import structlog

from app.core.clock import Clock, epoch_ms
from app.core.errors import (
    AppError,
    UpstreamCredentialsError,
    UpstreamCreditsError,
    UpstreamRejectedError,
)
from app.services.routing.breaker import BreakerState
from app.services.routing.target_health import (
    Pause,
    TargetHealth,
    Trouble,
)
from app.services.routing.verdict import Blame, Verdict, verdict_on

MAX_TARGETS: Final = 10_000  # callers name models as they like: the longest unused are forgotten


class Place(NamedTuple):
    """One model at one upstream under one credential: what fails, and recovers, by itself."""

    upstream: str
    model: str
    credential: str


class Standing(NamedTuple):
    """Whether a place can be asked at a moment."""

    wait_seconds: float  # until it can; 0: now
    reason: str  # why it has to be waited for; "": nothing is known against it


_log: Final = structlog.stdlib.get_logger(__name__)
_GOOD: Final = Standing(0.0, "")
_PROBE_SECONDS: Final = 1.0  # about so long a probe takes


class Health:
    """Remembers how calls went. One event loop uses it; nothing here awaits."""

    def __init__(self, clock: Clock) -> None:
        """Begin with nothing known against anybody."""
        self._clock = clock
        self._targets: OrderedDict[Place, TargetHealth] = OrderedDict()
        self._pauses: dict[tuple[str, str], Pause] = {}  # of credentials

    def standing(self, place: Place) -> Standing:
        """Return whether a place can be asked now, and else why not and when."""
        now = self._clock.monotonic()
        target = self._targets.get(place)
        pause = self._pauses.get((place.upstream, place.credential)) if self._pauses else None
        if (pause is None or pause.until <= now) and (
            target is None or (target.breaker.is_closed and target.pause.until <= now)
        ):
            return _GOOD
        found = list(self._against(target, pause, now))
        return max(found, default=_GOOD)

    def of_credential(self, upstream: str, credential: str) -> Standing:
        """Return whether a credential can be used now, wherever that is."""
        pause = self._pauses.get((upstream, credential))
        found = self._against(None, pause, self._clock.monotonic())
        return max(found, default=_GOOD)

    def known(self, place: Place) -> TargetHealth | None:
        """Return what is known of a place, or None: it was never asked."""
        return self._targets.get(place)

    def begin(self, place: Place) -> int:
        """Note that a place is asked; return what to name when that has ended."""
        known = self._of(place)
        known.running += 1
        return known.breaker.begin()

    def succeed(self, place: Place, ticket: int, seconds: float | None, *, stream: bool) -> None:
        """Note that it answered: the first words, or the whole answer, after so many seconds."""
        known = self._of(place)
        known.running -= 1
        known.breaker.succeed(ticket, self._clock.monotonic())
        if seconds is not None:
            (known.first_event if stream else known.whole).add(seconds)

    def let_go(self, place: Place, ticket: int) -> None:
        """Note that a call has ended without a word about the place."""
        known = self._of(place)
        known.running -= 1
        known.breaker.forget(ticket)

    def fail(self, place: Place, ticket: int, error: AppError) -> Verdict:
        """Note that it failed; return what follows from that."""
        known, verdict, now = self._of(place), verdict_on(error), self._clock.monotonic()
        known.running -= 1
        known.trouble = Trouble(error.code, error.message, epoch_ms(self._clock.now()))
        if verdict.blame is Blame.BREAKER:
            known.breaker.fail(ticket, now)
            return verdict
        if isinstance(error, UpstreamRejectedError):  # it works: the request is to blame
            known.breaker.succeed(ticket, now)
        else:
            known.breaker.forget(ticket)
        if verdict.blame is Blame.TARGET:
            known.pause.extend(now + verdict.pause_seconds, error.code)
        elif verdict.blame is Blame.CREDENTIAL:
            self._pause_of(place).extend(now + verdict.pause_seconds, error.code)
        if isinstance(error, UpstreamCredentialsError | UpstreamCreditsError):
            _log.error("credential_refused", **place._asdict(), reason=error.code)
        return verdict

    def all_places(self) -> Iterator[tuple[Place, TargetHealth]]:
        """Yield every place that was ever asked, the longest unused first."""
        yield from self._targets.items()

    def restore(self, upstream: str) -> None:
        """Forget everything that is known against an upstream."""
        for (name, _), pause in self._pauses.items():
            if name == upstream:
                pause.end()
        for place, target in self._targets.items():
            if place.upstream == upstream:
                target.breaker.close()
                target.pause.end()

    def _against(
        self, target: TargetHealth | None, pause: Pause | None, now: float
    ) -> Iterator[Standing]:
        if pause is not None and pause.left(now):
            yield Standing(pause.left(now), pause.reason)
        if target is None:
            return
        if target.pause.left(now):
            yield Standing(target.pause.left(now), target.pause.reason)
        state = target.breaker.state(now)
        if state is BreakerState.OPEN:
            yield Standing(target.breaker.opens_in(now), "breaker_open")
        elif not target.breaker.admits(now):
            yield Standing(_PROBE_SECONDS, "breaker_half_open")

    def _of(self, place: Place) -> TargetHealth:
        known = self._targets.get(place)
        if known is not None:
            self._targets.move_to_end(place)
            return known
        self._forget_longest_unused()
        known = self._targets[place] = TargetHealth()
        return known

    def _pause_of(self, place: Place) -> Pause:
        return self._pauses.setdefault((place.upstream, place.credential), Pause())

    def _forget_longest_unused(self) -> None:
        while len(self._targets) >= MAX_TARGETS:
            place, oldest = self._targets.popitem(last=False)
            if oldest.running:
                self._targets[place] = oldest
                return
