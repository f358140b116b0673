"""Changes into the SQLite file, many in one commit, and its write-ahead log kept short."""

import sqlite3
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Final, TypeVar

import structlog

from app.db.ledger_batch import Batch, Statements
from app.db.ledger_changes import Change, Intent, Settlement, TopUp, described
from app.db.sqlite import WritingConnection

# A commit adds about five pages of 4 KiB to the log, and each change of a large one up to three.
_COMMITS_PER_CHECKPOINT: Final = 250
_CHANGES_PER_CHECKPOINT: Final = 2_000
_LONG_LOG_PAGES: Final = 2_000  # from here on, readers are waited for
_FIRST_WAIT_SECONDS: Final = 0.01
_LONGEST_WAIT_SECONDS: Final = 1.0

_BUSY_TIMEOUT: Final = "PRAGMA busy_timeout=1000"  # the caller tries again by itself
_DURABLE: Final = "PRAGMA synchronous=FULL"
_QUICK: Final = "PRAGMA synchronous=NORMAL"

# What one change can be refused for, while the others are good.
_FAULTS: Final = (
    sqlite3.IntegrityError,
    sqlite3.DataError,
    sqlite3.InterfaceError,
    sqlite3.ProgrammingError,
    OverflowError,
    UnicodeEncodeError,
)

_Writable = TypeVar("_Writable")
_log = structlog.get_logger(__name__)


class LedgerStore:
    """Two connections of one thread: one that writes, one that checkpoints.

    SQLite before 3.51.3 can lose a commit that happens while another connection checkpoints. So
    no connection checkpoints by itself, and this one does it only while it has the write lock.
    """

    def __init__(self, path: Path) -> None:
        """Open an existing file. Only one thread at a time may use the store."""
        self._connection = WritingConnection(path, check_same_thread=False)
        self._connection.execute(_BUSY_TIMEOUT)
        self._cursor = self._connection.cursor()  # the only one: making one for each costs more
        self._checkpointer = WritingConnection(path, check_same_thread=False)
        self._statements = Statements()
        self._durability = ""  # of the commits of this connection
        self._commits = self._changes = 0  # of this connection since the last checkpoint
        self._version = -1  # changes when another connection commits
        self._wait_seconds = 0.0

    def write(self, changes: Sequence[Change]) -> Sequence[Change]:
        """Commit changes, and return those that the database refuses for themselves.

        Those are in the log instead. A change that is durable survives a power cut once this
        returns; others survive whatever befalls the process.

        Raises:
            sqlite3.Error: nothing was written, and nothing is lost by trying again.
        """
        self._set_durability(_DURABLE if any(map(_is_durable, changes)) else _QUICK)
        refused: list[Change] = []
        try:
            with self._transaction():
                Batch(self._cursor, self._statements, changes).write()
        except _FAULTS:
            with self._transaction():
                refused = [change for change in changes if not self._write_alone(change)]
        self._commits += 1
        self._changes += len(changes)
        if self._commits >= _COMMITS_PER_CHECKPOINT or self._changes >= _CHANGES_PER_CHECKPOINT:
            self.checkpoint()
        return refused

    def checkpoint(self) -> None:
        """Copy what was committed into the database file, if anything was since the last time.

        The next commit then starts the write-ahead log anew, unless a reader still needs it.
        """
        try:
            (version,) = self._connection.execute("PRAGMA data_version").fetchone()
            if self._commits == 0 and version == self._version:
                return
            with self._transaction():
                self._copy_log()
        except sqlite3.Error as error:
            _log.warning("checkpoint_failed", reason=str(error))
        else:
            self._version = version
        self._commits = self._changes = 0  # after a failure too: the next try comes in its turn

    def close(self) -> None:
        """Close both connections. The last one of the process checkpoints as it goes."""
        self._checkpointer.close()
        self._connection.close()

    def _set_durability(self, pragma: str) -> None:
        if pragma != self._durability:
            self._cursor.execute(pragma)
            self._durability = pragma

    def _copy_log(self) -> None:
        """Copy the log; if it has grown long, wait until no reader needs it any more.

        Readers that come while we have the write lock read the copied file alone. So it takes only
        as long as those that were there before, and where that was too short, longer next time.
        """
        if self._copy_what_readers_allow() < _LONG_LOG_PAGES:
            self._wait_seconds = 0.0
            return
        self._wait_seconds = min(
            max(self._wait_seconds * 2, _FIRST_WAIT_SECONDS), _LONGEST_WAIT_SECONDS
        )
        for _ in range(2):
            time.sleep(self._wait_seconds)
            self._copy_what_readers_allow()

    def _copy_what_readers_allow(self) -> int:
        """Return how many pages the log has."""
        _, pages, _ = self._checkpointer.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
        return int(pages)

    def _write_alone(self, change: Change) -> bool:
        """Write one change as it is, or else with its texts made writable; say whether it was."""
        for candidate in (change, _cleaned(change)):
            self._cursor.execute("SAVEPOINT change")
            try:
                Batch(self._cursor, self._statements, (candidate,)).write()
            except _FAULTS as error:
                self._cursor.execute("ROLLBACK TO change")
                reason = str(error)
            else:
                return True
            finally:
                self._cursor.execute("RELEASE change")
        _log.error("ledger_change_refused", reason=reason, change=described(change))
        return False

    @contextmanager
    def _transaction(self) -> Generator[None]:
        self._cursor.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._cursor.execute("COMMIT")
        except BaseException:
            with suppress(sqlite3.Error):  # some failures have rolled back already
                self._cursor.execute("ROLLBACK")
            raise


def _is_durable(change: Change) -> bool:
    return isinstance(change, Intent | TopUp) and change.is_durable


def _cleaned(change: Change) -> Change:
    """Return a change without the half characters that JSON can hold and UTF-8 cannot."""
    if isinstance(change, Intent | Settlement):
        return replace(change, row=tuple(map(_writable, change.row)))
    return change


def _writable(value: _Writable) -> _Writable | str:
    return value.encode(errors="replace").decode() if isinstance(value, str) else value
