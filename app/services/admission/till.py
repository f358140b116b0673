"""Takes what a call needs, tops it up, gives back what it did not use: all without waiting."""

from collections.abc import Sequence
from typing import NamedTuple

from app.db.ledger_changes import Charge, Event
from app.services.admission.admitted import SLICE_TOKENS, Admitted, Offer
from app.services.admission.budget_events import alerts_of, overshoot_event
from app.services.admission.needs import Need
from app.services.ledger.hold import Hold

Charges = Sequence[Charge]


def take(need: Need) -> Charges:
    """Hold what one more call needs. It must have been found to fit."""
    nusd = need.nusd
    for period in need.counted.periods:
        period.running += 1
        period.held_nusd += nusd
    return (Charge(need.counted.ids, nusd),)


class Growth(NamedTuple):
    """By how much a hold is to grow."""

    hold: Hold  # as it will be
    charges: Charges
    nusd: int


def growth_of(admitted: Admitted, written: int) -> Growth | None:
    """Return what more to hold for a stream that wants it at so many tokens, if it fits."""
    price = admitted.price
    if price is None:
        return None
    output = min(admitted.bound.output_tokens, max(admitted.held_output, written) + SLICE_TOKENS)
    return _growth_to(admitted, price.cost_of_tokens(admitted.bound.input_tokens, output), output)


def growth_for(admitted: Admitted, offer: Offer) -> Growth | None:
    """Return what more to hold for an attempt at another target, if it fits."""
    return _growth_to(admitted, offer.nusd, offer.output)


def _growth_to(admitted: Admitted, nusd: int, output: int) -> Growth | None:
    """Return how to hold so much for the attempt under way, besides what others have spent."""
    held_nusd = max(admitted.held_nusd, admitted.spent_nusd + nusd)
    more = held_nusd - admitted.held_nusd
    if more and not all(period.has_room(more) for period in admitted.periods):
        return None
    return Growth(
        admitted.hold._replace(units_out=output, held_nusd=held_nusd),
        (Charge(admitted.charged, held_nusd=more),),
        more,
    )


def grow(admitted: Admitted, growth: Growth) -> None:
    """Hold more, as was found to fit just now."""
    admitted.held_output, admitted.held_nusd = growth.hold.units_out, growth.hold.held_nusd
    for period in admitted.periods:
        period.held_nusd += growth.nusd


def give_back(admitted: Admitted) -> Charges:
    """Hold nothing any more for a call that is not made."""
    for period in admitted.periods:
        period.settle(admitted.held_nusd, 0)  # it exceeds nothing that less is held
    return (Charge(admitted.charged, -admitted.held_nusd),)


def settle(admitted: Admitted, cost_nusd: int, at_ms: int) -> tuple[Charges, Sequence[Event]]:
    """Turn what was held into what the call cost; return what operators are to know, too."""
    charges = [Charge(admitted.charged, -admitted.held_nusd, cost_nusd)]
    events: list[Event] = []
    for period in admitted.periods:
        nusd = period.settle(admitted.held_nusd, cost_nusd)
        if period.budget.alert_percents:
            events += alerts_of(period, at_ms)
        if nusd:
            charges.append(Charge((period.id,), overshoot_nusd=nusd))
            events.append(overshoot_event(period, at_ms, nusd=nusd, cause=admitted.hold.id))
    return charges, events
