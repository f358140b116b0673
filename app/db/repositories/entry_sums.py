"""How the database adds up entries."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final, TypeAlias

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    Text,
    func,
    literal,
    literal_column,
    select,
    true,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.selectable import TableValuedAlias

from app.core.tasks.units import Unit
from app.db.repositories.usage_sums import (
    DAY_MS,
    SUMMED_UNITS,
    Cell,
    Dimension,
    Span,
    Sums,
    SumsByCell,
    add_to,
    offset_of,
)
from app.models.entries import EntryRow
from app.models.rollups import LateEntry
from app.utils import histogram

# One upstream that reports nonsense must not make the sums of all overflow what SQL can hold.
_MOST_UNITS: Final = 10**12
_MOST_NUSD: Final = 10**16

_Column: TypeAlias = InstrumentedAttribute[Any]
_Query: TypeAlias = Select[*tuple[Any, ...]]


class EntrySums:
    """Lets the database add up entries inside one session."""

    def __init__(self, session: AsyncSession) -> None:
        """Read in the caller's transaction."""
        self._session = session

    async def of(
        self,
        dimension: Dimension,
        spans: Sequence[Span],
        *,
        width_ms: int | None = None,
        only: Mapping[Dimension, str] | None = None,
        values: Collection[str] | None = None,
    ) -> SumsByCell:
        """Add up the entries of some spans of time, by starts of such a width and by values.

        With values, it is those of these alone.
        """
        found: SumsByCell = {}
        for span in spans:
            query = _query(dimension, width_ms, values)
            await self._add(query.where(*_within(span), *conditions(only or {})), found)
        return found

    async def of_late(
        self,
        dimension: Dimension,
        span: Span,
        *,
        width_ms: int | None = None,
        only: Mapping[Dimension, str] | None = None,
        values: Collection[str] | None = None,
    ) -> SumsByCell:
        """Add up those of the entries of a span that came too late for the kept sums."""
        query = _query(dimension, width_ms, values).where(
            EntryRow.id.in_(_LATE_IDS), *_within_unindexed(span), *_unindexed(only or {})
        )
        return await self._add(query, {})

    async def of_day(
        self, dimension: Dimension, day: Span, only: Mapping[Dimension, str]
    ) -> SumsByCell:
        """Add up the entries of a day but for those that came too late for the kept sums."""
        query = _query(dimension, DAY_MS).where(
            *_within(day), *conditions(only), EntryRow.id.not_in(_LATE_IDS)
        )
        return await self._add(query, {})

    async def of_entries(
        self, dimension: Dimension, entry_ids: Sequence[str], *, width_ms: int
    ) -> SumsByCell:
        """Add up certain entries, by starts of such a width and by values."""
        return await self._add(_query(dimension, width_ms).where(EntryRow.id.in_(entry_ids)), {})

    async def bounds(self) -> tuple[int | None, int | None]:
        """Return when the first and the last of all entries were created."""
        created_at = EntryRow.created_at_ms
        # Apart, each is one step in the index; together, they are a scan.
        first = await self._session.execute(select(func.min(created_at)))
        last = await self._session.execute(select(func.max(created_at)))
        return first.scalar_one(), last.scalar_one()

    async def _add(self, query: _Query, found: SumsByCell) -> SumsByCell:
        rows: Sequence[Any] = (await self._session.execute(query)).all()
        for start_ms, value, *sums, latency, ttft in rows:
            one = Sums._make((*sums, _histogram(latency), _histogram(ttft)))
            add_to(found, Cell(start_ms, value), one)
        return found


def _within(span: Span) -> Sequence[ColumnElement[bool]]:
    return (EntryRow.created_at_ms >= span.begin_ms, EntryRow.created_at_ms < span.end_ms)


def _within_unindexed(span: Span) -> Sequence[ColumnElement[bool]]:
    """Say it so that the few late entries are looked up, rather than all of the span."""
    created_at = EntryRow.created_at_ms + 0
    return (created_at >= span.begin_ms, created_at < span.end_ms)


def _unindexed(only: Mapping[Dimension, str]) -> Sequence[ColumnElement[bool]]:
    return [_value(dimension) == value for dimension, value in only.items()]


def conditions(only: Mapping[Dimension, str]) -> list[ColumnElement[bool]]:
    """Return what makes entries those with certain values."""
    return [_has(dimension, value) for dimension, value in only.items()]


