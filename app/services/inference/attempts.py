"""The attempts of a call: one target after another, until one answers or nobody is left to ask."""

import asyncio
from typing import Final

from app.core.clock import Clock
from app.core.errors import (
    AppError,
    NotReadyError,
    OverloadedError,
    UpstreamError,
)
from app.core.gateway_models import TimeoutConfig
from app.services.admission.admission import Admission
from app.services.admission.admitted import Admitted
from app.services.call import Call
from app.services.inference.attempt import Attempt
from app.services.inference.outcome import Outcome, Try
from app.services.inference.used import Ending, used_by
from app.services.ledger.entry import Status
from app.services.providers.provider import ChatRequest
from app.services.routing.course import Course
from app.services.routing.entrances import Entrances
from app.services.routing.health import Health
from app.services.routing.target import Target

_LEAST_SECONDS: Final = 0.001  # a limit has to be more than nothing
_GOOD: Final = Ending(Status.OK)


class Attempts:
    """Makes the attempts of all calls, and remembers how upstreams do."""

    def __init__(
        self, admission: Admission, health: Health, entrances: Entrances, clock: Clock
    ) -> None:
        """Take who holds money, how upstreams do, and how many calls they get at once."""
        self.admission = admission
        self.health = health
        self.entrances = entrances
        self.clock = clock

    def of(self, call: Call, admitted: Admitted, outcome: Outcome) -> "AttemptsOfCall":
        """Return the attempts of one call, none of them made yet; each will be in its outcome."""
        return AttemptsOfCall(self, call, admitted, outcome)


class AttemptsOfCall:
    """Asks one target after another. Nobody else is asked once something has left for the client.

    `next` gives an attempt, to be made in its own `async with`; where that keeps a failure to
    itself, `next` gives another one, or raises the failure.
    """

    def __init__(self, its: Attempts, call: Call, admitted: Admitted, outcome: Outcome) -> None:
        """Begin with nobody asked."""
        self._its = its
        self._outcome = outcome
        self._call = call
        self._admitted = admitted
        targets = [offer.target for offer in admitted.offers]
        self._course = Course(targets, its.health, its.entrances, its.clock)
        seconds = [target.timeouts.total_seconds for target in targets]
        self._ends_at = call.trace.started + max(seconds)
        self._error: AppError | None = None

    async def next(self) -> Attempt:
        """Return the next attempt when its time has come. It has begun.

        Raises:
            AppError: nobody is left to ask: the last failure, or why nobody can be asked.
        """
        while True:
            step = self._course.next(self._left_seconds())
            if step is None:
                raise self._error or self._course.refusal()
            if step.wait_seconds:
                await asyncio.sleep(step.wait_seconds)
            gate = self._its.entrances.of(step.target.upstream).gate
            try:
                await gate.enter(self._call.urgency)
            except OverloadedError as error:
                self._course.note_full(step.target)
                self._error = self._error or error
                continue
            try:
                return self._begin(step.target)
            except BaseException:
                gate.leave()
                raise

    def _begin(self, target: Target) -> Attempt:
        """Begin an attempt that its gate has let through.

        Raises:
            AppError: the failure before, where its money is gone and there is none for another.
        """
        call, admitted, its = self._call, self._admitted, self._its
        if not its.admission.holds.go_on(admitted, target):
            assert self._error is not None  # the first one is always paid for
            raise self._error
        trace, is_hard = call.trace, admitted.is_hard
        trace.detours += self._course.skipped(target)
        self._course.note_asked(target)
        offer = admitted.offer
        trace.begin_attempt(target.upstream, offer.upstream_model)
        return Attempt(
            target=target,
            request=ChatRequest(
                call.payload,
                call.body,
                offer.upstream_model,
                offer.bound.cap if is_hard else None,
                is_metered=is_hard,
                work=call.work,
                timeouts=self._timeouts(target) if self._outcome.tries else target.timeouts,
            ),
            facts=trace.answer,
            end=self._end,
            started=its.clock.monotonic(),
            ticket=its.health.begin(target.place),
        )

    def _end(self, attempt: Attempt, error: BaseException | None) -> bool:
        """Note how an attempt went; return whether somebody else may be asked."""
        target, call = attempt.target, self._call
        self._its.entrances.of(target.upstream).gate.leave()
        seconds = self._its.clock.monotonic() - attempt.started
        ending = _ending(attempt, error)
        used = used_by(self._admitted, attempt.facts, ending, stream=call.stream)
        self._admitted.spent_nusd += used.cost_nusd or 0
        self._outcome.tries.append(
            Try(target, attempt.request.model, attempt.facts, ending, used, seconds)
        )
        waited = attempt.first_event_seconds if call.stream else seconds
        health, place = self._its.health, target.place
        if error is None:
            health.succeed(place, attempt.ticket, waited, stream=call.stream)
            return False
        if not isinstance(error, AppError):  # the client has left, or we have a bug
            health.let_go(place, attempt.ticket)
            return False
        verdict = health.fail(place, attempt.ticket, error)
        self._course.note_failed(target, error, verdict)
        self._error = error
        call.trace.detours.append(f"{target.upstream} {error.code}")
        return verdict.can_go_on and not attempt.has_begun

    def _left_seconds(self) -> float:
        return self._ends_at - self._its.clock.monotonic()

    def _timeouts(self, target: Target) -> TimeoutConfig:
        """Return the limits of an attempt: all of them together have one total."""
        limits = target.timeouts
        left = max(self._left_seconds(), _LEAST_SECONDS)
        return limits.model_copy(update={"total_seconds": min(limits.total_seconds, left)})


def _ending(attempt: Attempt, error: BaseException | None) -> Ending:
    match error:
        case None:
            return _GOOD
        case UpstreamError():
            return Ending(Status.ERROR, error.code, is_unbilled=not error.may_be_billed)
        case AppError():  # of our own; before the first byte, there was no connection for it
            is_unsent = isinstance(error, NotReadyError) and not attempt.has_begun
            return Ending(Status.ERROR, error.code, is_unbilled=is_unsent)
        case Exception():
            return Ending(Status.ERROR, AppError.code)
        case _:
            return Ending()
