"""A locked database, a full disk, too many rows: delays, clear refusals, and no row lost."""

# pyright: reportPrivateUsage=false

import asyncio
import sqlite3
import threading
from collections.abc import AsyncGenerator, Sequence
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from app.core.errors import NotReadyError
from app.db import ledger_store, ledger_writer
from app.db.ledger_changes import Change
from app.db.ledger_store import LedgerStore
from app.db.ledger_writer import LedgerWriter, open_ledger_writer
from tests.integration.db.rows import call, entry, locked, put_call, written_ids


class Failures:
    """Notes each time that rows could not be written."""

    def __init__(self) -> None:
        self._seen = threading.Semaphore(0)

    def note(self) -> None:
        self._seen.release()

    async def wait(self) -> None:
        assert await asyncio.to_thread(self._seen.acquire, timeout=10)


@pytest.fixture
def failures(monkeypatch: pytest.MonkeyPatch) -> Failures:
    """Let writers give up a try soon, and say so."""
    failures, write = Failures(), LedgerStore.write

    def noting(store: LedgerStore, changes: Sequence[Change]) -> Sequence[Change]:
        try:
            return write(store, changes)
        except sqlite3.Error:
            failures.note()
            raise

    monkeypatch.setattr(LedgerStore, "write", noting)
    monkeypatch.setattr(ledger_store, "_BUSY_TIMEOUT", "PRAGMA busy_timeout=10")
    monkeypatch.setattr(ledger_writer, "_RETRY_SECONDS", (0.01,))
    return failures


@pytest.fixture
async def writer(path: Path, failures: Failures) -> AsyncGenerator[LedgerWriter]:
    del failures
    async with open_ledger_writer(path) as opened:
        yield opened


async def test_rows_outlast_a_lock_and_the_log_says_so_once(
    writer: LedgerWriter, path: Path, failures: Failures
) -> None:
    with capture_logs() as logs:
        with locked(path):
            for number in range(300):
                put_call(writer, f"req_{number:04}")
            for _ in range(5):
                await failures.wait()
            assert written_ids(path) == []
        await writer.flush()

    assert len(written_ids(path)) == 300
    events = [log["event"] for log in logs]
    assert events == ["ledger_stalled", "ledger_resumed"]
    assert logs[0]["reason"] == "database is locked"


async def test_a_lock_of_a_second_is_waited_for(path: Path) -> None:
    async with open_ledger_writer(path) as writer:
        with locked(path):
            put_call(writer, "req_1")
            with pytest.raises(NotReadyError, match="not written yet"):
                await writer.flush(patience_seconds=1)
        await writer.flush()

    assert written_ids(path) == ["req_1"]


async def test_rows_outlast_a_full_disk(
    writer: LedgerWriter, path: Path, failures: Failures
) -> None:
    connection = writer._store._connection
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    connection.execute(f"PRAGMA max_page_count={pages + 2}")
    with capture_logs() as logs:
        for number in range(500):
            put_call(writer, f"req_{number:04}")
        await failures.wait()
        await failures.wait()
        assert "full" in logs[0]["reason"]

        with writer._changed:  # the connection is the thread's: use it while that waits
            connection.execute("PRAGMA max_page_count=1000000")
        await writer.flush()

    assert len(written_ids(path)) == 500
    with sqlite3.connect(path) as check:
        assert check.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    check.close()


async def test_calls_are_refused_before_rows_are(
    writer: LedgerWriter, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger_writer, "MAX_WAITING", 6)
    with capture_logs() as logs:
        with locked(path):
            put_call(writer, "req_1")
            put_call(writer, "req_2")
            assert writer.has_room()
            put_call(writer, "req_3")
            assert not writer.has_room()
            for number in range(4, 7):  # calls under way still end
                put_call(writer, f"req_{number}")
            with pytest.raises(NotReadyError, match="no further change"):
                put_call(writer, "req_7")
        await writer.flush()

    assert writer.has_room()
    assert written_ids(path) == [f"req_{number}" for number in range(1, 7)]
    lost = [log["change"]["row"]["id"] for log in logs if log["event"] == "ledger_change_lost"]
    assert lost == ["req_7"]


