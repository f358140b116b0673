"""All SQL that touches `prices`."""

from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.database import Database
from app.models.prices import PriceRow
from app.utils.paging import Cursor


class PriceFacts(NamedTuple):
    """What a row says, without what SQLAlchemy adds: there may be thousands."""

    id: str
    model: str
    upstream: str | None
    unit: str
    nusd_per_million: int
    valid_from_ms: int
    valid_until_ms: int | None
    source: str


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

    async def list_after(self, cursor: Cursor, *, not_over_at_ms: int | None) -> Sequence[PriceRow]:
        """Return the rows of prices, newest first, and of one price more than the page holds.

        With a moment, those that are over then are left out.
        """
        ids = select(PriceRow.id).distinct().order_by(PriceRow.id.desc()).limit(cursor.limit + 1)
        if cursor.after is not None:
            ids = ids.where(PriceRow.id < cursor.after)
        if not_over_at_ms is not None:
            ids = ids.where(_is_not_over(not_over_at_ms))
        query = (
            select(PriceRow)
            .where(PriceRow.id.in_(ids.scalar_subquery()))
            .order_by(PriceRow.id.desc(), PriceRow.unit)
        )
        return (await self._session.scalars(query)).all()

    async def list_not_over(
        self, at_ms: int, models: Collection[str] | None = None
    ) -> Sequence[PriceRow]:
        """Return the rows of prices that are in force at a moment or later, of some models."""
        query = select(PriceRow).where(_is_not_over(at_ms)).order_by(PriceRow.id, PriceRow.unit)
        if models is not None:
            query = query.where(PriceRow.model.in_(sorted(models)))
        return (await self._session.scalars(query)).all()

    async def end(self, price_ids: Collection[str], at_ms: int) -> None:
        """Let prices end at a moment."""
        await self._session.execute(
            update(PriceRow).where(PriceRow.id.in_(price_ids)).values(valid_until_ms=at_ms)
        )

    async def prolong(
        self, model: str, upstream: str | None, *, from_ms: int, to_ms: int | None
    ) -> None:
        """Let what ends at one moment, of a model at an upstream, end at a later one."""
        await self._session.execute(
            update(PriceRow)
            .where(
                PriceRow.model == model,
                PriceRow.upstream.is_not_distinct_from(upstream),
                PriceRow.valid_until_ms == from_ms,
            )
            .values(valid_until_ms=to_ms)
        )

    async def delete(self, price_ids: Collection[str]) -> None:
        """Delete prices."""
        await self._session.execute(delete(PriceRow).where(PriceRow.id.in_(price_ids)))


class PriceDirectory:
    """Reads prices for whoever has no transaction: each question opens and ends its own."""

    def __init__(self, database: Database) -> None:
        """Ask this database."""
        self._database = database

    async def list_not_over(self, at_ms: int) -> Sequence[PriceFacts]:
        """Return the rows of all prices that are in force at a moment, or later.

        Raises:
            NotReadyError: the database is away for now.
        """
        columns = [getattr(PriceRow, name) for name in PriceFacts._fields]
        query = select(*columns).where(_is_not_over(at_ms)).order_by(PriceRow.id, PriceRow.unit)
        async with self._database.reading() as session:
            return [PriceFacts(*row) for row in await session.execute(query)]


def _is_not_over(at_ms: int) -> ColumnElement[bool]:
    return or_(PriceRow.valid_until_ms.is_(None), PriceRow.valid_until_ms > at_ms)
