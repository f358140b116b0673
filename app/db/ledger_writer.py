"""The one writer of the ledger: a thread that commits what is queued, many changes at a time."""

import asyncio
import sqlite3
import threading
import time
from collections import deque
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Final

import structlog

from app.core.errors import AppError, NotReadyError
from app.db.ledger_changes import Change, Nothing, Settlement, described
from app.db.ledger_store import LedgerStore
from app.utils.uninterrupted import uninterrupted

MAX_WAITING: Final = 10_000  # from here on no call is admitted
MAX_BODY_CHARACTERS: Final = 64 * 1024 * 1024  # that wait; beyond it, entries go without bodies
CHANGES_PER_COMMIT: Final = 200
FLUSH_SECONDS: Final = 5.0
CLOSE_SECONDS: Final = 10.0

# After a commit, while nobody waits: a thread that wakes for each change costs a call more than all
# else that the ledger does (docs/decisions/0002-sqlite-one-writer-thread.md).
_REST_SECONDS: Final = 0.005
_IDLE_SECONDS: Final = 5.0  # without a change, until the write-ahead log is copied
_NEVER: Final = float("inf")
_RETRY_SECONDS: Final = (0.05, 0.1, 0.2, 0.5, 1.0)

_log = structlog.get_logger(__name__)


@dataclass(slots=True, eq=False)
class _Queued:
    """A change, and who waits until it is committed."""

    change: Change
    done: asyncio.Future[None] | None = None
    gives_up_at: float = _NEVER  # on the event loop's clock
    body_characters: int = 0  # stored beside the change itself


