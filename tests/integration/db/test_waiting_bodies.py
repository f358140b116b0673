"""Bodies go with their entries, are bounded while they wait, and never reach the log."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from app.core.errors import NotReadyError
from app.db import ledger_writer
from app.db.ledger_changes import BODIES, Settlement
from app.db.ledger_writer import LedgerWriter, open_ledger_writer
from tests.integration.db.rows import call, locked, written_ids


def put_with_body(writer: LedgerWriter, entry_id: str, text: str = "said in confidence") -> None:
    values = {"request": text, "answer": "", "expires_at_ms": 1, "is_cut": False}
    body = BODIES.row({"entry_id": entry_id, **values})
    for change in call(entry_id):
        writer.put(replace(change, body=body) if isinstance(change, Settlement) else change)


def stored_ids(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return [row[0] for row in connection.execute("SELECT entry_id FROM bodies ORDER BY 1")]


async def test_a_body_is_written_with_its_entry(path: Path) -> None:
    async with open_ledger_writer(path) as writer:
        put_with_body(writer, "req_1")
        await writer.flush()

        assert written_ids(path) == stored_ids(path) == ["req_1"]


async def test_entries_go_without_bodies_when_too_many_wait(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger_writer, "MAX_BODY_CHARACTERS", 50)
    async with open_ledger_writer(path) as writer:
        with locked(path), capture_logs() as logs:
            for number in range(4):
                put_with_body(writer, f"req_{number}", "x" * 20)
        await writer.flush()
        put_with_body(writer, "req_4", "x" * 20)  # there is room again
        await writer.flush()

    assert len(written_ids(path)) == 5
    assert stored_ids(path) == ["req_0", "req_1", "req_4"]
    assert [one["event"] for one in logs].count("body_not_stored") == 2


async def test_what_users_wrote_is_not_in_the_log(path: Path) -> None:
    async with open_ledger_writer(path) as writer:
        pass

    with capture_logs() as logs, pytest.raises(NotReadyError):
        put_with_body(writer, "req_1")

    lost = [one for one in logs if one["event"] == "ledger_change_lost"]
    assert lost
    assert "confidence" not in str(logs)
