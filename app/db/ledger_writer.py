"""The one writer of the ledger: a thread that commits what is queued, many rows at a time."""

import asyncio
import sqlite3
import threading
import time
from collections import deque
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from itertools import islice
from operator import itemgetter
from pathlib import Path
from typing import Final

import structlog

from app.core.errors import NotReadyError
from app.db.row_store import COLUMNS, Row, RowStore, Value, named
from app.utils.uninterrupted import uninterrupted

MAX_WAITING: Final = 10_000  # from here on no call is admitted
ROWS_PER_COMMIT: Final = 200
FLUSH_SECONDS: Final = 5.0
CLOSE_SECONDS: Final = 10.0

# After a commit, while nobody waits: a thread that wakes for each row costs a call more than all
# else that the ledger does (docs/decisions/0002-sqlite-one-writer-thread.md).
_REST_SECONDS: Final = 0.005
_IDLE_SECONDS: Final = 5.0  # without a row, until the write-ahead log is copied
_RETRY_SECONDS: Final = (0.05, 0.1, 0.2, 0.5, 1.0)

_pick = itemgetter(*COLUMNS)
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class _Flush:
    """Somebody who waits until so many rows are written."""

    rows: int
    loop: asyncio.AbstractEventLoop
    done: asyncio.Future[None]

    def tell(self, error: NotReadyError | None = None) -> None:
        """End the wait, from whichever thread. Whoever waited may be gone."""
        with suppress(RuntimeError):
            self.loop.call_soon_threadsafe(self._end, error)

    def _end(self, error: NotReadyError | None) -> None:
        if self.done.done():
            return
        if error is None:
            self.done.set_result(None)
        else:
            self.done.set_exception(error)


class LedgerWriter:
    """Takes rows without waiting and commits each exactly once.

    A row leaves memory only when it is committed, or when the database refuses this very row
    (its id is there already): then it is in the log. A locked database or a full disk delays rows
    and loses none.
    """

    def __init__(self, path: Path) -> None:
        """Open an existing file. `open_ledger_writer` also starts and ends the work."""
        self._store = RowStore(path)
        self._rows = deque[Row]()  # the oldest ones are being written
        self._changed = threading.Condition()  # guards the rows and what follows
        self._accepted = 0
        self._written = 0
        self._flushes = deque[_Flush]()
        self._deadline: float | None = None  # set when closing
        self._sleeps = False  # until the next row
        self._thread = threading.Thread(target=self._run, name="ledger-writer", daemon=True)

    def start(self) -> None:
        """Begin to write."""
        self._thread.start()

    def has_room(self) -> bool:
        """Return whether another call may be admitted. Ask before its upstream is called.

        Calls that run already can still leave their rows: `put` takes twice as many.
        """
        return len(self._rows) < MAX_WAITING and self._thread.is_alive()

    def put(self, row: Mapping[str, Value]) -> None:
        """Take a row with a value for every column. It never waits.

        Raises:
            NotReadyError: far too many rows wait, or the writer has ended. The row is in the log.
        """
        if len(row) != len(COLUMNS):
            raise ValueError(f"These are not the columns of an entry: {', '.join(row)}.")
        values: Row = _pick(row)
        with self._changed:
            if len(self._rows) < 2 * MAX_WAITING and self._thread.is_alive():
                self._rows.append(values)
                self._accepted += 1
                if self._sleeps or len(self._rows) == ROWS_PER_COMMIT:
                    self._changed.notify()
                return
        _log.error("ledger_row_lost", row=named(values))
        raise NotReadyError("The ledger can take no further row.", retry_after_seconds=1)

    async def flush(self, *, patience_seconds: float = FLUSH_SECONDS) -> None:
        """Return when every row put before is committed, so that every reader sees it.

        Raises:
            NotReadyError: they are not, after so many seconds. They are still kept.
        """
        with self._changed:
            if not self._rows:
                return
            loop = asyncio.get_running_loop()
            flush = _Flush(self._accepted, loop, loop.create_future())
            self._flushes.append(flush)
            self._changed.notify()
            if not self._thread.is_alive():
                self._end_flushes()
        try:
            async with asyncio.timeout(patience_seconds):
                await flush.done
        except TimeoutError as error:
            raise _not_written() from error
        finally:
            with self._changed, suppress(ValueError):
                self._flushes.remove(flush)

    def close(self, *, patience_seconds: float = CLOSE_SECONDS) -> None:
        """Write what waits, but give up after so many seconds, and end. It blocks.

        Rows that could not be written are in the log.
        """
        with self._changed:
            self._deadline = time.monotonic() + patience_seconds
            self._changed.notify()
        self._thread.join()
        for row in self._rows:
            _log.error("ledger_row_lost", row=named(row))
        self._store.close()

    def _run(self) -> None:
        try:
            while (rows := self._next_rows()) is not None:
                if not rows:
                    self._store.checkpoint()
                elif not self._write(rows):
                    return
                else:
                    self._rest()
        finally:
            with self._changed:
                self._end_flushes()

    def _next_rows(self) -> Sequence[Row] | None:
        """Return the oldest rows; none where none came for a while; None at the end."""
        with self._changed:
            self._sleeps = True
            self._changed.wait_for(
                lambda: self._rows or self._deadline is not None, timeout=_IDLE_SECONDS
            )
            self._sleeps = False
            if not self._rows and self._deadline is not None:
                return None
            return list(islice(self._rows, ROWS_PER_COMMIT))

    def _write(self, rows: Sequence[Row]) -> bool:
        """Write rows, however often it takes. Return whether that was done in time."""
        failures = 0
        while True:
            try:
                self._store.write(rows)
            except sqlite3.Error as error:
                if failures == 0:
                    _log.warning("ledger_stalled", reason=str(error), waiting=len(self._rows))
                if not self._may_retry(_RETRY_SECONDS[min(failures, len(_RETRY_SECONDS) - 1)]):
                    return False
                failures += 1
            else:
                break
        if failures:
            _log.info("ledger_resumed", failures=failures, waiting=len(self._rows))
        self._forget(len(rows))
        return True

    def _rest(self) -> None:
        """Let rows gather for a moment, unless somebody waits for them or there are plenty."""
        with self._changed:
            self._changed.wait_for(
                lambda: (
                    self._flushes
                    or self._deadline is not None
                    or len(self._rows) >= ROWS_PER_COMMIT
                ),
                timeout=_REST_SECONDS,
            )

    def _may_retry(self, delay_seconds: float) -> bool:
        """Wait, but not when the writer is asked to close meanwhile. Return False at the end."""
        with self._changed:
            was_closing = self._deadline is not None
            self._changed.wait_for(
                lambda: self._deadline is not None and not was_closing, timeout=delay_seconds
            )
            return self._deadline is None or time.monotonic() < self._deadline

    def _forget(self, count: int) -> None:
        with self._changed:
            for _ in range(count):
                self._rows.popleft()
            self._written += count
            while self._flushes and self._flushes[0].rows <= self._written:
                self._flushes.popleft().tell()

    def _end_flushes(self) -> None:
        for flush in self._flushes:
            flush.tell(_not_written())


def _not_written() -> NotReadyError:
    return NotReadyError(
        "The newest ledger entries are not written yet. Try again soon.", retry_after_seconds=1
    )


@asynccontextmanager
async def open_ledger_writer(path: Path) -> AsyncGenerator[LedgerWriter]:
    """Open a writer on a database file, and end it when everything is written."""
    writer = LedgerWriter(path)
    writer.start()
    try:
        yield writer
    finally:
        await uninterrupted(asyncio.to_thread(writer.close))
