"""Bodies go with their entries, are bounded while they wait, and never reach the log."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from app.core.errors import NotReadyError
from app.db import ledger_writer
from app.db.ledger_changes import BODIES, Change, Settlement
from app.db.ledger_writer import LedgerWriter, open_ledger_writer
from tests.integration.db.rows import call, locked, written_ids


def put_with_body(writer: LedgerWriter, entry_id: str, text: str) -> None:
    for change in with_body(entry_id, text):
        writer.put(change)


def with_body(entry_id: str, text: str) -> Sequence[Change]:
    """Return what the ledger is told of a call whose request is stored."""
    values = {"request": text, "answer": "", "expires_at_ms": 1, "is_cut": False}
    body = BODIES.row({"entry_id": entry_id, **values})
    intent, settlement = call(entry_id)
    assert isinstance(settlement, Settlement)
    return intent, replace(settlement, body=body)


def stored_ids(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return [row[0] for row in connection.execute("SELECT entry_id FROM bodies ORDER BY 1")]


async def test_a_body_is_written_with_its_entry(path: Path) -> None:
    async with open_ledger_writer(path) as writer:
        put_with_body(writer, "req_1", "a question")
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

    _, settlement = with_body("req_1", "said in confidence")
    with capture_logs() as logs, pytest.raises(NotReadyError):
        writer.put(settlement)

    assert [one["event"] for one in logs] == ["ledger_change_lost"]
    assert "req_1" in str(logs)
    assert "confidence" not in str(logs)
