"""Limits and budgets as an operator has set them."""

from dataclasses import dataclass
from enum import StrEnum

from app.services.admission.scopes import AccountScope


class Period(StrEnum):
    """How long a budget lasts before it begins anew."""

    DAY = "day"
    WEEK = "week"  # from Monday on
    MONTH = "month"
    TOTAL = "total"  # it never does


@dataclass(frozen=True, slots=True)
class Budget:
    """A cap on what one scope may cost in each period."""

    id: str
    scope: AccountScope
    cap_nusd: int
    period: Period
    time_zone: str  # in which days begin: a name of the tz database
    is_hard: bool  # else it only tells
    alert_percents: tuple[int, ...]  # of the cap, ascending; each is an event when it is settled
    unknown_hold_nusd: int | None  # for a call without a price; None: such a call is refused
    created_at_ms: int


@dataclass(frozen=True, slots=True)
class BudgetState:
    """What a budget has seen in its current period."""

    settled_nusd: int
    held_nusd: int
    overshoot_nusd: int
    start_ms: int
    end_ms: int | None  # None: the period never ends


@dataclass(frozen=True, slots=True)
class Limit:
    """How much one scope may do. None: as much as it likes."""

    scope: AccountScope
    requests_per_minute: int | None = None
    tokens_per_minute: int | None = None
    parallel_calls: int | None = None
    wait_up_to_seconds: float = 0.0  # how long a call waits for its turn before it is refused
