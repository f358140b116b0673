"""Keeps sums of entries by hour, day and week, from which reports are answered.

They are exact, because of two facts. Every entry from before the mark is in the sums or noted in
`usage_late`: a trigger notes it in the transaction that writes it, if the mark is beyond it by
then. And a step moves the mark in the transaction that writes its sums, and only if no entry of its
span has come since it was read: entries never change, so as many are the same. Clocks that go
back, calls that take long and crashes only decide which way an entry takes.
"""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Final

from app.core.clock import Clock, epoch_ms
from app.db.database import Database
from app.db.repositories.entry_sums import EntrySums
from app.db.repositories.rollups import KeptRows, Marks, RollupRepository, by_width
from app.db.repositories.unsummed import UnsummedRepository
from app.db.repositories.usage_sums import (
    DAY_MS,
    HOUR_MS,
    PAIRED_WITHIN,
    WEEK_MS,
    Cell,
    Dimension,
    Span,
    SumsByCell,
    add_to,
    total,
)

MARGIN_MS: Final = 60_000  # most calls have ended by then and need no note
ENTRIES_PER_STEP: Final = 1_000  # calls wait for the same write lock
_PAUSE_SECONDS: Final = 0.01  # in which they get it


class Rollups:
    """Adds entries to the kept sums, step by step. One task at a time may do it."""

    def __init__(self, database: Database, clock: Clock) -> None:
        """Take where entries and sums are, and what time it is."""
        self._database = database
        self._clock = clock

    async def catch_up(self) -> None:
        """Add every entry that is older than a minute.

        Raises:
            NotReadyError: the database is away for now. What was added stays.
        """
        while await self._add_next() or await self._add_late():
            await self._let_calls_write()

    async def _let_calls_write(self) -> None:
        await asyncio.sleep(_PAUSE_SECONDS)

    async def _add_next(self) -> bool:
        """Add the oldest entries from the mark on. Return whether there were any."""
        limit_ms = epoch_ms(self._clock.now()) - MARGIN_MS
        async with self._database.reading() as session:
            marks = await RollupRepository(session).marks()
            if marks.rolled_to >= limit_ms:
                return False
            rest = Span(marks.rolled_to, limit_ms)
            end_ms = await UnsummedRepository(session).chunk_end(rest, ENTRIES_PER_STEP)
            span = Span(marks.rolled_to, end_ms)
            sums = {
                dimension: await EntrySums(session).of(dimension, [span], width_ms=HOUR_MS)
                for dimension in Dimension
            }
            calls = total(sums[Dimension.ALL].values()).calls
            if calls == 0 and end_ms == limit_ms < marks.rolled_to + HOUR_MS:
                return False
            found = await _added(RollupRepository(session), sums)
        async with self._database.transaction() as session:
            # More than were read: the rest would be lost. The next try reads them too.
            if await UnsummedRepository(session).count_entries(span) == calls:
                await _write(RollupRepository(session), found, marks, {"rolled_to": end_ms})
        return True

    async def _add_late(self) -> bool:
        """Add entries that were noted as late. Return whether there were any."""
        async with self._database.reading() as session:
            marks = await RollupRepository(session).marks()
            late_ids = await UnsummedRepository(session).late_ids(ENTRIES_PER_STEP)
            if not late_ids:
                return False
            sums = {
                dimension: await EntrySums(session).of_entries(
                    dimension, late_ids, width_ms=HOUR_MS
                )
                for dimension in Dimension
            }
            found = await _added(RollupRepository(session), sums)
            days = by_width(sums[Dimension.ALL], DAY_MS)
        async with self._database.transaction() as session:
            rollups = RollupRepository(session)
            paired_to = min([marks.paired_to, *(day.start_ms for day in days)])
            if await _write(rollups, found, marks, {"paired_to": paired_to}):
                await UnsummedRepository(session).forget_late(late_ids)
                await rollups.drop_pairs(
                    [
                        (within, cell)
                        for within in PAIRED_WITHIN
                        for cell in by_width(sums[within], DAY_MS)
                    ]
                )
        return True


async def _added(
    rollups: RollupRepository, sums: Mapping[Dimension, SumsByCell]
) -> Sequence[KeptRows]:
    """Return sums by hours, days and weeks together with those that are kept of the same cells."""
    found = list[KeptRows]()
    for dimension, by_hour in sums.items():
        for width_ms in (HOUR_MS, DAY_MS, WEEK_MS):
            new = by_width(by_hour, width_ms)
            kept = await rollups.read(dimension, _spans(width_ms, new), width_ms=width_ms)
            for cell in new.keys() & kept.keys():
                add_to(new, cell, kept[cell])
            found.append(await asyncio.to_thread(KeptRows.of, width_ms, dimension, new))
    return found


def _spans(width_ms: int, cells: Mapping[Cell, object]) -> Sequence[tuple[int, Span]]:
    """Return few spans that hold the cells, and not much else."""
    spans = list[tuple[int, Span]]()
    for start_ms in sorted({cell.start_ms for cell in cells}):
        if spans and start_ms - spans[-1][1].end_ms <= WEEK_MS:
            spans[-1] = (width_ms, Span(spans[-1][1].begin_ms, start_ms + 1))
        else:
            spans.append((width_ms, Span(start_ms, start_ms + 1)))
    return spans


async def _write(
    rollups: RollupRepository, found: Sequence[KeptRows], seen: Marks, moved: Mapping[str, int]
) -> bool:
    """Write sums and move marks, unless somebody else wrote sums since the marks were seen."""
    if not await rollups.move(seen, **moved):
        return False
    for rows in found:
        await rollups.write(rows)
    return True
