"""The sums begin at the first entry there is, and the triggers that they rely on are there."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from sqlalchemy import URL, create_engine, pool

from app.db import schema
from app.db.migrate import alembic_config
from app.db.sqlite import FILE_NAME
from tests.integration.db.rows import entry


def execute(path: Path, sql: str, *values: object) -> list[Any]:
    with closing(sqlite3.connect(path)) as connection, connection:
        return connection.execute(sql, values).fetchall()


def add_entry(path: Path, entry_id: str, created_at_ms: int) -> None:
    row = entry(entry_id, created_at_ms=created_at_ms)
    columns, marks = ", ".join(row), ", ".join("?" * len(row))
    sql = f"INSERT INTO entries ({columns}) VALUES ({marks})"  # noqa: S608 - the names are ours
    execute(path, sql, *row.values())


def test_entries_from_before_are_yet_to_be_summed_up(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    engine = create_engine(URL.create("sqlite", database=str(path)), poolclass=pool.NullPool)
    with engine.begin() as connection:
        command.upgrade(alembic_config(connection), "0003_accounting")
    add_entry(path, "req_1", 5)

    schema.upgrade(tmp_path)

    assert dict(execute(path, "SELECT name, value FROM usage_marks")) == {
        "rolled_to": 0,
        "paired_to": 0,
        "kept_from": 0,
        "writes": 0,
    }
    assert execute(path, "SELECT id FROM entries") == [("req_1",)]
    assert execute(path, "SELECT * FROM usage_late") == []


def test_an_entry_from_before_the_mark_is_noted_as_late(path: Path) -> None:
    execute(path, "UPDATE usage_marks SET value = 1000 WHERE name = 'rolled_to'")

    for number, created_at_ms in enumerate((999, 1000, 1001, 0)):
        add_entry(path, f"req_{number}", created_at_ms)

    assert execute(path, "SELECT entry_id FROM usage_late") == [("req_0",), ("req_3",)]


def test_entries_can_be_deleted_and_never_changed(path: Path) -> None:
    add_entry(path, "req_1", 5)

    with pytest.raises(sqlite3.IntegrityError, match="entries never change"):
        execute(path, "UPDATE entries SET cost_nusd = 0")
    execute(path, "DELETE FROM entries")
