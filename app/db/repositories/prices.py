"""All SQL that touches `prices`."""

from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.database import Database
from app.models.prices import PriceRow
from app.utils.paging import Cursor


class PriceRepository:
    """Reads and writes prices inside one session. A price is all rows with one id."""

    def __init__(self, session: AsyncSession) -> None:
        """Work in the caller's transaction."""
        self._session = session

    async def add(self, rows: Iterable[PriceRow]) -> None:
        """Insert prices. They are kept when the transaction commits."""
        self._session.add_all(rows)
        await self._session.flush()

    async def get(self, price_id: str) -> Sequence[PriceRow]:
        """Return the rows of one price, or none."""
        query = select(PriceRow).where(PriceRow.id == price_id).order_by(PriceRow.unit)
        return (await self._session.scalars(query)).all()

    async def list_after(self, cursor: Cursor) -> Sequence[PriceRow]:
        """Return the rows of prices, newest first, and of one price more than the page holds."""
        ids = select(PriceRow.id).distinct().order_by(PriceRow.id.desc()).limit(cursor.limit + 1)
        if cursor.after is not None:
            ids = ids.where(PriceRow.id < cursor.after)
        query = (
            select(PriceRow)
            .where(PriceRow.id.in_(ids.scalar_subquery()))
            .order_by(PriceRow.id.desc(), PriceRow.unit)
        )
        return (await self._session.scalars(query)).all()

    async def list_not_over(self, at_ms: int) -> Sequence[PriceRow]:
        """Return the rows of all prices that are in force at a moment, or later."""
        query = (
            select(PriceRow)
            .where(or_(PriceRow.valid_until_ms.is_(None), PriceRow.valid_until_ms > at_ms))
            .order_by(PriceRow.id, PriceRow.unit)
        )
        return (await self._session.scalars(query)).all()

    async def first_begin_after(
        self, model: str, upstream: str | None, moment_ms: int
    ) -> int | None:
        """Return when the next price of a model at an upstream begins, or None."""
        query = select(func.min(PriceRow.valid_from_ms)).where(
            *_of(model, upstream), PriceRow.valid_from_ms > moment_ms
        )
        return (await self._session.execute(query)).scalar_one()

    async def end_at(self, model: str, upstream: str | None, moment_ms: int) -> None:
        """End what is in force at a moment for a model at an upstream, then and there."""
        await self._session.execute(
            update(PriceRow)
            .where(
                *_of(model, upstream),
                PriceRow.valid_from_ms <= moment_ms,
                or_(PriceRow.valid_until_ms.is_(None), PriceRow.valid_until_ms > moment_ms),
            )
            .values(valid_until_ms=moment_ms)
            .execution_options(synchronize_session="evaluate")
        )

    async def move_end(
        self, model: str, upstream: str | None, *, from_ms: int, to_ms: int | None
    ) -> None:
        """Let what ends at one moment end at another one."""
        await self._session.execute(
            update(PriceRow)
            .where(*_of(model, upstream), PriceRow.valid_until_ms == from_ms)
            .values(valid_until_ms=to_ms)
        )

    async def delete(self, price_id: str) -> None:
        """Delete one price."""
        await self._session.execute(delete(PriceRow).where(PriceRow.id == price_id))


class PriceDirectory:
    """Reads prices for whoever has no transaction: each question opens and ends its own."""

    def __init__(self, database: Database) -> None:
        """Ask this database."""
        self._database = database

    async def list_not_over(self, at_ms: int) -> Sequence[PriceRow]:
        """Return the rows of all prices that are in force at a moment, or later.

        Raises:
            NotReadyError: the database is away for now.
        """
        async with self._database.reading() as session:
            return await PriceRepository(session).list_not_over(at_ms)


def _of(model: str, upstream: str | None) -> tuple[ColumnElement[bool], ...]:
    return PriceRow.model == model, PriceRow.upstream.is_not_distinct_from(upstream)
