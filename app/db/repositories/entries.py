"""All SQL that reads entries one by one. They are written by the ledger writer alone."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Select, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.database import Database
from app.db.repositories.entry_sums import conditions
from app.db.repositories.usage_sums import Dimension, Span
from app.models.entries import EntryRow

ROWS_PER_READ: Final = 500


@dataclass(frozen=True, slots=True)
class EntryFilter:
    """Which entries are wanted: those of a span of time with certain values."""

    span: Span
    only: Mapping[Dimension, str]


class EntryRepository:
    """Reads the ledger inside one session."""

    def __init__(self, session: AsyncSession) -> None:
        """Read in the caller's transaction."""
        self._session = session

    async def get(self, entry_id: str, only: Mapping[Dimension, str]) -> EntryRow | None:
        """Return an entry with certain values, or None."""
        query = select(EntryRow).where(EntryRow.id == entry_id, *conditions(only))
        return (await self._session.execute(query)).scalar_one_or_none()

    async def list_after(
        self, last: EntryRow | None, wanted: EntryFilter, *, limit: int
    ) -> Sequence[EntryRow]:
        """Return entries after one, or from the newest on: the newest first."""
        created_at, entry_id = EntryRow.created_at_ms, EntryRow.id
        query = _select(wanted).order_by(created_at.desc(), entry_id.desc()).limit(limit)
        if last is not None:
            here = last.created_at_ms
            query = query.where(created_at <= here, or_(created_at < here, entry_id < last.id))
        return (await self._session.scalars(query)).all()

    async def list_since(
        self, last: EntryRow | None, wanted: EntryFilter, *, limit: int
    ) -> Sequence[EntryRow]:
        """Return entries since one, or from the oldest on: the oldest first."""
        created_at, entry_id = EntryRow.created_at_ms, EntryRow.id
        query = _select(wanted).order_by(created_at, entry_id).limit(limit)
        if last is not None:
            here = last.created_at_ms
            query = query.where(created_at >= here, or_(created_at > here, entry_id > last.id))
        return (await self._session.scalars(query)).all()


class EntryReader:
    """Reads many entries, in many short transactions."""

    def __init__(self, database: Database) -> None:
        """Take the database."""
        self._database = database

    async def iter_since(self, wanted: EntryFilter) -> AsyncGenerator[Sequence[EntryRow]]:
        """Yield entries, the oldest first, some hundred at a time.

        No transaction is open while they are used: the write-ahead log would grow all that time.
        Entries never change, so each that was there at the beginning comes exactly once.
        """
        last: EntryRow | None = None
        while True:
            async with self._database.reading() as session:
                entries = EntryRepository(session)
                rows = await entries.list_since(last, wanted, limit=ROWS_PER_READ)
            if rows:
                yield rows
            if len(rows) < ROWS_PER_READ:
                return
            last = rows[-1]


def _select(wanted: EntryFilter) -> Select[EntryRow]:
    return select(EntryRow).where(
        EntryRow.created_at_ms >= wanted.span.begin_ms,
        EntryRow.created_at_ms < wanted.span.end_ms,
        *conditions(wanted.only),
    )
