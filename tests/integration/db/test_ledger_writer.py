"""Rows of the ledger: taken without waiting, committed in groups, each exactly once."""

# pyright: reportPrivateUsage=false

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

from app.db.database import open_database
from app.db.ledger_changes import ENTRIES, Value
from app.db.ledger_writer import LedgerWriter, open_ledger_writer
from tests.integration.db.rows import entry, locked, put_call, written_ids


@pytest.fixture
async def writer(path: Path) -> AsyncGenerator[LedgerWriter]:
    async with open_ledger_writer(path) as opened:
        yield opened


async def test_a_flushed_row_is_there_for_everybody(writer: LedgerWriter, path: Path) -> None:
    put_call(writer, "req_1")
    await writer.flush()

    assert written_ids(path) == ["req_1"]


async def test_a_row_keeps_every_value(writer: LedgerWriter, path: Path) -> None:
    values: dict[str, Value] = {"model": "näïve 模型", "units_in": 2**62, "stream": False}

    put_call(writer, "req_1", **values)
    await writer.flush()

    async with open_database(path.parent) as db, db.reading() as session:
        found = (await session.execute(text("SELECT * FROM entries"))).mappings().one()
    assert dict(found) == entry("req_1", **values)


async def test_a_flush_with_nothing_to_write_returns(writer: LedgerWriter) -> None:
    await writer.flush(patience_seconds=0)


async def test_many_flushes_end_together(writer: LedgerWriter, path: Path) -> None:
    async def record(number: int) -> None:
        put_call(writer, f"req_{number:04}")
        await writer.flush()

    await asyncio.gather(*(record(number) for number in range(300)))

    assert len(written_ids(path)) == 300


async def test_what_waits_is_committed_at_once(writer: LedgerWriter, path: Path) -> None:
    statements: list[str] = []
    writer._store._connection.set_trace_callback(statements.append)
    with locked(path):
        for number in range(450):
            put_call(writer, f"req_{number:04}")
    await writer.flush()

    assert len(written_ids(path)) == 450
    # Two changes a call. The first commit may hold only what came until the thread began.
    assert 5 <= statements.count("COMMIT") <= 6


async def test_leaving_writes_what_waits(path: Path) -> None:
    async with open_ledger_writer(path) as writer:
        for number in range(1000):
            put_call(writer, f"req_{number:04}")

    assert len(written_ids(path)) == 1000


async def test_a_second_row_for_a_call_is_refused_alone(writer: LedgerWriter, path: Path) -> None:
    with capture_logs() as logs:
        with locked(path):  # so that they are in one batch
            for number, entry_id in enumerate(("req_1", "req_2", "req_1", "req_3")):
                put_call(writer, entry_id, model=f"m{number}")
        await writer.flush()
        put_call(writer, "req_4")
        await writer.flush()

    assert written_ids(path) == ["req_1", "req_2", "req_3", "req_4"]
    refused = [log for log in logs if log["event"] == "ledger_change_refused"]
    rows = [log["change"]["row"] for log in refused]
    assert [(row["id"], row["model"]) for row in rows] == [("req_1", "m2")]
    assert "UNIQUE" in refused[0]["reason"]


@pytest.mark.parametrize(
    "change", [{"status": "weird"}, {"units_in": 2**63}, {"task": None}, {"model": ["a", "list"]}]
)
async def test_an_impossible_row_does_not_harm_the_others(
    writer: LedgerWriter, path: Path, change: dict[str, Any]
) -> None:
    with capture_logs() as logs:
        for number in range(3):
            put_call(writer, f"req_{number}", **(change if number == 1 else {}))
        await writer.flush()

    assert written_ids(path) == ["req_0", "req_2"]
    refused = [
        log["change"]["row"]["id"] for log in logs if log["event"] == "ledger_change_refused"
    ]
    assert set(refused) == {"req_1"}


async def test_text_that_utf8_cannot_hold_does_not_cost_the_row(
    writer: LedgerWriter, path: Path
) -> None:
    put_call(writer, "req_1", model="half \ud83d emoji")
    await writer.flush()

    async with open_database(path.parent) as db, db.reading() as session:
        assert (await session.execute(text("SELECT model FROM entries"))).scalar() == "half ? emoji"


async def test_a_row_with_other_columns_is_a_mistake_of_the_caller(writer: LedgerWriter) -> None:
    with pytest.raises(ValueError, match="not the columns"):
        put_call(writer, "req_1", colour="red")
    with pytest.raises(ValueError, match="not the columns"):
        ENTRIES.row({"id": "req_1"})
