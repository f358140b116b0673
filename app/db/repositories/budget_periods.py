"""What the ledger knows of budget periods. Its writer alone changes them."""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import func, select

from app.db.database import Database
from app.models.budgets import BudgetPeriodRow, EventRow


class StoredPeriods(NamedTuple):
    """The newest period of each budget, and the ids of the events that each budget has."""

    newest: Sequence[BudgetPeriodRow]
    events: Mapping[str, Collection[str]]


class BudgetPeriodDirectory:
    """Reads periods, in a short transaction of its own."""

    def __init__(self, database: Database) -> None:
        """Ask this database."""
        self._database = database

    async def read_newest(self, budget_ids: Collection[str]) -> StoredPeriods:
        """Return the newest period of each of these budgets that has one.

        Raises:
            NotReadyError: the database is away for now.
        """
        if not budget_ids:
            return StoredPeriods((), {})
        ids = sorted(budget_ids)
        last = (
            select(BudgetPeriodRow.budget_id, func.max(BudgetPeriodRow.start_ms).label("start_ms"))
            .where(BudgetPeriodRow.budget_id.in_(ids))
            .group_by(BudgetPeriodRow.budget_id)
            .subquery()
        )
        newest = select(BudgetPeriodRow).join(
            last,
            (BudgetPeriodRow.budget_id == last.c.budget_id)
            & (BudgetPeriodRow.start_ms == last.c.start_ms),
        )
        told = select(EventRow.object_id, EventRow.id).where(EventRow.object_id.in_(ids))
        events: dict[str, set[str]] = {}
        async with self._database.reading() as session:
            rows = (await session.scalars(newest)).all()
            for budget_id, event_id in await session.execute(told):
                events.setdefault(budget_id, set()).add(event_id)
        return StoredPeriods(rows, events)
