"""Ledger rows, and a second pair of eyes on the file."""

import sqlite3
from collections.abc import Generator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final, Protocol

from app.db.ledger_changes import ENTRIES, HOLDS, Change, Intent, Settlement, Value
from app.db.sqlite import open_read_only

LEASE: Final = "lease_1"


def entry(entry_id: str, **changes: Value) -> dict[str, Value]:
    """Return a good row."""
    row: Mapping[str, Value] = {
        "id": entry_id,
        "created_at_ms": 1_795_000_000_000,
        "settled_at_ms": 1_795_000_000_900,
        "key_id": "key_1",
        "client_request_id": None,
        "task": "chat",
        "model": "made/up:cheapest",
        "upstream": "huggingface",
        "upstream_model": "made/up",
        "stream": True,
        "status": "ok",
        "error_code": None,
        "finish_reason": "stop",
        "units_in": 12,
        "units_out": 34,
        "basis": "reported",
        "attempts": 1,
        "latency_ms": 900,
        "ttft_ms": 90,
        "user_id": "user_1",
        "team_id": None,
        "unit_in": "token",
        "unit_out": "token",
        "cached_in": None,
        "cost_nusd": None,
        "held_nusd": 0,
        "price": None,
        "charged": None,
        "tags": None,
        "end_user": None,
        "tries": None,
    }
    return {**row, **changes}


def call(entry_id: str, **changes: Value) -> Sequence[Change]:
    """Return what the ledger is told of one call, from its intent to its end."""
    row = entry(entry_id, **changes)
    hold = {name: row.get(name) for name in HOLDS.names}
    hold |= {"lease_id": LEASE, "units_in": 0, "units_out": 0}
    return Intent(HOLDS.row(hold)), Settlement(entry_id, LEASE, ENTRIES.row(row))


class TakesChanges(Protocol):
    """Who writes changes down."""

    def put(self, change: Change) -> None: ...


def put_call(writer: TakesChanges, entry_id: str, **changes: Value) -> None:
    """Have one call written down."""
    for change in call(entry_id, **changes):
        writer.put(change)


def written_ids(path: Path) -> list[str]:
    """Return the ids in the ledger, as another program would read them."""
    with closing(open_read_only(path)) as connection:
        return [row[0] for row in connection.execute("SELECT id FROM entries ORDER BY id")]


@contextmanager
def locked(path: Path) -> Generator[None]:
    """Hold the write lock of a file, as another program would."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            connection.execute("ROLLBACK")
