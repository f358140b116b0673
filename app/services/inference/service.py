"""The path of one call: plan, admit, attempt, settle."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Final

from pydantic_core import to_json

from app.core.errors import BudgetExceededError
from app.core.money import usd_of
from app.core.telemetry import Metrics
from app.services.admission.admission import Admission
from app.services.admission.admitted import Admitted
from app.services.call import Call
from app.services.inference.attempt import Attempt
from app.services.inference.attempts import Attempts, AttemptsOfCall
from app.services.inference.entries import milliseconds
from app.services.inference.front_door import FrontDoor
from app.services.inference.settling import Settling
from app.services.ledger.body_rules import BodyRules
from app.services.ledger.entry import Status
from app.services.providers.dialects.chat_stream import cut_chunk
from app.services.routing.router import Router
from app.utils.embedded_files import in_words

DONE: Final = b"data: [DONE]\n\n"


class InferenceService:
    """Answers calls, whole or streamed, and leaves exactly one ledger entry behind each."""

    def __init__(
        self,
        router: Router,
        admission: Admission,
        attempts: Attempts,
        body_rules: BodyRules,
        *,
        metrics: Metrics,
        front_door: FrontDoor,
    ) -> None:
        """Take who chooses whom to ask, lets calls in and out, asks, and stores what was said."""
        self.front_door = front_door
        self._router = router
        self._admission = admission
        self._attempts = attempts
        self._clock = attempts.clock
        self._settling = Settling(
            admission, body_rules, metrics, front_door=front_door, clock=attempts.clock
        )

    async def answer(self, call: Call) -> bytes:
        """Return the whole answer, in the form of the call's task.

        Raises:
            ModelNotFoundError, ModelRequiredError: nobody answers for the model.
            ModelNotAllowedError: the key may not call it.
            RateLimitedError, BudgetExceededError, BudgetBusyError, PriceUnknownError: it may not
                be made, or not now.
            NotReadyError: it cannot be written down, or the gateway is stopping.
            OverloadedError: there is no room for it, here or at an upstream.
            UpstreamError: nobody who could be asked has answered.
        """
        admitted = await self._let_in(call)
        with self._settling.of(call, admitted) as outcome:
            attempts = self._attempts.of(call, admitted, outcome)
            answer: bytes | None = None
            while answer is None:
                attempt = await attempts.next()
                async with attempt:
                    answer = await attempt.ask()
            outcome.keep(in_words(answer, call.trace.answer.media_type))
            outcome.status = Status.OK
        return answer

    async def stream(self, call: Call) -> AsyncGenerator[bytes]:
        r"""Yield the answer as whole server-sent events, a chat's last one being `[DONE]`.

        Before that comes the comment `: meterhouse {...}` with what only the end can tell. No
        transaction is open meanwhile. A stream that a budget has no more money for ends early,
        with the finish reason `length`.

        Raises:
            The same as `answer`; UpstreamError also where the upstream broke on the way.
        """
        admitted = await self._let_in(call)
        with self._settling.of(call, admitted) as outcome:
            attempts = self._attempts.of(call, admitted, outcome)
            async with aclosing(self._attempted(attempts, admitted)) as events:
                async for event in events:
                    call.trace.note_event(self._clock)
                    outcome.keep(event)
                    yield event
            outcome.status = Status.OK
        yield _trailer(call) + (DONE if call.work is None else b"")

    async def _let_in(self, call: Call) -> Admitted:
        """Plan a call and admit it. Settling it makes room for the next one."""
        await self.front_door.enter(call.urgency)
        try:
            return await self._admission.admit(call, self._router.plan(call))
        except BaseException:
            self.front_door.leave()
            raise

    async def _attempted(
        self, attempts: AttemptsOfCall, admitted: Admitted
    ) -> AsyncGenerator[bytes]:
        """Yield what the first target sends that sends anything."""
        while True:
            attempt = await attempts.next()
            async with attempt, aclosing(self._relay(attempt, admitted)) as events:
                async for event in events:
                    attempt.note_event(self._clock)
                    yield event
                return

    async def _relay(self, attempt: Attempt, admitted: Admitted) -> AsyncGenerator[bytes]:
        """Yield what the upstream sends, for as long as what it writes is held."""
        facts = attempt.facts
        async with aclosing(attempt.stream()) as events:
            async for event in events:
                yield event
                if (
                    not self._admission.holds.top_up(admitted, facts.text_bytes)
                    and facts.open_choices
                ):
                    facts.cut_code = BudgetExceededError.code
                    break
        if facts.cut_code is not None:
            yield cut_chunk(facts, facts.cut_code)


def _trailer(call: Call) -> bytes:
    trace = call.trace
    usage = trace.answer.usage or trace.answer.counted
    facts = {
        "upstream": trace.upstream,
        "attempts": trace.attempts,
        "units_in": usage.units_in if usage else None,
        "units_out": usage.units_out if usage else None,
        "cost_usd": None if trace.cost_nusd is None else usd_of(trace.cost_nusd),
        "latency_ms": milliseconds(trace.latency_seconds),
    }
    return b": meterhouse " + to_json(facts) + b"\n\n"
