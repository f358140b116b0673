"""Transactions that write, and sessions that only read."""

# pyright: reportPrivateUsage=false

import asyncio
import gc
import sqlite3
from collections.abc import AsyncGenerator
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy import exc, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.errors import NotReadyError
from app.db import database, sqlite
from app.db.database import READERS, Database, open_database
from app.db.sqlite import ReadingConnection, WritingConnection
from tests.integration.db.rows import locked

# Says that it runs, and counts for long enough to be cancelled on the way.
LONG: Final = text(
    "WITH RECURSIVE n (i) AS (SELECT it_runs() UNION ALL SELECT i + 1 FROM n WHERE i < 300000) "
    "SELECT count(*) FROM n"
)


@pytest.fixture
async def running(monkeypatch: pytest.MonkeyPatch) -> asyncio.Event:
    """Return what is set when `LONG` runs on a connection opened from now on."""
    event, loop = asyncio.Event(), asyncio.get_running_loop()

    def note() -> int:
        loop.call_soon_threadsafe(event.set)
        return 1

    def telling(kind: type[WritingConnection]) -> type[WritingConnection]:
        class Telling(kind):
            def __init__(self, *args: Any, **kwargs: Any) -> None:
                super().__init__(*args, **kwargs)
                self.create_function("it_runs", 0, note)

        return Telling

    for kind in (WritingConnection, ReadingConnection):
        monkeypatch.setattr(database, kind.__name__, telling(kind))
    return event


@pytest.fixture
async def db(data_dir: Path, running: asyncio.Event) -> AsyncGenerator[Database]:
    assert not running.is_set()
    async with open_database(data_dir) as opened:
        await run(
            opened,
            "CREATE TABLE counters (value INTEGER NOT NULL)",
            "INSERT INTO counters VALUES (0)",
        )
        yield opened


async def run(db: Database, *statements: str) -> None:
    async with db.transaction() as session:
        for statement in statements:
            await session.execute(text(statement))


async def get(session: AsyncSession) -> int:
    return (await session.execute(text("SELECT value FROM counters"))).scalar_one()


async def add_one(session: AsyncSession) -> None:
    value = await get(session)
    await session.execute(text("UPDATE counters SET value = :value"), {"value": value + 1})


async def value_of(db: Database) -> int:
    async with db.reading() as session:
        return await get(session)


async def test_a_transaction_is_committed_at_its_end(db: Database) -> None:
    async with db.transaction() as session:
        await add_one(session)
        assert await value_of(db) == 0

    assert await value_of(db) == 1


async def test_a_transaction_that_fails_leaves_nothing(db: Database) -> None:
    async def fail() -> None:
        async with db.transaction() as session:
            await add_one(session)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()

    assert await value_of(db) == 0


async def test_changes_that_read_first_never_lose_an_update(db: Database) -> None:
    async def change() -> None:
        async with db.transaction() as session:
            await add_one(session)

    async with asyncio.TaskGroup() as tasks:
        for _ in range(50):
            tasks.create_task(change())

    assert await value_of(db) == 50


async def test_two_databases_over_one_file_wait_for_each_other(
    db: Database, data_dir: Path
) -> None:
    async with open_database(data_dir) as other:

        async def change(which: Database) -> None:
            async with which.transaction() as session:
                await add_one(session)

        async with asyncio.TaskGroup() as tasks:
            for which in (db, other) * 20:
                tasks.create_task(change(which))

    assert await value_of(db) == 40


async def test_the_reading_pool_refuses_to_write(db: Database) -> None:
    async with db.reading() as session:
        with pytest.raises(exc.OperationalError, match="readonly database"):
            await session.execute(text("UPDATE counters SET value = 1"))

    assert await value_of(db) == 0


async def test_a_reader_sees_one_moment(db: Database) -> None:
    async with db.reading() as session:
        assert await get(session) == 0
        async with db.transaction() as writing:
            await add_one(writing)
        assert await get(session) == 0


async def test_readers_do_not_wait_for_a_writer(db: Database) -> None:
    async with db.transaction() as session:
        await add_one(session)
        async with asyncio.timeout(5):
            assert await asyncio.gather(*(value_of(db) for _ in range(READERS * 3))) == [0] * 12


