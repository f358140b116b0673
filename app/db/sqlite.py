"""Connections to the SQLite file, the same for everybody who opens one."""

import sqlite3
from pathlib import Path
from typing import Any, Final
from weakref import WeakSet

FILE_NAME: Final = "meterhouse.db"

_PRAGMAS: Final = (
    "PRAGMA busy_timeout=5000",
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=NORMAL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA journal_size_limit=67108864",
    # Only the ledger's writer checkpoints: docs/decisions/0002-sqlite-one-writer-thread.md.
    "PRAGMA wal_autocheckpoint=0",
)

# The machine, not the statement, is at fault: another try may work.
_PASSING: Final = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PROTOCOL,
    }
)


class WritingConnection(sqlite3.Connection):
    """A connection for short transactions that write.

    It begins no transaction by itself: whoever uses it says BEGIN IMMEDIATE.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Open a file with the arguments of `sqlite3.connect`."""
        super().__init__(*args, **kwargs)
        self._cursors = WeakSet[sqlite3.Cursor]()
        self.isolation_level = None
        for pragma in _PRAGMAS:
            self.execute(pragma)

    def cursor(self, *args: Any, **kwargs: Any) -> Any:
        """Open a cursor, and remember it for as long as somebody else does."""
        cursor = super().cursor(*args, **kwargs)
        self._cursors.add(cursor)
        return cursor

    def close(self) -> None:
        """Let go of the file and its locks now.

        Otherwise SQLite waits until the last cursor is gone, and the traceback of a cancelled
        task may keep one for long.
        """
        for cursor in list(self._cursors):
            cursor.close()
        super().close()


class ReadingConnection(WritingConnection):
    """A connection on which every write is refused."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Open a file with the arguments of `sqlite3.connect`."""
        super().__init__(*args, **kwargs)
        self.execute("PRAGMA query_only=1")


def open_read_only(path: Path) -> sqlite3.Connection:
    """Open an existing file without changing anything, not even its journal mode."""
    uri = f"{path.absolute().as_uri()}?mode=ro"
    return sqlite3.connect(uri, uri=True, isolation_level=None)


def may_pass(error: sqlite3.Error) -> bool:
    """Return whether the same statement may work later: locked, disk full, failing disk."""
    code: int | None = getattr(
        error, "sqlite_errorcode", None
    )  # extended: the low byte is the kind
    return code is not None and code & 0xFF in _PASSING


def display(path: Path) -> str:
    """Return a path as people would type it."""
    return str(path) if path.is_absolute() else f"./{path}"