def _has(dimension: Dimension, value: str) -> ColumnElement[bool]:
    if dimension is not Dimension.TAG:
        return _COLUMNS[dimension] == value
    name, _, text = value.partition("=")
    tag = _tags()
    return select(tag.c.value).where(tag.c.key == name, tag.c.value == text).exists()


def _query(
    dimension: Dimension, width_ms: int | None, values: Collection[str] | None = None
) -> _Query:
    start = start_in_sql(EntryRow.created_at_ms, width_ms)
    if dimension is Dimension.TAG:
        tag = _tags()
        value = tag.c.key + "=" + tag.c.value
        query = select(start, value, *_SUMS).join_from(EntryRow, tag, true())
    else:
        value = literal("") if dimension is Dimension.ALL else _value(dimension)
        query = select(start, value, *_SUMS)
    if values is not None:
        query = query.where(value.in_(values))
    return query.group_by(start, value)


def _value(dimension: Dimension) -> ColumnElement[str]:
    return func.coalesce(_COLUMNS[dimension], "")


def start_in_sql(moment: _Column | ColumnElement[int], width_ms: int | None) -> ColumnElement[int]:
    """Say in SQL what `start_of` says."""
    if width_ms is None:
        return literal(0)
    return moment - (moment - offset_of(width_ms)) % width_ms


def _histogram(letters: str | None) -> int:
    return histogram.from_letters(letters or "")


_LATE_IDS: Final = select(LateEntry.entry_id)
_COLUMNS: Final[Mapping[Dimension, _Column]] = {
    Dimension.TEAM: EntryRow.team_id,
    Dimension.USER: EntryRow.user_id,
    Dimension.KEY: EntryRow.key_id,
    Dimension.MODEL: EntryRow.model,
    Dimension.TASK: EntryRow.task,
    Dimension.UPSTREAM: EntryRow.upstream,
    Dimension.STATUS: EntryRow.status,
}


def _units(way: str, unit: str) -> str:
    kind = f"coalesce(entries.unit_{way}, '{Unit.TOKEN}')"
    return _sum(f"CASE WHEN {kind} = '{unit}' THEN entries.units_{way} END", _MOST_UNITS)


def _sum(values: str, most: int) -> str:
    return f"coalesce(sum(min({values}, {most})), 0)"


def _letters(value: str) -> str:
    """Say in SQL what `histogram.bucket_of` says, each bucket as a letter.

    One text a group costs far less than a row a bucket, and counts in one pass what is summed.
    """
    buckets = " ".join(
        f"WHEN {value} < {edge} THEN {doublings << histogram.FINE_BITS} + ({value} >> {doublings})"
        for edge, doublings in histogram.edges()
    )
    bucket = f"CASE WHEN {value} < 0 THEN 0 {buckets} ELSE {histogram.LAST_BUCKET} END"
    letter = f"char({bucket} + {histogram.FIRST_LETTER})"
    return f"group_concat(CASE WHEN {value} IS NOT NULL THEN {letter} END, '')"


def _tags() -> TableValuedAlias:
    """Return the tags of an entry as rows. SQLite's own word."""
    return func.json_each(EntryRow.tags).table_valued("key", "value")


# The fields of `Sums` in SQLite's own words, the histograms as letters. As expressions, they would
# take SQLAlchemy longer to put together than the database to work out.
_SUMS: Final = tuple(
    literal_column(sql, kind)
    for sql, kind in (
        ("count(*) FILTER (WHERE entries.status = 'ok')", BigInteger()),
        ("count(*) FILTER (WHERE entries.status = 'error')", BigInteger()),
        ("count(*) FILTER (WHERE entries.status = 'cancelled')", BigInteger()),
        ("count(*) FILTER (WHERE entries.basis IS NULL)", BigInteger()),
        ("count(*) FILTER (WHERE entries.cost_nusd IS NULL)", BigInteger()),
        (
            "count(*) FILTER (WHERE json_extract(entries.price, '$.source') = 'assumed')",
            BigInteger(),
        ),
        *((_units(way, unit), BigInteger()) for unit in SUMMED_UNITS for way in ("in", "out")),
        (_sum("entries.cost_nusd", _MOST_NUSD), BigInteger()),
        (_letters("entries.latency_ms"), Text()),
        (_letters("entries.ttft_ms"), Text()),
    )
)
