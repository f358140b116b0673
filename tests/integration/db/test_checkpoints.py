"""The write-ahead log stays short, and nothing commits while it is copied."""

# pyright: reportPrivateUsage=false

import asyncio
import sqlite3
import threading
from collections.abc import AsyncGenerator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

from app.db import ledger_writer
from app.db.database import Database, open_database
from app.db.ledger_changes import Change
from app.db.ledger_store import LedgerStore
from app.db.ledger_writer import LedgerWriter, open_ledger_writer
from app.db.sqlite import FILE_NAME
from tests.integration.db.rows import call, locked, put_call, written_ids

MIB = 1024 * 1024


def calls(*numbers: int) -> list[Change]:
    return [
        change
        for number in numbers
        for change in call(f"req_{number:08}", key_id=f"key_{number % 50}")
    ]


def log_size(path: Path) -> int:
    return path.with_name(f"{FILE_NAME}-wal").stat().st_size


@pytest.fixture
async def db(data_dir: Path) -> AsyncGenerator[Database]:
    async with open_database(data_dir) as opened:
        yield opened


async def test_the_log_stays_short_under_rows_readers_and_transactions(db: Database) -> None:
    async def read_until(done: asyncio.Event) -> None:
        while not done.is_set():
            async with db.reading() as session:
                await session.execute(text("SELECT count(*) FROM entries"))

    async def write_rows(writer: LedgerWriter, done: asyncio.Event) -> None:
        for number in range(400):
            for small in range(30):
                put_call(writer, f"req_{number:04}_{small}", key_id=f"key_{small}")
            if number % 40 == 0:
                async with db.transaction() as session:
                    await session.execute(text("UPDATE api_keys SET name = name"))
            await writer.flush()
        done.set()

    done = asyncio.Event()
    async with open_ledger_writer(db.path) as writer, asyncio.TaskGroup() as tasks:
        tasks.create_task(read_until(done))
        tasks.create_task(read_until(done))
        tasks.create_task(write_rows(writer, done))

    assert len(written_ids(db.path)) == 12_000
    assert log_size(db.path) < 40 * MIB  # 90 where nobody waits for readers


def test_many_small_commits_are_copied_too(path: Path) -> None:
    with closing(LedgerStore(path)) as store:
        for number in range(1500):
            store.write(calls(number))

        assert log_size(path) < 12 * MIB


def test_nobody_can_write_while_the_log_is_copied(path: Path) -> None:
    refused: list[str] = []

    def try_to_write(_: str) -> None:
        with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as other:
            try:
                other.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                refused.append(str(error))

    with closing(LedgerStore(path)) as store:
        store._checkpointer.set_trace_callback(try_to_write)
        store.write(calls(1))
        store.checkpoint()

    assert refused == ["database is locked"]


def test_a_checkpoint_copies_everything(path: Path) -> None:
    with closing(LedgerStore(path)) as store:
        store.write(calls(*range(500)))
        store.checkpoint()

        copy = path.with_name("copy.db")
        copy.write_bytes(path.read_bytes())  # without the log
        assert len(written_ids(copy)) == 500


def test_a_failing_checkpoint_is_logged_and_tried_again(path: Path) -> None:
    with closing(LedgerStore(path)) as store:
        store._connection.execute("PRAGMA busy_timeout=10")
        store.write(calls(1))
        with capture_logs() as logs, locked(path):
            store.checkpoint()
        store.write(calls(2))

        statements: list[str] = []
        store._checkpointer.set_trace_callback(statements.append)
        store.checkpoint()

    assert [log["event"] for log in logs] == ["checkpoint_failed"]
    assert statements == ["PRAGMA wal_checkpoint(PASSIVE)"]


async def test_an_idle_writer_copies_what_others_wrote(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger_writer, "_IDLE_SECONDS", 0.01)
    copied = threading.Semaphore(0)

    async with open_ledger_writer(db.path) as writer:

        def note(sql: str) -> None:
            copied.release() if "wal_checkpoint" in sql else None

        writer._store._checkpointer.set_trace_callback(note)
        assert await asyncio.to_thread(copied.acquire, timeout=10)  # what an earlier run left
        for _ in range(2):
            async with db.transaction() as session:
                await session.execute(text("DELETE FROM entries"))
            assert await asyncio.to_thread(copied.acquire, timeout=10)
        assert not copied.acquire(blocking=False)
