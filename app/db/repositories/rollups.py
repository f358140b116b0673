"""All SQL that touches the kept sums of entries: `usage_hours`, `usage_days`, `usage_weeks`."""

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

from sqlalchemy import Column, ColumnElement, Table, delete, func, select, update
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from app.db.repositories.entry_sums import start_in_sql
from app.db.repositories.usage_sums import (
    DAY_MS,
    HOUR_MS,
    WEEK_MS,
    Cell,
    Dimension,
    Span,
    Sums,
    SumsByCell,
    add_to,
    pair,
    start_of,
)
from app.models.rollups import UsageDay, UsageHour, UsageMark, UsageWeek
from app.utils import histogram

_TABLES: Final[Mapping[int, Table]] = {
    HOUR_MS: cast("Table", UsageHour.__table__),
    DAY_MS: cast("Table", UsageDay.__table__),
    WEEK_MS: cast("Table", UsageWeek.__table__),
}
_HISTOGRAMS: Final = {"latency", "ttft"}


@dataclass(frozen=True, slots=True)
class Marks:
    """How far the kept sums have come, see `UsageMark`."""

    rolled_to: int
    paired_to: int
    kept_from: int
    writes: int


@dataclass(frozen=True, slots=True)
class KeptRows:
    """Sums of one width and dimension, ready to be written while everybody waits."""

    width_ms: int
    values: Sequence[Mapping[str, Any]]

    @classmethod
    def of(cls, width_ms: int, dimension: str, sums: SumsByCell) -> "KeptRows":
        """Make sums ready."""
        return cls(width_ms, [_row(dimension, cell, one) for cell, one in sums.items()])


class RollupRepository:
    """Reads and writes the kept sums inside one session."""

    def __init__(self, session: AsyncSession) -> None:
        """Work in the caller's transaction."""
        self._session = session

    async def marks(self) -> Marks:
        """Return how far the sums have come."""
        rows = await self._session.execute(select(UsageMark.name, UsageMark.value))
        return Marks(**{row.name: row.value for row in rows})

    async def move(self, seen: Marks, **to: int) -> bool:
        """Note a write of the sums, and move marks. Return False where others wrote meanwhile."""
        is_ours = await self._set("writes", seen.writes, seen.writes + 1)
        for name, value in to.items():
            is_ours = is_ours and await self._set(name, getattr(seen, name), value)
        return is_ours

    async def _set(self, name: str, before: int, after: int) -> bool:
        statement = (
            update(UsageMark)
            .where(UsageMark.name == name, UsageMark.value == before)
            .values(value=after)
            .returning(UsageMark.name)
        )
        return (await self._session.execute(statement)).first() is not None

    async def read(
        self,
        dimension: str,
        spans: Iterable[tuple[int, Span]],
        *,
        width_ms: int | None = None,
        values: Collection[str] | None = None,
    ) -> SumsByCell:
        """Add up kept sums of whole hours, days or weeks, by starts of such a width and by values.

        Each span comes with the width of the sums that are wanted of it. With values, it is those
        of these alone.
        """
        rows = list[Any]()
        for kept_ms, span in spans:
            kept = _TABLES[kept_ms].c
            start = start_in_sql(kept.start_ms, width_ms)
            query = select(start, kept.value, *_sums(kept)).where(
                kept.dimension == dimension,
                kept.start_ms >= span.begin_ms,
                kept.start_ms < span.end_ms,
            )
            if values is not None:
                query = query.where(kept.value.in_(values))
            rows += (await self._session.execute(query.group_by(start, kept.value))).all()
        # A large report would keep the calls that run meanwhile waiting.
        return await asyncio.to_thread(_fold, rows)

    async def starts(self, dimension: str, span: Span) -> Sequence[int]:
        """Return the days of a span that have sums of a dimension, in order."""
        query = (
            select(UsageDay.start_ms)
            .where(
                UsageDay.dimension == dimension,
                UsageDay.start_ms >= span.begin_ms,
                UsageDay.start_ms < span.end_ms,
            )
            .distinct()
            .order_by(UsageDay.start_ms)
        )
        return (await self._session.scalars(query)).all()

    async def first_start_ms(self, since_ms: int = 0) -> int | None:
        """Return the first day since a moment that has sums."""
        query = select(func.min(UsageDay.start_ms)).where(
            UsageDay.dimension == "all", UsageDay.start_ms >= since_ms
        )
        return (await self._session.execute(query)).scalar_one()

    async def write(self, rows: KeptRows) -> None:
        """Put sums in the place of those that are there."""
        if not rows.values:
            return
        statement = insert(_TABLES[rows.width_ms])
        statement = statement.on_conflict_do_update(
            index_elements=["dimension", "start_ms", "value"],
            set_={field: statement.excluded[field] for field in Sums._fields},
        )
        await self._session.execute(statement, rows.values)

    async def drop_pairs(self, within: Iterable[tuple[Dimension, Cell]]) -> None:
        """Delete what the calls of a day and of one value of a dimension add up to by others."""
        kept = _TABLES[DAY_MS].c
        for dimension, cell in within:
            names = [pair(other, dimension, cell.value) for other in Dimension]
            await self._session.execute(
                delete(UsageDay).where(kept.dimension.in_(names), kept.start_ms == cell.start_ms)
            )


def by_width(sums: SumsByCell, width_ms: int | None) -> SumsByCell:
    """Return sums by hours or days as those of the wider spans that these are in."""
    found: SumsByCell = {}
    for cell, one in sums.items():
        add_to(found, Cell(start_of(cell.start_ms, width_ms), cell.value), one)
    return found


def _sums(kept: ReadOnlyColumnCollection[str, Column[Any]]) -> Sequence[ColumnElement[Any]]:
    """Return the fields of `Sums`; histograms one after another, for the database adds no lanes."""
    return [
        func.group_concat(func.hex(kept[field]), "")
        if field in _HISTOGRAMS
        else func.sum(kept[field])
        for field in Sums._fields
    ]


def _fold(rows: Iterable[Any]) -> SumsByCell:
    found: SumsByCell = {}
    for start_ms, value, *counts, latency, ttft in rows:
        histograms = (histogram.unpack(bytes.fromhex(text)) for text in (latency, ttft))
        add_to(found, Cell(start_ms, value), Sums._make((*counts, *histograms)))
    return found


def _row(dimension: str, cell: Cell, sums: Sums) -> Mapping[str, Any]:
    packed = {"latency": histogram.pack(sums.latency), "ttft": histogram.pack(sums.ttft)}
    return {"dimension": dimension, **cell._asdict(), **sums._asdict(), **packed}
