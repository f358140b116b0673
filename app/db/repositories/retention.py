"""All SQL that deletes what is older than an operator wants to keep."""

from collections import Counter
from collections.abc import Sequence

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.models.bodies import BodyRow
from app.models.budgets import BudgetPeriodRow
from app.models.entries import EntryRow
from app.models.rollups import LateEntry, UsageMark


class RetentionRepository:
    """Finds and deletes old rows inside one session."""

    def __init__(self, session: AsyncSession) -> None:
        """Work in the caller's transaction."""
        self._session = session

    async def find_entries(self, before_ms: int, limit: int) -> Sequence[EntryRow]:
        """Return the oldest entries from before a moment that the kept sums hold."""
        query = (
            select(EntryRow)
            .where(
                EntryRow.created_at_ms < before_ms, EntryRow.id.not_in(select(LateEntry.entry_id))
            )
            .order_by(EntryRow.created_at_ms)
            .limit(limit)
        )
        return (await self._session.scalars(query)).all()

    async def delete_entries(self, entries: Sequence[EntryRow], *, kept_from_ms: int) -> None:
        """Delete entries and their bodies, once what they cost is in the closing balances."""
        closing = Counter[str]()
        for entry in entries:
            for period_id in entry.charged or ():
                closing[period_id] += entry.cost_nusd or 0
        for period_id, cost_nusd in closing.items():
            await self._session.execute(
                update(BudgetPeriodRow)
                .where(BudgetPeriodRow.id == period_id)
                .values(closing_nusd=BudgetPeriodRow.closing_nusd + cost_nusd)
            )
        await self._session.execute(
            update(UsageMark)
            .where(UsageMark.name == "kept_from", UsageMark.value < kept_from_ms)
            .values(value=kept_from_ms)
        )
        entry_ids = [entry.id for entry in entries]
        await self._session.execute(delete(BodyRow).where(BodyRow.entry_id.in_(entry_ids)))
        await self._session.execute(delete(EntryRow).where(EntryRow.id.in_(entry_ids)))

    async def has_expired_bodies(self, now_ms: int) -> bool:
        """Say whether there is anything to delete: looking disturbs nobody."""
        query = select(BodyRow.entry_id).where(BodyRow.expires_at_ms <= now_ms).limit(1)
        return (await self._session.execute(query)).scalar_one_or_none() is not None

    async def delete_bodies(self, now_ms: int, limit: int) -> int:
        """Delete bodies that have expired, and return how many."""
        expired = select(BodyRow.entry_id).where(BodyRow.expires_at_ms <= now_ms).limit(limit)
        statement = delete(BodyRow).where(BodyRow.entry_id.in_(expired)).returning(BodyRow.entry_id)
        return len((await self._session.scalars(statement)).all())