async def test_foreign_keys_are_kept(db: Database) -> None:
    await run(db, "CREATE TABLE kids (parent TEXT REFERENCES api_keys (id))")

    with pytest.raises(exc.IntegrityError):
        await run(db, "INSERT INTO kids VALUES ('key_nobody')")


@pytest.mark.parametrize("times", [1, 2])
async def test_a_cancelled_transaction_leaves_nothing_locked(
    db: Database, running: asyncio.Event, times: int
) -> None:
    async def change() -> None:
        async with db.transaction() as session:
            await add_one(session)
            await session.execute(LONG)

    tasks = [asyncio.ensure_future(change()) for _ in range(3)]  # the others wait in line
    await running.wait()
    gc.disable()  # what keeps the lock must not be freed by chance
    try:
        for _ in range(times):
            for task in tasks:
                task.cancel()
            await asyncio.sleep(0)
        ended = await asyncio.gather(*tasks, return_exceptions=True)

        async with db.transaction() as session:
            await add_one(session)
    finally:
        gc.enable()
    assert [type(error) for error in ended] == [asyncio.CancelledError] * 3
    assert await value_of(db) == 1


async def test_a_cancelled_reader_lets_go_of_its_moment(
    db: Database, running: asyncio.Event
) -> None:
    async def read() -> None:
        async with db.reading() as session:
            await get(session)
            await session.execute(LONG)

    task = asyncio.ensure_future(read())
    await running.wait()
    async with db.transaction() as session:
        await add_one(session)
    gc.disable()
    try:
        task.cancel()
        (ended,) = await asyncio.gather(task, return_exceptions=True)
        with closing(sqlite3.connect(db.path)) as connection:
            dropped = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    finally:
        gc.enable()
    assert isinstance(ended, asyncio.CancelledError)
    assert dropped == (0, 0, 0)  # nobody needs the log any more


async def test_a_commit_that_began_is_finished_before_a_cancellation_is_seen(
    db: Database,
) -> None:
    committing = asyncio.Event()

    async def change() -> None:
        async with db.transaction() as session:
            await add_one(session)
            commit = session.commit

            async def announced_commit() -> None:
                committing.set()
                await asyncio.sleep(0)  # here the cancellation arrives, before the COMMIT
                await commit()

            session.commit = announced_commit

    task = asyncio.ensure_future(change())
    await committing.wait()
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task
    assert await value_of(db) == 1


async def test_a_lock_that_stays_is_named(
    data_dir: Path, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "_PRAGMAS", (*sqlite._PRAGMAS, "PRAGMA busy_timeout=10"))

    async with open_database(data_dir) as db:
        with locked(path), pytest.raises(NotReadyError, match="database is locked"):
            await run(db, "DELETE FROM entries")

        await run(db, "DELETE FROM entries")


async def test_a_full_disk_is_named_and_leaves_nothing(db: Database) -> None:
    make_big = "CREATE TABLE big AS SELECT randomblob(100000) AS it"
    await run(db, "PRAGMA max_page_count=1")  # as small as it is now

    with pytest.raises(NotReadyError, match="disk is full"):
        await run(db, "UPDATE counters SET value = 1", make_big)

    assert await value_of(db) == 0
    await run(db, "PRAGMA max_page_count=1000000", make_big)


async def test_a_queue_that_does_not_move_is_named(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "_PATIENCE_SECONDS", 0.01)

    async with open_database(data_dir) as db, db.transaction() as session:
        await session.execute(text("DELETE FROM entries"))
        with pytest.raises(NotReadyError, match="too much to do"):
            await run(db, "DELETE FROM entries")


async def test_mistakes_in_a_statement_keep_their_own_error(db: Database) -> None:
    with pytest.raises(exc.OperationalError, match="no such table"):
        await run(db, "DELETE FROM nowhere")


@pytest.mark.parametrize("kind", ["transaction", "reading"])
async def test_every_connection_has_the_same_settings(db: Database, kind: str) -> None:
    wanted = {
        "journal_mode": "wal",
        "synchronous": 1,
        "busy_timeout": 5000,
        "foreign_keys": 1,
        "temp_store": 2,
        "journal_size_limit": 67108864,
        "wal_autocheckpoint": 0,
        "query_only": int(kind == "reading"),
    }

    async with db.transaction() if kind == "transaction" else db.reading() as session:
        found = {
            name: (await session.execute(text(f"PRAGMA {name}"))).scalar_one() for name in wanted
        }

    assert found == wanted
