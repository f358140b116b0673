"""What budgets have seen in their current periods, beside their terms."""

from dataclasses import dataclass
from typing import Protocol

from app.core.clock import Clock, epoch_ms
from app.db.repositories.budgets import BudgetRepository
from app.models.budgets import BudgetRow
from app.services.admission.periods import Span, span_of
from app.services.admission.terms import BudgetState, Period


class BudgetStates(Protocol):
    """Where the live numbers are: with whoever lets calls in."""

    def state_of(self, budget_id: str) -> BudgetState | None:
        """Return what a budget that binds somebody has seen, or None where it knows of none."""
        ...


@dataclass(frozen=True, slots=True)
class BudgetAccount:
    """A budget, and its current period; the last one where it is archived."""

    row: BudgetRow
    state: BudgetState

    @property
    def left_nusd(self) -> int:
        """Return what another call could still hold."""
        return max(0, self.row.cap_nusd - self.state.settled_nusd - self.state.held_nusd)

    @property
    def overshoot_nusd(self) -> int:
        """Return by how much a hard cap was exceeded, also where it was lowered just now."""
        beyond = self.state.settled_nusd + self.state.held_nusd - self.row.cap_nusd
        return max(self.state.overshoot_nusd, beyond if self.row.is_hard else 0)

    @property
    def starts_at_ms(self) -> int:
        """Return since when money counts: a budget in total counts from its own beginning on."""
        is_total = self.row.period == Period.TOTAL
        return self.row.created_at_ms if is_total else self.state.start_ms

    @property
    def resets_at_ms(self) -> int | None:
        """Return when it begins anew, or None where it never does."""
        return None if self.row.archived_at_ms is not None else self.state.end_ms


class BudgetAccounts:
    """Puts budgets and what they have seen together."""

    def __init__(self, budgets: BudgetRepository, states: BudgetStates, clock: Clock) -> None:
        """Take where periods are kept, where the live numbers are, and what time it is."""
        self._budgets = budgets
        self._states = states
        self._clock = clock

    async def open(self, row: BudgetRow) -> BudgetAccount:
        """Return the account of a budget."""
        if row.archived_at_ms is not None:
            return BudgetAccount(row, await self._last_state(row, row.archived_at_ms))
        state = self._states.state_of(row.id)
        return BudgetAccount(row, state or _unused(row, epoch_ms(self._clock.now())))

    async def _last_state(self, row: BudgetRow, archived_at_ms: int) -> BudgetState:
        period = await self._budgets.get_newest_period(row.id)
        if period is None:
            return _unused(row, archived_at_ms)
        return BudgetState(
            settled_nusd=period.settled_nusd,
            held_nusd=period.held_nusd,
            overshoot_nusd=period.overshoot_nusd,
            start_ms=period.start_ms,
            end_ms=period.end_ms,
        )


def _unused(row: BudgetRow, at_ms: int) -> BudgetState:
    span: Span = span_of(Period(row.period), row.time_zone, at_ms)
    return BudgetState(0, 0, 0, span.start_ms, span.end_ms)
