"""An older database gets the newest schema, and is backed up first."""

# pyright: reportPrivateUsage=false

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any, Final, TypeAlias

import pytest

from app.core.errors import ConfigurationError
from app.db import migrate, schema
from app.db.data_lock import hold
from app.db.sqlite import FILE_NAME
from tests.integration.db.rows import entry

THIS: Final = schema.head()
NEXT: Final = "9999_next"
SCRIPT: Final = f"""
import sqlalchemy as sa
from alembic import op

revision = "{NEXT}"
down_revision = "{THIS}"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("entries") as entries:
        entries.add_column(sa.Column("note", sa.Text(), nullable=True))
        entries.alter_column("model", new_column_name="model_name")
    {{extra}}
"""

NewVersion: TypeAlias = Callable[[str], None]


@pytest.fixture
def new_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> NewVersion:
    """Return what makes this version one that knows a further migration."""

    def install(extra: str = "") -> None:
        scripts = tmp_path / "migrations"
        shutil.copytree(migrate._SCRIPTS, scripts, ignore=shutil.ignore_patterns("__pycache__"))
        (scripts / "versions" / "next.py").write_text(SCRIPT.format(extra=extra))
        monkeypatch.setattr(migrate, "_SCRIPTS", scripts)
        monkeypatch.setattr(schema, "REVISIONS", (*schema.REVISIONS, NEXT))

    return install


@pytest.fixture
def old_database(path: Path) -> Path:
    """Return a database with one entry, written before the new version."""
    with closing(sqlite3.connect(path)) as connection:
        row = entry("req_1")
        columns, marks = ", ".join(row), ", ".join("?" * len(row))
        connection.execute(
            f"INSERT INTO entries ({columns}) VALUES ({marks})",  # noqa: S608 - the names are ours
            tuple(row.values()),
        )
        connection.commit()
    return path


def query(path: Path, sql: str) -> list[Any]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(sql).fetchall()


def test_an_upgrade_migrates_the_rows_and_keeps_the_old_file(
    old_database: Path, new_version: NewVersion
) -> None:
    new_version("")

    backup = schema.upgrade(old_database.parent)

    assert schema.current(old_database.parent) == NEXT
    assert query(old_database, "SELECT id, model_name, note FROM entries") == [
        ("req_1", "made/up:cheapest", None)
    ]
    assert backup is not None
    assert backup.parent == old_database.parent / "backups"
    assert backup.name.startswith(f"meterhouse-{THIS}-20")
    assert backup.stat().st_mode & 0o777 == 0o600
    assert query(backup, "SELECT version_num FROM alembic_version") == [(THIS,)]
    assert query(backup, "SELECT id, model FROM entries") == [("req_1", "made/up:cheapest")]
    assert query(backup, "PRAGMA integrity_check") == [("ok",)]


def test_checks_and_indexes_survive_a_migration(
    old_database: Path, new_version: NewVersion
) -> None:
    new_version("")

    schema.upgrade(old_database.parent)

    (table,) = query(old_database, "SELECT sql FROM sqlite_master WHERE name = 'entries'")
    assert "ck_entries_status" in table[0]
    indexes = query(old_database, "SELECT name FROM pragma_index_list('entries')")
    assert ("ix_entries_key_id_created_at_ms",) in indexes


def test_a_second_upgrade_does_nothing(old_database: Path, new_version: NewVersion) -> None:
    new_version("")
    schema.upgrade(old_database.parent)

    assert schema.upgrade(old_database.parent) is None
    assert len(list((old_database.parent / "backups").iterdir())) == 1


@pytest.mark.parametrize(
    "failure",
    [
        'op.execute("INSERT INTO nowhere VALUES (1)")',
        'raise OSError("no space left")',
    ],
)
def test_a_failing_migration_leaves_the_database_as_it_was(
    old_database: Path, new_version: NewVersion, failure: str
) -> None:
    new_version(failure)

    with pytest.raises(ConfigurationError, match="is not upgraded, and as it was before") as caught:
        schema.upgrade(old_database.parent)

    assert len(caught.value.problems) == 1
    assert "\n" not in caught.value.problems[0]
    assert schema.current(old_database.parent) == THIS
    assert query(old_database, "SELECT id, model FROM entries") == [("req_1", "made/up:cheapest")]


def test_a_migration_that_orphans_rows_is_undone(
    old_database: Path, new_version: NewVersion
) -> None:
    new_version(
        'op.execute("CREATE TABLE child (id TEXT REFERENCES api_keys (id))")\n'
        "    op.execute(\"INSERT INTO child VALUES ('key_nobody')\")"
    )

    with pytest.raises(ConfigurationError, match="a row of child is left without its parent"):
        schema.upgrade(old_database.parent)

    assert schema.current(old_database.parent) == THIS


def test_a_directory_in_use_is_not_upgraded(old_database: Path, new_version: NewVersion) -> None:
    new_version("")

    with (
        hold(old_database.parent),
        pytest.raises(ConfigurationError, match="is in use by another Meterhouse"),
    ):
        schema.upgrade(old_database.parent)

    assert schema.current(old_database.parent) == THIS


def test_no_backup_no_upgrade(old_database: Path, new_version: NewVersion) -> None:
    new_version("")
    (old_database.parent / "backups").write_text("in the way")

    with pytest.raises(ConfigurationError, match="is not upgraded"):
        schema.upgrade(old_database.parent)

    assert schema.current(old_database.parent) == THIS


def test_rows_in_the_log_of_a_crashed_server_are_in_the_backup(
    old_database: Path, new_version: NewVersion, tmp_path: Path
) -> None:
    crashed = tmp_path / "crashed"
    crashed.mkdir()
    with closing(sqlite3.connect(old_database)) as connection:
        connection.execute("PRAGMA wal_autocheckpoint=0")
        connection.execute("UPDATE changes SET counter = 41")
        connection.commit()
        for suffix in ("", "-wal"):  # as they are when the process dies
            shutil.copy(f"{old_database}{suffix}", f"{crashed / FILE_NAME}{suffix}")
    new_version("")

    backup = schema.upgrade(crashed)

    assert backup is not None
    assert query(backup, "SELECT counter FROM changes") == [(41,)]
    assert query(crashed / FILE_NAME, "SELECT counter FROM changes") == [(41,)]
