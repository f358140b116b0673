"""Takes what a call needs, tops it up, gives back what it did not use: all without waiting."""

from collections.abc import Sequence

from app.db.ledger_changes import Charge, Event
from app.services.admission.accounts import BudgetPeriod
from app.services.admission.admitted import SLICE_TOKENS, Admitted, cost_of
from app.services.admission.budget_events import alerts_of, overshoot_event

Charges = Sequence[Charge]


def take(periods: Sequence[BudgetPeriod], nusd: int) -> Charges:
    """Hold so much of each period for one more call. It must have been found to fit."""
    for period in periods:
        period.running += 1
    return [period.hold(nusd) for period in periods]


def top_up(admitted: Admitted, written: int) -> Charges | None:
    """Hold more for a stream that has written at most so many tokens, or nothing: None."""
    price = admitted.price
    if price is None:
        return None
    output = min(admitted.bound.output_tokens, max(admitted.held_output, written) + SLICE_TOKENS)
    more = cost_of(price, admitted.bound.input_tokens, output) - admitted.held_nusd
    if not all(period.has_room(more) for period in admitted.periods):
        return None
    admitted.held_nusd += more
    admitted.held_output = output
    return [period.hold(more) for period in admitted.periods]


def give_back(admitted: Admitted) -> Charges:
    """Hold nothing any more for a call that is not made."""
    return _close(admitted, 0)


def settle(admitted: Admitted, cost_nusd: int, at_ms: int) -> tuple[Charges, Sequence[Event]]:
    """Turn what was held into what the call cost; return what operators are to know, too."""
    charges = _close(admitted, cost_nusd)
    events: list[Event] = []
    for period, charge in zip(admitted.periods, charges, strict=True):
        events += alerts_of(period, at_ms)
        if charge.overshoot_nusd:
            events.append(
                overshoot_event(period, at_ms, nusd=charge.overshoot_nusd, cause=admitted.hold.id)
            )
    return charges, events


def _close(admitted: Admitted, cost_nusd: int) -> Charges:
    for period in admitted.periods:
        period.running -= 1
    return [period.settle(admitted.held_nusd, cost_nusd) for period in admitted.periods]
