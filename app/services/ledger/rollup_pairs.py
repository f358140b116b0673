"""Adds up busy days of one team, user, key or model by everything else.

A report about one of them by another dimension reads its entries. Where there are many a day, that
would take long, and there these sums are small: a model has thousands of calls a day, but only some
hundred keys call it. Where there are few, they would be as many as the entries.
"""

import asyncio
from typing import Final

from app.db.database import Database
from app.db.repositories.entry_sums import EntrySums
from app.db.repositories.rollups import KeptRows, RollupRepository
from app.db.repositories.usage_sums import (
    DAY_MS,
    HOUR_MS,
    PAIRED_WITHIN,
    Dimension,
    Span,
    pair,
)

BUSY_CALLS: Final = 200  # a day
_GRACE_MS: Final = HOUR_MS  # after the end of a day: most calls that began in it have ended
_PAUSE_SECONDS: Final = 0.01


class RollupPairs:
    """Adds up days that have passed, one value at a time. One task at a time may do it."""

    def __init__(self, database: Database) -> None:
        """Take where entries and sums are."""
        self._database = database

    async def catch_up(self) -> None:
        """Add up every busy day that is over.

        Raises:
            NotReadyError: the database is away for now. What was added up stays.
        """
        while (day := await self._next_day()) is not None:
            for within in PAIRED_WITHIN:
                await self._add_day(day, within)
            await self._leave(day)

    async def _next_day(self) -> Span | None:
        async with self._database.reading() as session:
            rollups = RollupRepository(session)
            marks = await rollups.marks()
            start_ms = await rollups.first_start_ms(max(marks.paired_to, marks.kept_from))
        if start_ms is None:
            return None
        is_over = start_ms + DAY_MS + _GRACE_MS <= marks.rolled_to
        return Span(start_ms, start_ms + DAY_MS) if is_over else None

    async def _add_day(self, day: Span, within: Dimension) -> None:
        async with self._database.reading() as session:
            rollups = RollupRepository(session)
            sums = await rollups.read(within, [(DAY_MS, day)], width_ms=DAY_MS)
        busy = [cell.value for cell, one in sums.items() if one.calls >= BUSY_CALLS]
        for value in filter(None, busy):
            await self._add_value(day, within, value)
            await asyncio.sleep(_PAUSE_SECONDS)

    async def _add_value(self, day: Span, within: Dimension, value: str) -> None:
        """Add up a day of one value, and write all of it at once: it is there, or it is not."""
        others = [dimension for dimension in Dimension if dimension not in {within, Dimension.ALL}]
        async with self._database.reading() as session:
            rollups = RollupRepository(session)
            marks = await rollups.marks()
            if await rollups.starts(pair(Dimension.STATUS, within, value), day):
                return
            found = [
                KeptRows.of(
                    DAY_MS,
                    pair(other, within, value),
                    await EntrySums(session).of_day(other, day, {within: value}),
                )
                for other in others
            ]
        async with self._database.transaction() as session:
            rollups = RollupRepository(session)
            if await rollups.move(marks):
                for rows in found:
                    await rollups.write(rows)

    async def _leave(self, day: Span) -> None:
        async with self._database.transaction() as session:
            rollups = RollupRepository(session)
            await rollups.move(await rollups.marks(), paired_to=day.end_ms)