class LedgerWriter:
    """Takes changes without waiting and commits each exactly once, in the order they came.

    A change leaves memory only when it is committed, or when the database refuses this very one:
    then it is in the log. A locked database or a full disk delays changes and loses none.
    """

    def __init__(self, path: Path) -> None:
        """Open an existing file. `open_ledger_writer` also starts and ends the work."""
        self._store = LedgerStore(path)
        self._queue = deque[_Queued]()  # the oldest ones are being written
        self._lock = threading.Lock()  # guards the queue and what follows
        self._changed = threading.Condition(self._lock)
        self._awaited = 0  # of those in the queue
        self._body_characters = 0  # of all in the queue
        self._deadline: float | None = None  # set when closing
        self._sleeps = False  # until the next change
        self._will_tell = False  # the event loop is about to say that somebody waits
        self._is_running = False  # the thread; asking itself costs a call more than the rest
        self._impatience: asyncio.TimerHandle | None = None  # of whoever gives up first
        self._thread = threading.Thread(target=self._run, name="ledger-writer", daemon=True)

    def start(self) -> None:
        """Begin to write."""
        self._is_running = True
        self._thread.start()

    def has_room(self) -> bool:
        """Return whether another call may be admitted. Ask before its upstream is called.

        Calls that run already can still leave their entries: `put` takes twice as many.
        """
        return len(self._queue) < MAX_WAITING and self._is_running

    def put(self, change: Change) -> None:
        """Take a change. It never waits.

        Raises:
            NotReadyError: far too many wait, or the writer has ended. The change is in the log.
        """
        with self._lock:
            if self._takes(self._with_room_for_body(_Queued(change))):
                if self._sleeps or len(self._queue) == CHANGES_PER_COMMIT:
                    self._changed.notify()
                return
        _log.error("ledger_change_lost", change=described(change))
        raise NotReadyError("The ledger can take no further change.", retry_after_seconds=1)

    def write(
        self, change: Change, *, patience_seconds: float = FLUSH_SECONDS
    ) -> asyncio.Future[None]:
        """Return what to await at once: it ends when a change is committed, and so are all before.

        Raises:
            NotReadyError: it is not, after so many seconds. It is kept, and may be written yet.
            AppError: the database refuses this very change.
        """
        loop = asyncio.get_running_loop()
        done, gives_up_at = loop.create_future(), loop.time() + patience_seconds
        with self._lock:
            self._queue_awaited(loop, _Queued(change, done, gives_up_at))
        # One timer for all: one for each would cost more than the rest of this.
        if self._impatience is None or gives_up_at < self._impatience.when():
            self._look_who_gives_up_at(loop, gives_up_at)
        return done

    async def flush(self, *, patience_seconds: float = FLUSH_SECONDS) -> None:
        """Return when every change put before is committed, so that every reader sees it.

        Raises:
            NotReadyError: they are not, after so many seconds. They are still kept.
        """
        loop = asyncio.get_running_loop()
        with self._lock:
            if not self._queue:
                return
            newest = self._queue[-1]
            done = newest.done if isinstance(newest.change, Nothing) else None
            if done is None:  # else somebody waits for the same already
                done = loop.create_future()
                self._queue_awaited(loop, _Queued(Nothing(), done))
        try:
            async with asyncio.timeout(patience_seconds):
                await asyncio.shield(done)
        except TimeoutError as error:
            raise _not_written() from error

    def close(self, *, patience_seconds: float = CLOSE_SECONDS) -> None:
        """Write what waits, but give up after so many seconds, and end. It blocks.

        Changes that could not be written are in the log.
        """
        with self._changed:
            self._deadline = time.monotonic() + patience_seconds
            self._changed.notify()
        self._thread.join()
        for queued in self._queue:
            _log.error("ledger_change_lost", change=described(queued.change))
        self._store.close()

    def _with_room_for_body(self, queued: _Queued) -> _Queued:
        """Return a change, without what is too much to be kept in memory until it is written."""
        size = _body_size(queued.change)
        if not size:
            return queued
        if self._body_characters + size <= MAX_BODY_CHARACTERS:
            queued.body_characters = size
            return queued
        _log.warning("body_not_stored", reason="too many wait for the database")
        return _Queued(replace(queued.change, body=None))

    def _queue_awaited(self, loop: asyncio.AbstractEventLoop, queued: _Queued) -> None:
        if not self._takes(queued):
            raise _not_written()
        self._awaited += 1
        if not self._will_tell:
            self._will_tell = True
            loop.call_soon(self._tell_writer)

    def _tell_writer(self) -> None:
        """Wake the writer, after all that the event loop does in the same pass.

        Who comes at the same time is committed at once: a commit costs more than what is in it.
        """
        with self._lock:
            self._will_tell = False
            self._changed.notify()

    def _look_who_gives_up_at(self, loop: asyncio.AbstractEventLoop, moment: float) -> None:
        if self._impatience is not None:
            self._impatience.cancel()
        self._impatience = loop.call_at(moment, self._give_up, loop)

    def _give_up(self, loop: asyncio.AbstractEventLoop) -> None:
        """End the waits that have lasted too long, and come back for the next one."""
        self._impatience, next_at = None, _NEVER
        with self._lock:
            queue = list(self._queue)
        for queued in queue:
            if queued.done is None or queued.done.done():
                continue
            if queued.gives_up_at <= loop.time():
                queued.done.set_exception(_not_written())
            else:
                next_at = min(next_at, queued.gives_up_at)
        if next_at < _NEVER:
            self._look_who_gives_up_at(loop, next_at)

    def _takes(self, queued: _Queued) -> bool:
        if not self._is_running:
            return False
        if len(self._queue) >= 2 * MAX_WAITING and not isinstance(queued.change, Nothing):
            return False
        self._queue.append(queued)
        self._body_characters += queued.body_characters
        return True

    def _run(self) -> None:
        try:
            while (batch := self._next_batch()) is not None:
                if not batch:
                    self._store.checkpoint()
                elif not self._write_batch(batch):
                    return
                else:
                    self._rest()
        finally:
            with self._lock:
                self._is_running = False
                _tell(list(self._queue), ())

    def _next_batch(self) -> Sequence[_Queued] | None:
        """Return the oldest changes; none where none came for a while; None at the end."""
        with self._changed:
            self._sleeps = True
            self._changed.wait_for(
                lambda: self._queue or self._deadline is not None, timeout=_IDLE_SECONDS
            )
            self._sleeps = False
            if not self._queue and self._deadline is not None:
                return None
            return list(islice(self._queue, CHANGES_PER_COMMIT))

    def _write_batch(self, batch: Sequence[_Queued]) -> bool:
        """Write changes, however often it takes. Return whether that was done in time."""
        changes = [queued.change for queued in batch]
        failures = 0
        while True:
            try:
                refused = self._store.write(changes)
            except sqlite3.Error as error:
                if failures == 0:
                    _log.warning("ledger_stalled", reason=str(error), waiting=len(self._queue))
                if not self._may_retry(_RETRY_SECONDS[min(failures, len(_RETRY_SECONDS) - 1)]):
                    return False
                failures += 1
            else:
                break
        if failures:
            _log.info("ledger_resumed", failures=failures, waiting=len(self._queue))
        self._forget(batch)
        _tell(batch, changes, refused)
        return True

    def _rest(self) -> None:
        """Let changes gather for a moment, unless somebody waits or there are plenty."""
        with self._changed:
            self._changed.wait_for(
                lambda: (
                    self._awaited
                    or self._deadline is not None
                    or len(self._queue) >= CHANGES_PER_COMMIT
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

    def _forget(self, batch: Sequence[_Queued]) -> None:
        with self._lock:
            for queued in batch:
                self._queue.popleft()
                self._awaited -= queued.done is not None
                self._body_characters -= queued.body_characters


def _body_size(change: Change) -> int:
    """Return how many characters are stored beside a change itself."""
    if not isinstance(change, Settlement) or change.body is None:
        return 0
    return sum(len(value) for value in change.body if isinstance(value, str))


def _tell(
    batch: Sequence[_Queued], written: Sequence[Change], refused: Sequence[Change] = ()
) -> None:
    """End the waits for some changes, from the writer's thread."""
    waits: list[tuple[asyncio.Future[None], AppError | None]] = []
    for queued in batch:
        if queued.done is None:
            continue
        error: AppError | None = None
        if not written:
            error = _not_written()
        elif any(one is queued.change for one in refused):
            error = AppError("The ledger's database refuses this call; the log says why.")
        waits.append((queued.done, error))
    if waits:
        with suppress(RuntimeError):  # the loop is closed: whoever waited is gone
            waits[0][0].get_loop().call_soon_threadsafe(_end, waits)


def _end(waits: Sequence[tuple[asyncio.Future[None], AppError | None]]) -> None:
    for done, error in waits:
        if done.done():  # whoever waited is gone
            continue
        if error is None:
            done.set_result(None)
        else:
            done.set_exception(error)


def _not_written() -> NotReadyError:
    return NotReadyError(
        "The ledger's database does not keep up, so its newest entries are not written yet. "
        "Try again soon.",
        retry_after_seconds=1,
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
