"""The ledger as its callers use it: room before a call, and reading what was just written."""

import asyncio
import sqlite3
from collections.abc import AsyncGenerator, Generator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from app.core.clock import SystemClock
from app.core.errors import NotReadyError
from app.core.ids import new_id
from app.db.database import Database, open_database
from app.db.ledger_writer import open_ledger_writer
from app.db.repositories.entries import EntryRepository
from app.db.repositories.entry_sums import EntrySums
from app.db.repositories.rollups import RollupRepository
from app.db.repositories.usage_sums import Dimension
from app.db.schema import upgrade
from app.services.ledger.entry_lists import EntryLists
from app.services.ledger.ledger import Ledger
from app.services.ledger.reports import ReportShape, ReportTables, UsageReports
from app.services.ledger.usage_query import CallFilter, Period
from app.utils.paging import Cursor
from tests.support.entries import CALL, record


@pytest.fixture
async def database(tmp_path: Path) -> AsyncGenerator[Database]:
    upgrade(tmp_path)
    async with open_database(tmp_path) as database:
        yield database


@pytest.fixture
async def ledger(database: Database) -> AsyncGenerator[Ledger]:
    async with open_ledger_writer(database.path) as writer:
        yield Ledger(writer, "lease_1")


async def test_there_is_room_while_the_ledger_is_open(ledger: Ledger) -> None:
    ledger.ensure_room()


async def test_no_call_is_admitted_once_the_ledger_is_closed(database: Database) -> None:
    async with open_ledger_writer(database.path) as writer:
        ledger = Ledger(writer, "lease_1")

    with pytest.raises(NotReadyError, match="No call is taken"):
        ledger.ensure_room()


async def test_no_call_is_admitted_while_too_many_entries_wait(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.db.ledger_writer.MAX_WAITING", 6)
    async with open_ledger_writer(database.path) as writer:
        ledger = Ledger(writer, "lease_1")
        with locked(database.path):
            for _ in range(3):
                ledger.ensure_room()
                record(ledger, CALL._replace(id=new_id("req"), key_id="key_1"))
            with pytest.raises(NotReadyError, match="No call is taken"):
                ledger.ensure_room()
        await ledger.flush()

        ledger.ensure_room()


@pytest.mark.parametrize("report", ["entries", "sums"])
async def test_a_report_waits_for_the_calls_before_it(
    database: Database, ledger: Ledger, report: str
) -> None:
    async def read() -> int:
        async with database.reading() as session:
            calls = CallFilter(Period(None, None), {Dimension.KEY: "key_1"})
            if report == "entries":
                cursor = Cursor(limit=10, after=None)
                lists = EntryLists(EntryRepository(session), ledger)
                return len((await lists.list_page(cursor, calls)).items)
            tables = ReportTables(RollupRepository(session), EntrySums(session))
            reports = UsageReports(tables, ledger, SystemClock())
            return (await reports.report(calls, ReportShape())).form.totals.sums.calls

    with locked(database.path):
        record(ledger, CALL._replace(id=new_id("req"), key_id="key_1"))
        reading = asyncio.ensure_future(read())
        await asyncio.wait([reading], timeout=0.1)
        assert not reading.done()

    assert await reading == 1


@contextmanager
def locked(path: Path) -> Generator[None]:
    """Keep everybody else from writing to a database."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.execute("ROLLBACK")
