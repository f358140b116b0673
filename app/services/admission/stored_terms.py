"""Limits and budgets out of the database, with what each budget has seen."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import NamedTuple

from app.db.repositories.accounting_terms import AccountingTerms
from app.db.repositories.budget_periods import BudgetPeriodDirectory
from app.models.budgets import BudgetPeriodRow, BudgetRow, LimitRow
from app.services.admission.accounts import BudgetPeriod
from app.services.admission.budget_events import alert_id
from app.services.admission.periods import Span
from app.services.admission.scopes import AccountScope, ScopeKind
from app.services.admission.terms import Budget, Limit, Period


class TermsRead(NamedTuple):
    """What binds whom; and by budget, the newest period of those that were not known."""

    budgets: Sequence[Budget]
    limits: Sequence[Limit]
    periods: Mapping[str, BudgetPeriod]


class StoredTerms:
    """Reads what an operator has set."""

    def __init__(self, terms: AccountingTerms, periods: BudgetPeriodDirectory) -> None:
        """Take where terms and periods are kept."""
        self._terms = terms
        self._periods = periods

    async def read(self, *, known: Callable[[str], bool]) -> TermsRead:
        """Return all terms that hold now.

        Args:
            known: Says of which budgets the periods are known better already.

        Raises:
            NotReadyError: the database is away for now.
        """
        rows = await self._terms.read()
        budgets = {row.id: _budget(row) for row in rows.budgets}
        new = [budget_id for budget_id in budgets if not known(budget_id)]
        stored = await self._periods.read_newest(new)
        periods = {
            row.budget_id: period_of(
                budgets[row.budget_id], row, stored.events.get(row.budget_id, ())
            )
            for row in stored.newest
        }
        return TermsRead([*budgets.values()], [_limit(row) for row in rows.limits], periods)


def _budget(row: BudgetRow) -> Budget:
    return Budget(
        id=row.id,
        scope=AccountScope(ScopeKind(row.scope), row.scope_id),
        cap_nusd=row.cap_nusd,
        period=Period(row.period),
        time_zone=row.time_zone,
        is_hard=row.is_hard,
        alert_percents=tuple(sorted(row.alert_percents)),
        unknown_hold_nusd=row.unknown_hold_nusd,
        created_at_ms=row.created_at_ms,
    )


def _limit(row: LimitRow) -> Limit:
    return Limit(
        scope=AccountScope(ScopeKind(row.scope), row.scope_id),
        requests_per_minute=row.requests_per_minute,
        tokens_per_minute=row.tokens_per_minute,
        parallel_calls=row.parallel_calls,
        wait_up_to_seconds=row.wait_up_to_ms / 1000,
    )


def period_of(budget: Budget, row: BudgetPeriodRow, events: Collection[str]) -> BudgetPeriod:
    """Return what a budget has seen in a stored period.

    Args:
        budget: Whose period it is.
        row: As it is stored.
        events: The ids of those that were told of the budget.
    """
    return BudgetPeriod(
        budget=budget,
        span=Span(row.start_ms, row.end_ms),
        cap_nusd=row.cap_nusd,
        is_hard=row.is_hard,
        settled_nusd=row.settled_nusd,
        held_nusd=row.held_nusd,
        overshoot_nusd=row.overshoot_nusd,
        is_stored=True,
        alerted={
            percent
            for percent in budget.alert_percents
            if alert_id(row.id, percent, row.cap_nusd) in events
        },
    )
