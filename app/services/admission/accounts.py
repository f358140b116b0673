"""What budgets have seen, in memory: the one truth of the process that admits calls.

Nothing here waits, so that what is found to fit still fits when it is taken.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from app.db.ledger_changes import PERIODS, PeriodChange, PeriodStart
from app.services.admission.periods import Span, span_of
from app.services.admission.terms import Budget


@dataclass(slots=True, eq=False)
class BudgetPeriod:
    """One budget in one period."""

    budget: Budget
    span: Span
    cap_nusd: int
    is_hard: bool
    settled_nusd: int = 0
    held_nusd: int = 0
    overshoot_nusd: int = 0
    running: int = 0  # calls that hold something of it
    is_stored: bool = False
    alerted: set[int] = field(default_factory=set[int])  # percents of this cap
    id: str = field(init=False)  # as the ledger calls it

    def __post_init__(self) -> None:
        """Name it: neither the budget's id nor the period ever changes."""
        self.id = f"{self.budget.id}@{self.span.start_ms}"

    @property
    def left_nusd(self) -> int:
        """Return what is neither settled nor held."""
        return max(0, self.cap_nusd - self.settled_nusd - self.held_nusd)

    def has_room(self, nusd: int) -> bool:
        """Say whether so much more may be held."""
        return not self.is_hard or self.settled_nusd + self.held_nusd + nusd <= self.cap_nusd

    def is_spent(self, nusd: int) -> bool:
        """Say whether so much would not fit even if nothing were held."""
        return self.is_hard and self.settled_nusd + nusd > self.cap_nusd

    def settle(self, held_nusd: int, cost_nusd: int) -> int:
        """Turn what one call held into what it cost; return what is now recorded as overshoot."""
        self.running -= 1
        self.held_nusd -= held_nusd
        self.settled_nusd += cost_nusd
        return self._overshoot() if self.settled_nusd + self.held_nusd > self.cap_nusd else 0

    def start(self) -> PeriodStart:
        """Return what makes the ledger know the period, before anything is charged to it."""
        values = {
            "id": self.id,
            "budget_id": self.budget.id,
            "start_ms": self.span.start_ms,
            "end_ms": self.span.end_ms,
            "cap_nusd": self.cap_nusd,
            "is_hard": self.is_hard,
            "held_nusd": 0,
            "settled_nusd": 0,
            "overshoot_nusd": 0,
            "closing_nusd": 0,
        }
        return PeriodStart(PERIODS.row(values))

    def change_terms(self, budget: Budget) -> PeriodChange | None:
        """Go on under other terms; return what the ledger must know of them, if anything."""
        tells_alike = self.budget.alert_percents == budget.alert_percents
        self.budget = budget
        if tells_alike and (self.cap_nusd, self.is_hard) == (budget.cap_nusd, budget.is_hard):
            return None
        if self.cap_nusd != budget.cap_nusd:
            self.alerted.clear()  # they were of another cap
        self.cap_nusd, self.is_hard = budget.cap_nusd, budget.is_hard
        overshoot = self._overshoot()
        if not self.is_stored:
            return None
        return PeriodChange(self.id, self.cap_nusd, self.is_hard, overshoot)

    def _overshoot(self) -> int:
        """Record by how much the cap is now exceeded, beyond what is recorded already."""
        if not self.is_hard:
            return 0
        beyond = self.settled_nusd + self.held_nusd - self.cap_nusd - self.overshoot_nusd
        if beyond <= 0:
            return 0
        self.overshoot_nusd += beyond
        return beyond


def any_is_hard(periods: Iterable[BudgetPeriod]) -> bool:
    """Say whether some budget must never be exceeded by who counts into these."""
    for period in periods:  # noqa: SIM110 - `any` would make a generator, several times a call
        if period.is_hard:
            return True
    return False


class Account:
    """One budget, with the period that is running."""

    __slots__ = ("budget", "current")

    def __init__(self, budget: Budget, current: BudgetPeriod | None = None) -> None:
        """Take the terms, and the newest period that the ledger knows."""
        self.budget = budget
        self.current = current

    def period_at(self, at_ms: int) -> BudgetPeriod:
        """Return the period of a moment. A clock that goes back begins no old one again."""
        current = self.current
        if current is not None:
            end_ms = current.span.end_ms
            if end_ms is None or at_ms < end_ms:
                return current
        span = span_of(self.budget.period, self.budget.time_zone, at_ms)
        self.current = BudgetPeriod(self.budget, span, self.budget.cap_nusd, self.budget.is_hard)
        return self.current

    def change_terms(self, budget: Budget, at_ms: int) -> PeriodChange | None:
        """Go on under other terms; return what the ledger must know of them, if anything.

        A period that is over stays as it was.
        """
        period = self.period_at(at_ms)
        self.budget = budget
        return period.change_terms(budget)
