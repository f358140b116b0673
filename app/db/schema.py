"""Which schema a data directory has, and how it gets the newest."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from app.core.clock import SystemClock
from app.core.errors import ConfigurationError
from app.db.data_lock import hold
from app.db.sqlite import FILE_NAME, WritingConnection, display, open_read_only

# Oldest first. Kept here too, so that a start need not load Alembic to know them.
REVISIONS: Final = (
    "0001_first_tables",
    "0002_people",
    "0003_accounting",
    "0004_rollups",
    "0005_models",
    "0006_sessions",
    "0007_units",
)

# What they come to: `make schema` writes it, and a test compares them.
NEWEST: Final = Path(__file__).with_name("newest.sql")

_BACKUPS: Final = "backups"


def head() -> str:
    """Return the schema that this version needs."""
    return REVISIONS[-1]


def current(data_dir: Path) -> str | None:
    """Return the schema of a data directory, or None where there is no database yet.

    Raises:
        ConfigurationError: there is a file, but it is not a Meterhouse database.
    """
    path = data_dir / FILE_NAME
    try:
        if not path.exists():
            return None
        with closing(open_read_only(path)) as connection:
            tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
            if not tables:
                return None
            if "alembic_version" in tables:
                row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
                return None if row is None else str(row[0])
    except (OSError, sqlite3.Error) as error:
        raise ConfigurationError(
            f"The database {display(path)} cannot be read: {error}. "
            f"Move it away and put a copy from {display(data_dir / _BACKUPS)} in its place."
        ) from error
    raise ConfigurationError(
        f"The file {display(path)} is a database, but not one of Meterhouse. "
        "Move it away, or choose another directory with --data."
    )


def require_head(data_dir: Path) -> None:
    """Return if this version can work with the data directory as it is.

    Raises:
        ConfigurationError: its schema is older, newer or missing, or the file is broken.
    """
    found = current(data_dir)
    if found != head():
        path = data_dir / FILE_NAME
        _refuse_unknown(path, found)
        state = "has no tables yet" if found is None else f"is at schema {found}"
        raise ConfigurationError(
            f"The database {display(path)} {state}, this version needs {head()}. "
            "Run `meterhouse db upgrade` (it backs the file up first)."
        )


def upgrade(data_dir: Path) -> Path | None:
    """Bring a data directory to the newest schema, and return where the old file was copied to.

    A new directory gets its first schema; there is nothing to copy then.

    Raises:
        ConfigurationError: the directory is in use, or its database cannot be upgraded.
    """
    with hold(data_dir):
        path = data_dir / FILE_NAME
        found = current(data_dir)
        if found == head():
            return None
        _refuse_unknown(path, found)
        path.touch(mode=0o600)
        try:
            if found is None:
                _make(path)
                return None
            backup = _back_up(path, found)
            _migrate(path)
        except (OSError, sqlite3.Error, SQLAlchemyError) as error:
            reason = error.orig if isinstance(error, DBAPIError) else error
            raise ConfigurationError(
                f"The database {display(path)} is not upgraded, and as it was before: {reason}"
            ) from error
        return backup


def _refuse_unknown(path: Path, found: str | None) -> None:
    if found is not None and found not in REVISIONS:
        raise ConfigurationError(
            f"The database {display(path)} is at schema {found}, which this version does not "
            f"know: it knows up to {head()}. Use the newer Meterhouse that wrote it, or put a copy "
            f"from {display(path.parent / _BACKUPS)} in its place."
        )


def _back_up(path: Path, revision: str) -> Path:
    """Copy the database, and give the copy its name only when it is complete."""
    folder = path.parent / _BACKUPS
    folder.mkdir(mode=0o700, exist_ok=True)
    moment = SystemClock().now().strftime("%Y%m%dT%H%M%SZ")
    backup = folder / f"{path.stem}-{revision}-{moment}.db"
    partial = backup.with_suffix(".partial")
    partial.touch(mode=0o600)
    with closing(open_read_only(path)) as source, closing(sqlite3.connect(partial)) as target:
        source.backup(target)
    partial.replace(backup)
    return backup


def _make(path: Path) -> None:
    """Make the newest schema in one transaction, in a hundredth of what the migrations take."""
    with closing(sqlite3.connect(path, factory=WritingConnection)) as connection:
        connection.executescript(NEWEST.read_text(encoding="utf-8"))


def _migrate(path: Path) -> None:
    # Alembic takes 0.2 s to load, and a start does not need it.
    from app.db.migrate import migrate  # noqa: PLC0415

    migrate(path)