async def test_a_flush_that_is_given_up_leaves_nothing_behind(
    writer: LedgerWriter, path: Path
) -> None:
    with locked(path):
        put_call(writer, "req_1")
        for _ in range(10):
            with pytest.raises(NotReadyError, match="not written yet"):
                await writer.flush(patience_seconds=0)
        waiting = asyncio.ensure_future(writer.flush())
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        assert len(writer._queue) <= 3  # all wait for the same

    await writer.flush()
    assert written_ids(path) == ["req_1"]


@pytest.mark.usefixtures("failures")
async def test_each_waits_for_its_commit_as_long_as_it_likes(
    writer: LedgerWriter, path: Path
) -> None:
    first, second, third = (call(f"req_{number}")[0] for number in range(3))
    with locked(path):
        patient = asyncio.ensure_future(writer.write(first))
        hasty = asyncio.ensure_future(writer.write(second, patience_seconds=0.02))
        less_hasty = asyncio.ensure_future(writer.write(third, patience_seconds=0.03))
        for one in (hasty, less_hasty):
            with pytest.raises(NotReadyError, match="not written yet"):
                await asyncio.wait_for(one, 4)
        assert not patient.done()

    await patient
    await writer.flush()
    with sqlite3.connect(path) as check:
        found = check.execute("SELECT id FROM holds ORDER BY id").fetchall()
    check.close()
    assert found == [("req_0",), ("req_1",), ("req_2",)]  # who gave up withdraws it


@pytest.mark.usefixtures("failures")
async def test_closing_gives_up_in_time_and_logs_each_row_it_could_not_write(path: Path) -> None:
    writer = LedgerWriter(path)
    writer.start()
    with capture_logs() as logs, locked(path):
        put_call(writer, "req_1")
        put_call(writer, "req_2", model="x")
        waiting = asyncio.ensure_future(writer.flush())
        await asyncio.sleep(0)

        await asyncio.to_thread(writer.close, patience_seconds=0.05)

        with pytest.raises(NotReadyError):
            await waiting
        with pytest.raises(NotReadyError):
            await writer.flush()
    lost = [log["change"] for log in logs if log["event"] == "ledger_change_lost"]
    rows = [change["row"] for change in lost if change["kind"] == "Settlement"]
    assert rows == [entry("req_1"), entry("req_2", model="x")]
    assert [change["kind"] for change in lost].count("Intent") == 2


async def test_closing_waits_for_a_lock_that_goes(path: Path, failures: Failures) -> None:
    writer = LedgerWriter(path)
    writer.start()
    with locked(path):
        put_call(writer, "req_1")
        await failures.wait()
        closing = asyncio.ensure_future(asyncio.to_thread(writer.close))
        for _ in range(3):
            await failures.wait()
    await closing

    assert written_ids(path) == ["req_1"]


async def test_a_closed_writer_takes_no_call_and_no_row(path: Path) -> None:
    async with open_ledger_writer(path) as writer:
        assert writer.has_room()

    assert not writer.has_room()
    with capture_logs() as logs, pytest.raises(NotReadyError):
        put_call(writer, "req_1")
    assert [log["change"]["row"]["id"] for log in logs] == ["req_1"]


async def test_leaving_by_cancellation_still_writes_what_waits(path: Path) -> None:
    async def serve() -> None:
        async with open_ledger_writer(path) as writer:
            for number in range(1000):
                put_call(writer, f"req_{number:04}")
            task.cancel()
            await asyncio.sleep(0)

    task = asyncio.ensure_future(serve())
    await asyncio.gather(task, return_exceptions=True)

    assert task.cancelled()
    assert len(written_ids(path)) == 1000
