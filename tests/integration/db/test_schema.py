"""Which schema a data directory has, and what is said about it."""

# pyright: reportPrivateUsage=false

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory

from app.core.errors import ConfigurationError
from app.db import migrate, schema
from app.db.database import open_database
from app.db.sqlite import FILE_NAME
from tests.integration.db import newest


def set_revision(path: Path, revision: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", (revision,))
        connection.commit()


def overwrite(path: Path, content: bytes, *, start: int = 0) -> None:
    with path.open("r+b") as file:
        file.seek(start)
        file.write(content)


async def refusal(data_dir: Path) -> str:
    with pytest.raises(ConfigurationError) as caught:
        async with open_database(data_dir):
            pass
    assert len(caught.value.problems) == 1
    return caught.value.message


def test_the_known_revisions_are_those_of_the_migrations() -> None:
    scripts = ScriptDirectory(str(migrate._SCRIPTS))

    revisions = [script.revision for script in scripts.walk_revisions()]

    assert list(schema.REVISIONS) == revisions[::-1]
    assert schema.head() == scripts.get_current_head()


def test_a_new_directory_has_no_schema(tmp_path: Path) -> None:
    assert schema.current(tmp_path / "data") is None
    assert not (tmp_path / "data").exists()


def test_an_upgrade_makes_a_private_database_at_head(tmp_path: Path) -> None:
    data_dir = tmp_path / "an odd?name %20#1" / "data"

    backup = schema.upgrade(data_dir)

    assert backup is None
    assert schema.current(data_dir) == schema.head()
    assert data_dir.stat().st_mode & 0o777 == 0o700
    assert (data_dir / FILE_NAME).stat().st_mode & 0o777 == 0o600


def test_a_new_database_is_what_the_migrations_come_to(path: Path) -> None:
    expected = newest.migrated()

    assert schema.NEWEST.read_text() == expected, "Run `make schema`."
    assert newest.dump(path) == expected


def test_a_database_that_cannot_be_made_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "broken.sql"
    broken.write_text(schema.NEWEST.read_text().replace("COMMIT;", "CREATE TABLE;"))
    monkeypatch.setattr(schema, "NEWEST", broken)

    with pytest.raises(ConfigurationError, match="is not upgraded, and as it was before: "):
        schema.upgrade(tmp_path / "data")

    assert schema.current(tmp_path / "data") is None


def test_asking_for_the_schema_changes_nothing(path: Path) -> None:
    before = path.read_bytes()

    schema.current(path.parent)

    assert path.read_bytes() == before


async def test_a_missing_database_is_refused(tmp_path: Path) -> None:
    message = await refusal(tmp_path)

    assert "has no tables yet" in message
    assert "meterhouse db upgrade" in message
    assert not (tmp_path / FILE_NAME).exists()


async def test_an_older_schema_is_refused_with_the_command_that_helps(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = schema.head()
    monkeypatch.setattr(schema, "REVISIONS", (here, "9999_more"))

    assert await refusal(data_dir) == (
        f"The database {data_dir / FILE_NAME} is at schema {here}, this version needs "
        "9999_more. Run `meterhouse db upgrade` (it backs the file up first)."
    )


async def test_a_newer_schema_is_refused(data_dir: Path, path: Path) -> None:
    set_revision(path, "0099_from_the_future")

    message = await refusal(data_dir)

    assert "0099_from_the_future, which this version does not know" in message
    with pytest.raises(ConfigurationError, match="does not know"):
        schema.upgrade(data_dir)


async def test_a_file_that_is_no_database_is_refused(data_dir: Path, path: Path) -> None:
    overwrite(path, b"These are my holiday notes. " * 1000)

    message = await refusal(data_dir)

    assert "cannot be read: file is not a database" in message
    assert "backups" in message


async def test_a_damaged_database_is_refused(data_dir: Path, path: Path) -> None:
    overwrite(path, b"\xff" * 4000, start=100)

    assert "cannot be read: database disk image is malformed" in await refusal(data_dir)


async def test_the_database_of_another_program_is_refused(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / FILE_NAME)) as connection:
        connection.execute("CREATE TABLE recipes (name TEXT)")

    assert "not one of Meterhouse" in await refusal(tmp_path)
    with pytest.raises(ConfigurationError, match="not one of Meterhouse"):
        schema.upgrade(tmp_path)


def test_a_folder_in_place_of_the_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).mkdir()

    with pytest.raises(ConfigurationError, match="cannot be read: "):
        schema.current(tmp_path)


def test_a_file_in_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")

    with pytest.raises(ConfigurationError, match="cannot be used: File exists"):
        schema.upgrade(tmp_path / "data")
