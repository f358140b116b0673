"""Ledger rows, and a second pair of eyes on the file."""

import sqlite3
from collections.abc import Generator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

from app.db.row_store import Value
from app.db.sqlite import open_read_only


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
