"""What a process leaves behind that dies, the next one settles at its start."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from structlog.testing import capture_logs

from app.db import ledger_writer
from app.db.ledger_changes import HOLDS, Intent, LeaseRenewal
from app.db.ledger_store import LedgerStore
from app.db.sqlite import FILE_NAME
from app.db.verifier import verify
from app.services.ledger import lease
from tests.integration.db.rows import entry

NOW_MS = 1_795_000_000_000

PRICE = '{"source": "api", "input_token": 20000000, "output_token": 10000000}'


@pytest.fixture
def path(data_dir: Path) -> Path:
    return data_dir / FILE_NAME


def query(path: Path, sql: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(sql).fetchall()


def leave_behind(path: Path, hold_id: str, **facts: Any) -> None:
    """Write what a process wrote that is dead now."""
    row = {name: entry(hold_id).get(name) for name in HOLDS.names}
    row |= {"lease_id": "lease_dead", "units_in": 300, "units_out": 100, **facts}
    with closing(LedgerStore(path)) as store:
        refused = store.write([LeaseRenewal("lease_dead", 0, 1), Intent(HOLDS.row(row))])
    assert refused == []


def test_a_lost_call_gets_its_row_at_what_was_held(app: FastAPI, path: Path) -> None:
    leave_behind(path, "req_1", held_nusd=7_000, price=PRICE)
    leave_behind(path, "req_2", held_nusd=0, price=None)
    assert [line.partition(":")[0] for line in verify(path.parent, NOW_MS).broken] == [
        "req_1",
        "req_2",
    ]

    with capture_logs() as logs, TestClient(app):
        pass

    assert [log["calls"] for log in logs if log["event"] == "lost_calls_settled"] == [2]
    columns = "id, status, error_code, units_in, units_out, basis, cost_nusd, held_nusd"
    assert query(path, f"SELECT {columns} FROM entries ORDER BY id") == [  # noqa: S608 - ours
        ("req_1", "error", "outcome_unknown", 300, 100, "estimated", 7_000, 7_000),
        ("req_2", "error", "outcome_unknown", 300, 100, "estimated", None, 0),
    ]
    assert query(path, "SELECT id FROM holds") == query(path, "SELECT id FROM leases") == []
    assert verify(path.parent, NOW_MS).broken == []


def test_a_process_that_ends_leaves_nothing_behind(app: FastAPI, path: Path) -> None:
    with TestClient(app):
        [(lease_id, until_ms)] = query(path, "SELECT id, until_ms FROM leases")

    assert lease_id.startswith("lease_")
    assert until_ms > 0
    assert query(path, "SELECT id FROM leases") == []


def test_more_lost_calls_than_the_ledger_can_queue_are_settled_too(
    app: FastAPI, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(60):
        leave_behind(path, f"req_{number:02}")
    monkeypatch.setattr(ledger_writer, "MAX_WAITING", 10)
    monkeypatch.setattr(lease, "_SETTLED_AT_ONCE", 10)

    with TestClient(app):
        pass

    assert query(path, "SELECT count(*) FROM entries") == [(60,)]
    assert query(path, "SELECT id FROM holds") == []
