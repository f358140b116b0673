"""From a call that has ended to its entry, and to its numbers in the metrics."""

from collections.abc import Sequence
from typing import Any

from app.core.tasks.units import Unit
from app.core.telemetry import CallSample
from app.services.admission.admitted import Admitted
from app.services.call import Call
from app.services.inference.outcome import Outcome, Try
from app.services.inference.used import Used
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
        upstream=trace.upstream or hold.upstream,  # the last one that was asked
        upstream_model=trace.upstream_model or hold.upstream_model,
        stream=hold.stream,
        status=str(outcome.status),
        error_code=outcome.error_code or trace.answer.cut_code,
        finish_reason=trace.answer.finish_reason,
        units_in=used.tokens_in,
        units_out=used.tokens_out,
        basis=str(used.basis),
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
        price=None if used.price is None else used.price.json,
        charged=hold.charged,
        tags=hold.tags,
        end_user=hold.end_user,
        tries=_facts_of_all(outcome.tries),
    )


def sample_of(call: Call, admitted: Admitted, outcome: Outcome, used: Used) -> CallSample:
    """Return what the metrics count of a call."""
    return CallSample(
        task=call.task,
        upstream=call.trace.upstream,
        status=outcome.status,
        seconds=call.trace.latency_seconds,
        first_token_seconds=call.trace.ttft_seconds,
        tokens_in=used.tokens_in if admitted.hold.unit_in == Unit.TOKEN else None,
        tokens_out=used.tokens_out if admitted.hold.unit_out == Unit.TOKEN else None,
        intent_seconds=call.trace.intent_seconds,
        is_durable=admitted.is_hard,
        attempts=[(made.target.upstream, str(made.ending.status)) for made in outcome.tries],
    )


def milliseconds(seconds: float) -> int:
    """Return seconds as the ledger keeps them."""
    return round(seconds * 1000)


def _facts_of_all(tries: Sequence[Try]) -> Sequence[dict[str, Any]]:
    """Return what is kept of all attempts. Where there are several, each has a price of its own."""
    if len(tries) <= 1:  # the entry itself says the rest
        return [_facts_of(made) for made in tries]
    return [
        {
            **_facts_of(made),
            "cached_in": made.used.cached_in,
            "price": None if made.used.price is None else made.used.price.facts(),
        }
        for made in tries
    ]


def _facts_of(made: Try) -> dict[str, Any]:
    """Return what is kept of one attempt."""
    worked = made.facts.compute_ms
    return {
        "upstream": made.target.upstream,
        "model": made.model,
        "credential": made.target.credential,
        "provider": made.facts.provider,
        "status": str(made.ending.status),
        "error_code": made.ending.error_code,
        "units_in": made.used.tokens_in,
        "units_out": made.used.tokens_out,
        "cost_nusd": made.used.cost_nusd,
        "latency_ms": milliseconds(made.seconds),
        **({} if worked is None else {"compute_ms": worked}),
    }
