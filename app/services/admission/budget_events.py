"""What operators are told about budgets, once each."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from pydantic_core import to_json

from app.db.ledger_changes import EVENTS, Event, PeriodChange
from app.services.admission.accounts import BudgetPeriod

ALERT: Final = "budget.alert"
OVERSHOOT: Final = "budget.overshoot"


def alert_id(period_id: str, percent: int, cap_nusd: int) -> str:
    """Return what the ledger calls the alert of one threshold in one period, under one cap."""
    return f"{ALERT}:{period_id}:{percent}:{cap_nusd}"


def alerts_of(period: BudgetPeriod, at_ms: int) -> Iterator[Event]:
    """Yield an alert for each threshold that is reached now and was not before."""
    for percent in period.budget.alert_percents:
        if percent in period.alerted or period.settled_nusd * 100 < period.cap_nusd * percent:
            continue
        period.alerted.add(percent)
        event_id = alert_id(period.id, percent, period.cap_nusd)
        yield _event(event_id, ALERT, period, at_ms, percent=percent)


def overshoot_event(period: BudgetPeriod, at_ms: int, *, nusd: int, cause: str) -> Event:
    """Return what says that a hard budget is exceeded by so much more than was recorded before.

    Args:
        period: Of the budget.
        at_ms: When, as epoch milliseconds.
        nusd: By how much.
        cause: The id of the call that cost more than was held for it, or `cap` where that changed.
    """
    event_id = f"{OVERSHOOT}:{period.id}:{cause}:{period.overshoot_nusd}"
    return _event(event_id, OVERSHOOT, period, at_ms, overshoot_nusd=nusd, cause=cause)


def told_of(change: PeriodChange, period: BudgetPeriod, at_ms: int) -> PeriodChange:
    """Return other terms of a period, with what operators are told of what they change."""
    events = [*alerts_of(period, at_ms)]
    nusd = change.overshoot_nusd
    if nusd:
        events.append(overshoot_event(period, at_ms, nusd=nusd, cause="cap"))
    return replace(change, events=tuple(event.row for event in events))


def _event(event_id: str, kind: str, period: BudgetPeriod, at_ms: int, **facts: Any) -> Event:
    facts |= {
        "period_id": period.id,
        "settled_nusd": period.settled_nusd,
        "held_nusd": period.held_nusd,
        "cap_nusd": period.cap_nusd,
    }
    values = {
        "id": event_id,
        "at_ms": at_ms,
        "kind": kind,
        "object_id": period.budget.id,
        "facts": to_json(facts).decode(),
    }
    return Event(EVENTS.row(values))
