"""From a call that has ended to its entry, and to its numbers in the metrics."""

from typing import Any

from app.core.telemetry import CallSample
from app.services.admission.admitted import Admitted
from app.services.call import Call
from app.services.inference.outcome import Outcome, Used
from app.services.ledger.entry import Entry


def entry_of(call: Call, admitted: Admitted, outcome: Outcome, used: Used) -> Entry:
    """Return the one row that a call leaves behind."""
    trace, hold = call.trace, admitted.hold
    return Entry(
        id=call.id,
        created_at_ms=hold.created_at_ms,
        key_id=hold.key_id,
        client_request_id=hold.client_request_id,
        task=hold.task,
        model=hold.model,
        upstream=hold.upstream,
        upstream_model=hold.upstream_model,
        stream=hold.stream,
        status=outcome.status,
        error_code=outcome.error_code or trace.answer.cut_code,
        finish_reason=trace.answer.finish_reason,
        units_in=used.tokens_in,
        units_out=used.tokens_out,
        basis=used.basis,
        attempts=trace.attempts,
        latency_ms=milliseconds(trace.latency_seconds),
        ttft_ms=None if trace.ttft_seconds is None else milliseconds(trace.ttft_seconds),
        user_id=hold.user_id,
        team_id=hold.team_id,
        unit_in=hold.unit_in,
        unit_out=hold.unit_out,
        cached_in=used.cached_in or None,
        cost_nusd=used.cost_nusd,
        held_nusd=admitted.held_nusd,
        price=None if used.price is None else used.price.facts(),
        charged=hold.charged,
        tags=hold.tags,
        end_user=hold.end_user,
        tries=[_try_of(call, outcome, used)],
    )


def sample_of(call: Call, admitted: Admitted, outcome: Outcome, used: Used) -> CallSample:
    """Return what the metrics count of a call."""
    return CallSample(
        task=call.task,
        upstream=call.trace.upstream,
        status=outcome.status,
        seconds=call.trace.latency_seconds,
        first_token_seconds=call.trace.ttft_seconds,
        tokens_in=used.tokens_in,
        tokens_out=used.tokens_out,
        intent_seconds=call.trace.intent_seconds,
        is_durable=admitted.is_hard,
    )


def milliseconds(seconds: float) -> int:
    """Return seconds as the ledger keeps them."""
    return round(seconds * 1000)


def _try_of(call: Call, outcome: Outcome, used: Used) -> dict[str, Any]:
    """Return what is kept of one attempt."""
    trace = call.trace
    return {
        "upstream": trace.upstream,
        "model": trace.upstream_model,
        "provider": trace.answer.provider,
        "status": outcome.status.value,
        "error_code": outcome.error_code,
        "units_in": used.tokens_in,
        "units_out": used.tokens_out,
        "cost_nusd": used.cost_nusd,
        "latency_ms": milliseconds(trace.latency_seconds),
    }
