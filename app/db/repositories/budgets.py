"""All SQL that touches `budgets`, and what their management reads of `budget_periods`."""

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.repositories.scope_sight import ScopeFilter, ScopeSight, fitting, seen
from app.models.budgets import BudgetPeriodRow, BudgetRow
from app.utils.paging import Cursor


class BudgetRepository:
    """Reads and writes budgets inside one session. What is used of them, the ledger writes."""

    def __init__(self, session: AsyncSession) -> None:
        """Work in the caller's transaction."""
        self._session = session

    async def add(self, budget: BudgetRow) -> None:
        """Insert a new budget. It is kept when the transaction commits."""
        self._session.add(budget)
        await self._session.flush()

    async def get_in_sight(self, budget_id: str, sight: ScopeSight) -> BudgetRow | None:
        """Return one budget, archived or not, or None where there is none or it is out of sight."""
        query = select(BudgetRow).where(BudgetRow.id == budget_id, _seen(sight))
        return (await self._session.execute(query)).scalar_one_or_none()

    async def list_active(self) -> Sequence[BudgetRow]:
        """Return every budget that is not archived."""
        query = select(BudgetRow).where(BudgetRow.archived_at_ms.is_(None)).order_by(BudgetRow.id)
        return (await self._session.scalars(query)).all()

    async def list_after(
        self, cursor: Cursor, sight: ScopeSight, wanted: ScopeFilter
    ) -> Sequence[BudgetRow]:
        """Return budgets in sight that are not archived, newest first, and one more if there is."""
        query = (
            select(BudgetRow)
            .where(BudgetRow.archived_at_ms.is_(None), _seen(sight), _fitting(wanted))
            .order_by(BudgetRow.id.desc())
            .limit(cursor.limit + 1)
        )
        if cursor.after is not None:
            query = query.where(BudgetRow.id < cursor.after)
        return (await self._session.scalars(query)).all()

    async def list_binding(self, scopes: Collection[tuple[str, str]]) -> Sequence[BudgetRow]:
        """Return the budgets of some scopes that are not archived, the oldest first."""
        query = select(BudgetRow).where(
            tuple_(BudgetRow.scope, BudgetRow.scope_id).in_(scopes),
            BudgetRow.archived_at_ms.is_(None),
        )
        return (await self._session.scalars(query.order_by(BudgetRow.id))).all()

    async def get_newest_period(self, budget_id: str) -> BudgetPeriodRow | None:
        """Return the newest period that a budget has seen, as it was last written, or None."""
        query = (
            select(BudgetPeriodRow)
            .where(BudgetPeriodRow.budget_id == budget_id)
            .order_by(BudgetPeriodRow.start_ms.desc())
            .limit(1)
        )
        return (await self._session.execute(query)).scalar_one_or_none()

    async def archive_of(
        self, scope: str, scope_ids: Collection[str], *, at_ms: int
    ) -> Sequence[str]:
        """Archive all budgets of some scopes of one kind, and return their ids."""
        statement = (
            update(BudgetRow)
            .where(
                BudgetRow.scope == scope,
                BudgetRow.scope_id.in_(sorted(scope_ids)),
                BudgetRow.archived_at_ms.is_(None),
            )
            .values(archived_at_ms=at_ms)
            .returning(BudgetRow.id)
        )
        return sorted((await self._session.scalars(statement)).all())


def _seen(sight: ScopeSight) -> ColumnElement[bool]:
    return seen(BudgetRow.scope, BudgetRow.scope_id, sight)


def _fitting(wanted: ScopeFilter) -> ColumnElement[bool]:
    return fitting(BudgetRow.scope, BudgetRow.scope_id, wanted)
