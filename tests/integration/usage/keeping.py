"""A ledger with its kept sums, moved through time by a test."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from app.core.clock import epoch_ms, from_epoch_ms
from app.db.database import Database, open_database
from app.db.repositories.entry_sums import EntrySums
from app.db.repositories.rollups import RollupRepository
from app.db.repositories.usage_sums import Dimension
from app.services.ledger.ledger import Ledger
from app.services.ledger.reports import ReportShape, ReportTables, UsageReport, UsageReports
from app.services.ledger.rollup_pairs import RollupPairs
from app.services.ledger.rollups import Rollups
from app.services.ledger.usage_query import CallFilter, Interval, Period
from tests.support.clocks import FakeClock


class WrittenLedger(Ledger):
    """A ledger of which nothing waits to be written."""

    def __init__(self) -> None:
        """Need no writer."""

    async def flush(self) -> None:
        """Have nothing to do."""


class Keeping:
    """Keeps sums as the running gateway does, and reads reports."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.path = database.path
        self.clock = FakeClock()

    def at(self, moment_ms: int) -> None:
        """Move the clock to a moment, forth or back."""
        now_ms = epoch_ms(self.clock.now())
        self.clock.move(timedelta(milliseconds=moment_ms - now_ms).total_seconds())

    async def catch_up(self) -> None:
        """Keep sums of all that is old enough by now."""
        await Rollups(self.database, self.clock).catch_up()
        await RollupPairs(self.database).catch_up()

    async def report(
        self,
        since_ms: int | None = None,
        until_ms: int | None = None,
        *,
        only: dict[Dimension, str] | None = None,
        group_by: Dimension | None = None,
        interval: Interval | None = None,
    ) -> UsageReport:
        """Return a report."""
        since, until = (
            None if moment_ms is None else from_epoch_ms(moment_ms)
            for moment_ms in (since_ms, until_ms)
        )
        async with self.database.reading() as session:
            tables = ReportTables(RollupRepository(session), EntrySums(session))
            reports = UsageReports(tables, WrittenLedger(), self.clock)
            calls = CallFilter(Period(since, until), only or {})
            return await reports.report(calls, ReportShape(group_by, interval))


@asynccontextmanager
async def keeping(data_dir: Path) -> AsyncGenerator[Keeping]:
    """Open a ledger and its sums."""
    async with open_database(data_dir) as database:
        yield Keeping(database)
