"""Deletes entries and bodies that are older than an operator wants to keep."""

import asyncio
from typing import Final

import structlog

from app.core.clock import Clock, epoch_ms
from app.db.database import Database
from app.db.repositories.retention import RetentionRepository
from app.db.repositories.rollups import RollupRepository
from app.db.repositories.usage_sums import DAY_MS

ENTRIES_PER_STEP: Final = 200  # calls wait for the same write lock
BODIES_PER_STEP: Final = 50
_PAUSE_SECONDS: Final = 0.01

_log: Final = structlog.stdlib.get_logger(__name__)


class Retention:
    """Deletes in small steps. One task at a time may do it, the one that keeps the sums.

    Sums by hour and day stay, and so does what a budget was charged: each step adds the cost of
    its entries to the closing balances of their budgets' periods, in the same transaction.
    """

    def __init__(self, database: Database, clock: Clock, keep_days: int | None) -> None:
        """Take the database, the time, and for how long entries are kept. None: for ever."""
        self._database = database
        self._clock = clock
        self._keep_days = keep_days

    async def sweep(self) -> None:
        """Delete everything that is too old by now.

        Raises:
            NotReadyError: the database is away for now. What was deleted stays so.
        """
        while await self._delete_bodies():
            await self._let_calls_write()
        if self._keep_days is None:
            return
        deleted = 0
        while step := await self._delete_entries(self._keep_days):
            deleted += step
            await self._let_calls_write()
        if deleted:
            _log.info("old_entries_deleted", entries=deleted, keep_days=self._keep_days)

    async def _let_calls_write(self) -> None:
        await asyncio.sleep(_PAUSE_SECONDS)

    async def _delete_entries(self, keep_days: int) -> int:
        """Delete some of the oldest entries, of whole days whose sums are kept."""
        now_ms = epoch_ms(self._clock.now())
        async with self._database.reading() as session:
            marks = await RollupRepository(session).marks()
            wanted_ms = now_ms - now_ms % DAY_MS - keep_days * DAY_MS
            before_ms = min(wanted_ms, marks.rolled_to, max(marks.paired_to, marks.kept_from))
            entries = await RetentionRepository(session).find_entries(before_ms, ENTRIES_PER_STEP)
        if entries:
            async with self._database.transaction() as session:
                await RetentionRepository(session).delete_entries(entries, kept_from_ms=before_ms)
        return len(entries)

    async def _delete_bodies(self) -> int:
        now_ms = epoch_ms(self._clock.now())
        async with self._database.reading() as session:
            if not await RetentionRepository(session).has_expired_bodies(now_ms):
                return 0
        async with self._database.transaction() as session:
            return await RetentionRepository(session).delete_bodies(now_ms, BODIES_PER_STEP)
