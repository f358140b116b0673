"""The path of one call: plan, admit, attempt, settle."""

from collections.abc import AsyncGenerator, Generator
from contextlib import aclosing, contextmanager
from typing import Final

from pydantic_core import to_json

from app.core.clock import Clock
from app.core.errors import AppError, BudgetExceededError
from app.core.money import usd_of
from app.core.telemetry import Metrics
from app.services.admission.admission import Admission
from app.services.admission.admitted import Admitted
from app.services.call import Call
from app.services.inference.entries import entry_of, milliseconds, sample_of
from app.services.inference.outcome import Outcome, used_by
from app.services.ledger.body_rules import BodyRules
from app.services.ledger.entry import Status
from app.services.providers.dialects.chat_stream import cut_chunk
from app.services.providers.provider import ChatRequest
from app.services.routing.catalogue import Catalogue, Target

DONE: Final = b"data: [DONE]\n\n"


class InferenceService:
    """Answers calls, whole or streamed, and leaves exactly one ledger entry behind each."""

    def __init__(
        self,
        catalogue: Catalogue,
        admission: Admission,
        body_rules: BodyRules,
        *,
        clock: Clock,
        metrics: Metrics,
    ) -> None:
        """Take who answers, who lets calls in and out, whose are stored, and where all count."""
        self._catalogue = catalogue
        self._admission = admission
        self._body_rules = body_rules
        self._clock = clock
        self._metrics = metrics

    async def answer(self, call: Call) -> bytes:
        """Return the whole answer as JSON, in the form of the call's task.

        Raises:
            ModelNotFoundError, ModelRequiredError: nobody answers for the model.
            ModelNotAllowedError: the key may not call it.
            RateLimitedError, BudgetExceededError, BudgetBusyError, PriceUnknownError: it may not
                be made, or not now.
            NotReadyError: it cannot be written down.
            UpstreamError: the upstream did not answer.
        """
        target = self._plan(call)
        admitted = await self._admission.admit(call, target)
        with self._settled(call, admitted) as outcome:
            request = _request(call, admitted)
            answer = await target.provider.chat(request, call.trace.answer)
            outcome.keep(answer)
            outcome.status = Status.OK
        return answer

    async def stream(self, call: Call) -> AsyncGenerator[bytes]:
        r"""Yield the answer as whole server-sent events, the last one being `[DONE]`.

        Before it comes the comment `: meterhouse {...}` with what only the end can tell. No
        transaction is open meanwhile. A stream that a budget has no more money for ends early,
        with the finish reason `length`.

        Raises:
            The same as `answer`; UpstreamError also where the upstream broke on the way.
        """
        target = self._plan(call)
        admitted = await self._admission.admit(call, target)
        with self._settled(call, admitted) as outcome:
            async with aclosing(self._relay(call, admitted, target)) as events:
                async for event in events:
                    call.trace.note_event(self._clock)
                    outcome.keep(event)
                    yield event
            outcome.status = Status.OK
        yield _trailer(call) + DONE

    async def _relay(self, call: Call, admitted: Admitted, target: Target) -> AsyncGenerator[bytes]:
        """Yield what the upstream sends, for as long as what it writes is held."""
        facts = call.trace.answer
        async with aclosing(target.provider.stream_chat(_request(call, admitted), facts)) as events:
            async for event in events:
                yield event
                if not self._admission.top_up(admitted, facts.text_bytes):
                    facts.cut_code = BudgetExceededError.code
                    break
        if facts.cut_code is not None:
            yield cut_chunk(facts, facts.cut_code)

    def _plan(self, call: Call) -> Target:
        target = self._catalogue.resolve(call.model, call.principal.allowed_models)
        call.trace.upstream = target.upstream
        call.trace.upstream_model = target.model
        return target

    @contextmanager
    def _settled(self, call: Call, admitted: Admitted) -> Generator[Outcome]:
        """Settle the call at the end, however it ends, and write its one entry."""
        trace = call.trace
        trace.started = self._clock.monotonic()
        trace.upstream_model, trace.attempts = admitted.upstream_model, 1
        recording = self._body_rules.start(call.principal, call.body)
        outcome = Outcome(recording=recording)
        self._metrics.call_started(call.task)
        try:
            yield outcome
        except AppError as error:
            outcome.fail(error, error.code)
            raise
        except Exception as error:
            outcome.fail(error, AppError.code)
            raise
        finally:
            trace.latency_seconds = self._clock.monotonic() - trace.started
            used = used_by(call, admitted, outcome)
            trace.cost_nusd = used.cost_nusd
            self._metrics.call_ended(sample_of(call, admitted, outcome, used))
            body = recording and self._body_rules.end(recording, call.id, is_stream=call.stream)
            self._admission.settle(admitted, entry_of(call, admitted, outcome, used), body)


def _request(call: Call, admitted: Admitted) -> ChatRequest:
    return ChatRequest(
        call.payload,
        call.body,
        admitted.upstream_model,
        admitted.output_cap,
        is_metered=admitted.is_hard,
    )


def _trailer(call: Call) -> bytes:
    trace = call.trace
    usage = trace.answer.usage
    facts = {
        "upstream": trace.upstream,
        "attempts": trace.attempts,
        "units_in": usage.units_in if usage else None,
        "units_out": usage.units_out if usage else None,
        "cost_usd": None if trace.cost_nusd is None else usd_of(trace.cost_nusd),
        "latency_ms": milliseconds(trace.latency_seconds),
    }
    return b": meterhouse " + to_json(facts) + b"\n\n"
