"""The path of one call: plan, attempt, settle."""

from collections.abc import AsyncGenerator, Generator
from contextlib import aclosing, contextmanager
from dataclasses import dataclass
from typing import Final

from pydantic_core import to_json

from app.core.clock import Clock, epoch_ms
from app.core.errors import AppError
from app.core.telemetry import CallSample, Metrics
from app.services.inference.call import Call, Trace
from app.services.ledger.entry import Basis, Entry, Status
from app.services.ledger.ledger import Ledger
from app.services.providers.provider import ChatRequest
from app.services.routing.catalogue import Catalogue, Target

DONE: Final = b"data: [DONE]\n\n"


@dataclass(slots=True)
class _Outcome:
    """How a call ends: the client has left, until something else is known."""

    status: Status = Status.CANCELLED
    error_code: str | None = None


class InferenceService:
    """Answers calls, whole or streamed, and leaves exactly one ledger entry behind each."""

    def __init__(
        self,
        catalogue: Catalogue,
        ledger: Ledger,
        clock: Clock,
        metrics: Metrics,
    ) -> None:
        """Take who answers, and where calls are written down and counted."""
        self._catalogue = catalogue
        self._ledger = ledger
        self._clock = clock
        self._metrics = metrics

    async def answer(self, call: Call) -> bytes:
        """Return the whole answer as JSON, in the form of the call's task.

        Raises:
            ModelNotFoundError, ModelRequiredError: nobody answers for the model.
            ModelNotAllowedError: the key may not call it.
            UpstreamError: the upstream did not answer.
        """
        target = self._admit(call)
        with self._recorded(call, target) as outcome:
            answer = await target.provider.chat(_request(call, target), call.trace.answer)
            outcome.status = Status.OK
        return answer

    async def stream(self, call: Call) -> AsyncGenerator[bytes]:
        r"""Yield the answer as whole server-sent events, the last one being `[DONE]`.

        Before it comes the comment `: meterhouse {...}` with what only the end can tell. No
        transaction is open meanwhile.

        Raises:
            ModelNotFoundError, ModelRequiredError: nobody answers for the model.
            ModelNotAllowedError: the key may not call it.
            UpstreamError: the upstream did not answer, or broke on the way.
        """
        target = self._admit(call)
        events = target.provider.stream_chat(_request(call, target), call.trace.answer)
        with self._recorded(call, target) as outcome:
            async with aclosing(events):
                async for event in events:
                    call.trace.note_event(self._clock)
                    yield event
            outcome.status = Status.OK
        yield _trailer(call.trace) + DONE

    def _admit(self, call: Call) -> Target:
        target = self._catalogue.resolve(call.model, call.principal.allowed_models)
        self._ledger.ensure_room()
        call.trace.upstream = target.upstream
        call.trace.upstream_model = target.model
        call.trace.attempts = 1
        return target

    @contextmanager
    def _recorded(self, call: Call, target: Target) -> Generator[_Outcome]:
        """Write the call's one entry at the end, however it ends."""
        created_at_ms = epoch_ms(self._clock.now())
        call.trace.started = self._clock.monotonic()
        outcome = _Outcome()
        self._metrics.call_started(call.task)
        try:
            yield outcome
        except AppError as error:
            outcome.status, outcome.error_code = Status.ERROR, error.code
            raise
        except Exception:
            outcome.status, outcome.error_code = Status.ERROR, AppError.code
            raise
        finally:
            call.trace.latency_seconds = self._clock.monotonic() - call.trace.started
            self._ledger.record(_entry(call, target, outcome, created_at_ms))
            self._metrics.call_ended(_sample(call, outcome))


def _request(call: Call, target: Target) -> ChatRequest:
    return ChatRequest(call.payload, call.body, target.model)


def _entry(call: Call, target: Target, outcome: _Outcome, created_at_ms: int) -> Entry:
    trace, usage = call.trace, call.trace.answer.usage
    return Entry(
        id=call.id,
        created_at_ms=created_at_ms,
        key_id=call.principal.key_id,
        client_request_id=call.client_request_id,
        task=call.task,
        model=call.model or target.model,
        upstream=target.upstream,
        upstream_model=target.model,
        stream=call.stream,
        status=outcome.status,
        error_code=outcome.error_code,
        finish_reason=trace.answer.finish_reason,
        units_in=usage.units_in if usage else None,
        units_out=usage.units_out if usage else None,
        basis=Basis.REPORTED if usage else None,
        attempts=trace.attempts,
        latency_ms=_milliseconds(trace.latency_seconds),
        ttft_ms=None if trace.ttft_seconds is None else _milliseconds(trace.ttft_seconds),
        user_id=call.principal.user_id,
        team_id=call.principal.team_id,
    )


def _sample(call: Call, outcome: _Outcome) -> CallSample:
    usage = call.trace.answer.usage
    return CallSample(
        task=call.task,
        upstream=call.trace.upstream,
        status=outcome.status,
        seconds=call.trace.latency_seconds,
        first_token_seconds=call.trace.ttft_seconds,
        tokens_in=usage.units_in if usage else None,
        tokens_out=usage.units_out if usage else None,
    )


def _milliseconds(seconds: float) -> int:
    return round(seconds * 1000)


def _trailer(trace: Trace) -> bytes:
    usage = trace.answer.usage
    facts = {
        "upstream": trace.upstream,
        "attempts": trace.attempts,
        "units_in": usage.units_in if usage else None,
        "units_out": usage.units_out if usage else None,
        "latency_ms": _milliseconds(trace.latency_seconds),
    }
    return b": meterhouse " + to_json(facts) + b"\n\n"
