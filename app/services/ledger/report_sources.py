"""Finds the sums of a report, exactly, wherever they are quickest to get."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import TypedDict

from app.db.repositories.entry_sums import EntrySums
from app.db.repositories.rollups import Marks, RollupRepository, by_width
from app.db.repositories.usage_sums import (
    DAY_MS,
    PAIRED_WITHIN,
    Cell,
    Dimension,
    Span,
    SumsByCell,
    add_to,
    pair,
)
from app.services.ledger.reports_plan import plan, whole_days, without_days


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which calls a report is about."""

    span: Span
    only: Mapping[Dimension, str]
    width_ms: int | None = None  # of each point of a series; None: one point
    values: Collection[str] | None = None  # of the dimension; None: all


@dataclass(frozen=True, slots=True)
class Found:
    """Sums by points and values, and whether entries that they need were deleted."""

    sums: SumsByCell
    is_complete: bool


class ReportSources:
    """Reads kept sums and entries of one moment of the database."""

    def __init__(self, rollups: RollupRepository, entries: EntrySums, marks: Marks) -> None:
        """Take where sums and entries are, and how far the sums have come at this moment."""
        self._rollups = rollups
        self._entries = entries
        self._marks = marks

    async def find(self, dimension: Dimension, wanted: Wanted) -> Found:
        """Return what calls add up to by the values of a dimension."""
        match list(wanted.only.items()):
            case []:
                return await self._from_sums(dimension, wanted)
            case [(within, value)] if dimension is within:
                return await self._from_sums(dimension, replace(wanted, values=[value]))
            case [(within, value)] if dimension is Dimension.ALL and within in PAIRED_WITHIN:
                found = await self._from_sums(within, replace(wanted, values=[value]))
                return Found(_of_all(found.sums), found.is_complete)
            case [(within, value)] if within in PAIRED_WITHIN and _fits_days(wanted.width_ms):
                return await self._from_pairs(dimension, wanted, within, value)
            case _:
                sums = await self._entries.of(dimension, [wanted.span], **_how(wanted))
                return Found(sums, self._are_kept(wanted.span))

    async def _from_sums(self, dimension: Dimension, wanted: Wanted) -> Found:
        width_ms, values, how = wanted.width_ms, wanted.values, _how(wanted)
        where = plan(wanted.span, self._marks.rolled_to, width_ms)
        sums = await self._rollups.read(dimension, where.kept, width_ms=width_ms, values=values)
        rest = await self._entries.of(dimension, where.raw, **how)
        late = await self._entries.of_late(dimension, where.covered, **how)
        _merge(sums, rest, late)
        return Found(sums, all(map(self._are_kept, where.raw)))

    async def _from_pairs(
        self, dimension: Dimension, wanted: Wanted, within: Dimension, value: str
    ) -> Found:
        """Use the sums of busy days, where every value has some of each status."""
        width_ms, values, how = wanted.width_ms, wanted.values, _how(wanted)
        span = whole_days(wanted.span)
        days = await self._rollups.starts(pair(Dimension.STATUS, within, value), span)
        raw = without_days(wanted.span, days)
        name = pair(dimension, within, value)
        sums = await self._rollups.read(name, [(DAY_MS, span)], width_ms=width_ms, values=values)
        rest = await self._entries.of(dimension, raw, **how)
        how["width_ms"] = DAY_MS
        late = await self._entries.of_late(dimension, span, **how)
        there = set(days)
        kept_late = {cell: one for cell, one in late.items() if cell.start_ms in there}
        _merge(sums, rest, by_width(kept_late, width_ms))
        return Found(sums, all(map(self._are_kept, raw)))

    def _are_kept(self, span: Span) -> bool:
        return span.begin_ms >= self._marks.kept_from


def _fits_days(width_ms: int | None) -> bool:
    return width_ms is None or width_ms >= DAY_MS


class _How(TypedDict):
    width_ms: int | None
    only: Mapping[Dimension, str]
    values: Collection[str] | None


def _how(wanted: Wanted) -> _How:
    return {"width_ms": wanted.width_ms, "only": wanted.only, "values": wanted.values}


def _merge(into: SumsByCell, *others: SumsByCell) -> None:
    for sums in others:
        for cell, one in sums.items():
            add_to(into, cell, one)


def _of_all(sums: SumsByCell) -> SumsByCell:
    return {Cell(cell.start_ms, ""): one for cell, one in sums.items()}
