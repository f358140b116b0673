"""All SQL about entries that the kept sums do not hold yet."""

from collections.abc import Collection, Sequence

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.repositories.usage_sums import Span
from app.models.entries import EntryRow
from app.models.rollups import LateEntry


class UnsummedRepository:
    """Finds entries that are to be added to the kept sums, inside one session."""

    def __init__(self, session: AsyncSession) -> None:
        """Work in the caller's transaction."""
        self._session = session

    async def late_ids(self, limit: int) -> Sequence[str]:
        """Return ids of entries that came too late for the kept sums."""
        query = select(LateEntry.entry_id).order_by(LateEntry.entry_id).limit(limit)
        return (await self._session.scalars(query)).all()

    async def forget_late(self, entry_ids: Collection[str]) -> bool:
        """Take entries for summed up. Return False where some were already."""
        statement = (
            delete(LateEntry).where(LateEntry.entry_id.in_(entry_ids)).returning(LateEntry.entry_id)
        )
        return len((await self._session.scalars(statement)).all()) == len(entry_ids)

    async def chunk_end(self, span: Span, limit: int) -> int:
        """Return how far a span may be cut to hold no more entries than a limit.

        More than that are taken at once only where they are of the same millisecond.
        """
        query = (
            select(EntryRow.created_at_ms)
            .where(EntryRow.created_at_ms >= span.begin_ms, EntryRow.created_at_ms < span.end_ms)
            .order_by(EntryRow.created_at_ms)
            .offset(limit)
            .limit(1)
        )
        beyond = (await self._session.execute(query)).scalar_one_or_none()
        if beyond is None:
            return span.end_ms
        return beyond if beyond > span.begin_ms else beyond + 1

    async def count_entries(self, span: Span) -> int:
        """Return how many entries of a span are written by now."""
        query = select(func.count()).where(
            EntryRow.created_at_ms >= span.begin_ms, EntryRow.created_at_ms < span.end_ms
        )
        return (await self._session.execute(query)).scalar_one()
