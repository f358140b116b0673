"""A database of version 0.1, which knew no people, gets an owner for every key."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from sqlalchemy import URL, create_engine, pool

from app.core.ids import is_id
from app.db import schema
from app.db.migrate import alembic_config
from app.db.sqlite import FILE_NAME, WritingConnection
from tests.integration.db.rows import entry

COLUMNS_OF_0_1 = (
    *("id", "created_at_ms", "settled_at_ms", "key_id", "client_request_id", "task", "model"),
    *("upstream", "upstream_model", "stream", "status", "error_code", "finish_reason"),
    *("units_in", "units_out", "basis", "attempts", "latency_ms", "ttft_ms"),
)
_COLUMNS = "id, name, digest, pepper_version, prefix, last4, scopes, created_at_ms"


def execute(path: Path, sql: str, *values: object) -> list[Any]:
    with closing(sqlite3.connect(path, factory=WritingConnection)) as connection:
        return connection.execute(sql, values).fetchall()


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """Return the database file of version 0.1, with one entry and no key."""
    path = tmp_path / FILE_NAME
    engine = create_engine(URL.create("sqlite", database=str(path)), poolclass=pool.NullPool)
    with engine.begin() as connection:
        command.upgrade(alembic_config(connection), "0001_first_tables")
    row = {name: entry("req_1")[name] for name in COLUMNS_OF_0_1}
    columns, marks = ", ".join(row), ", ".join("?" * len(row))
    sql = f"INSERT INTO entries ({columns}) VALUES ({marks})"  # noqa: S608 - the names are ours
    execute(path, sql, *row.values())
    return path


def add_key(path: Path, key_id: str, *scopes: str) -> None:
    sql = f"INSERT INTO api_keys ({_COLUMNS}) VALUES (?, 'ci', ?, 7, 'mh_abcde', 'wxyz', ?, 5)"  # noqa: S608
    execute(path, sql, key_id, key_id.encode(), "[" + ", ".join(f'"{s}"' for s in scopes) + "]")


def test_keys_without_an_owner_go_to_one_admin(old: Path) -> None:
    add_key(old, "key_1", "inference", "manage")
    add_key(old, "key_2", "inference")

    schema.upgrade(old.parent)

    [(user_id, *user)] = execute(
        old, "SELECT id, email, name, role, password_hash, disabled_at_ms FROM users"
    )
    assert is_id(user_id, "user")
    assert user == ["admin@localhost", "Admin", "admin", None, None]
    keys = execute(
        old,
        "SELECT id, digest, scopes, user_id, team_id, allowed_models, tags, created_by "
        "FROM api_keys ORDER BY id",
    )
    assert keys == [
        ("key_1", b"key_1", '["inference", "manage"]', user_id, None, None, "{}", None),
        ("key_2", b"key_2", '["inference"]', user_id, None, None, "{}", None),
    ]


def test_where_no_key_was_made_nobody_is_made_up(old: Path) -> None:
    schema.upgrade(old.parent)

    assert execute(old, "SELECT count(*) FROM users") == [(0,)]


def test_old_entries_stay_and_name_nobody(old: Path) -> None:
    add_key(old, "key_1", "inference")

    schema.upgrade(old.parent)

    assert execute(old, "SELECT id, key_id, user_id, team_id FROM entries") == [
        ("req_1", "key_1", None, None)
    ]


def test_changes_are_counted_from_nothing_on(old: Path) -> None:
    schema.upgrade(old.parent)

    assert execute(old, "SELECT name, counter FROM changes") == [("access", 0)]


def test_the_keys_of_a_user_go_with_them_and_no_key_has_an_unknown_owner(old: Path) -> None:
    add_key(old, "key_1", "inference")
    schema.upgrade(old.parent)

    with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"):
        execute(old, "UPDATE api_keys SET user_id = 'user_nobody'")
    execute(old, "DELETE FROM users")

    assert execute(old, "SELECT count(*) FROM api_keys") == [(0,)]


AUDIT_ROW = (
    "INTO audit_log (id, at_ms, actor_kind, actor_id, actor_name, action, object_type, object_id) "
    "VALUES ('audit_1', 1, 'user', 'user_1', 'Ana', 'user.create', 'user', 'user_2')"
)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE audit_log SET actor_name = 'x'",
        "DELETE FROM audit_log",
        f"INSERT OR REPLACE {AUDIT_ROW.replace('Ana', 'x')}",
    ],
)
def test_the_audit_log_only_grows(path: Path, sql: str) -> None:
    execute(path, f"INSERT {AUDIT_ROW}")

    with pytest.raises(sqlite3.IntegrityError, match="the audit log only grows"):
        execute(path, sql)

    assert execute(path, "SELECT actor_name FROM audit_log") == [("Ana",)]
