"""The background task that keeps sums of the ledger, and deletes what is too old."""

import asyncio
from typing import Final

import structlog

from app.core.clock import Clock
from app.core.errors import NotReadyError
from app.db.database import Database
from app.services.ledger.retention import Retention
from app.services.ledger.rollup_pairs import RollupPairs
from app.services.ledger.rollups import Rollups

SECONDS_BETWEEN: Final = 30.0

_log: Final = structlog.stdlib.get_logger(__name__)


class LedgerUpkeep:
    """Does, one after another, what the ledger needs now and then. Calls never wait for it."""

    def __init__(self, database: Database, clock: Clock, keep_days: int | None) -> None:
        """Take the database, the time, and for how long entries are kept. None: for ever."""
        self._rollups = Rollups(database, clock)
        self._pairs = RollupPairs(database)
        self._retention = Retention(database, clock, keep_days)

    async def run(self) -> None:
        """Do everything that there is to do by now. A database that is away can wait."""
        try:
            await self._rollups.catch_up()
            await self._pairs.catch_up()
            await self._retention.sweep()
        except NotReadyError as error:
            _log.warning("ledger_upkeep_put_off", reason=error.message)

    async def run_for_ever(self) -> None:
        """Do it each half minute, in the background of the gateway."""
        while True:
            await asyncio.sleep(SECONDS_BETWEEN)
            await self.run()
