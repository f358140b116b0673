"""All SQL that reads `entries`. They are written by the ledger writer alone."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.models.entries import EntryRow
from app.utils.paging import Cursor


@dataclass(frozen=True, slots=True)
class StatusSum:
    """What the calls with one status add up to."""

    status: str
    calls: int
    calls_without_units: int
    units_in: int
    units_out: int


class EntryRepository:
    """Reads the ledger inside one session."""

    def __init__(self, session: AsyncSession) -> None:
        """Read in the caller's transaction."""
        self._session = session

    async def list_after(self, cursor: Cursor, *, key_id: str) -> Sequence[EntryRow]:
        """Return entries of a key, newest first, and one more than the page holds if there are."""
        query = (
            select(EntryRow)
            .where(EntryRow.key_id == key_id)
            .order_by(EntryRow.id.desc())
            .limit(cursor.limit + 1)
        )
        if cursor.after is not None:
            query = query.where(EntryRow.id < cursor.after)
        return (await self._session.scalars(query)).all()

    async def sum_by_status(
        self, *, key_id: str, since_ms: int | None, until_ms: int | None
    ) -> Sequence[StatusSum]:
        """Add up the calls of a key that were admitted in `[since, until)`."""
        unknown = func.count().filter(EntryRow.basis.is_(None))
        query = (
            select(
                EntryRow.status,
                func.count(),
                unknown,
                func.sum(EntryRow.units_in),
                func.sum(EntryRow.units_out),
            )
            .where(EntryRow.key_id == key_id)
            .group_by(EntryRow.status)
        )
        if since_ms is not None:
            query = query.where(EntryRow.created_at_ms >= since_ms)
        if until_ms is not None:
            query = query.where(EntryRow.created_at_ms < until_ms)
        rows = await self._session.execute(query)
        return [
            StatusSum(status, calls, without, units_in or 0, units_out or 0)
            for status, calls, without, units_in, units_out in rows
        ]
