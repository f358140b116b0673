"""The way to the database: short transactions that write, and a pool that only reads.

This is the only place that begins, commits or rolls back.
"""

import sqlite3
from collections.abc import AsyncGenerator, Generator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Final

from sqlalchemy import URL, Connection, event, exc
from sqlalchemy.ext.asyncio import (
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)

from app.core.errors import NotReadyError
from app.db.schema import require_head
from app.db.sqlite import FILE_NAME, ReadingConnection, WritingConnection, may_pass
from app.utils.uninterrupted import uninterrupted

READERS: Final = 4

_PATIENCE_SECONDS: Final = 10.0  # to get a connection, while others hold all of them

_Sessions = async_sessionmaker[AsyncSession]


class Database:
    """Hands out sessions. Keep them short: never await an upstream inside one."""

    def __init__(
        self, path: Path, *, writing: AsyncEngine, reading: AsyncEngine, watching: AsyncEngine
    ) -> None:
        """Wrap engines over one file that somebody else opens and closes."""
        self.path = path
        self._writing: _Sessions = async_sessionmaker(writing, expire_on_commit=False)
        self._reading: _Sessions = async_sessionmaker(reading, expire_on_commit=False)
        self._watching: _Sessions = async_sessionmaker(watching, expire_on_commit=False)

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[AsyncSession]:
        """Open a session that may write: committed at the end, rolled back on any exception.

        One at a time has the database, from its first statement on. A cancellation during the
        commit is raised when the commit is done.

        Raises:
            NotReadyError: the database is locked, its disk full, or it is otherwise away for now.
        """
        session = self._writing()
        with _passing_failures_named():
            try:
                yield session
                await uninterrupted(session.commit())
            finally:
                await uninterrupted(session.close())

    def reading(self) -> AbstractAsyncContextManager[AsyncSession]:
        """Open a session that sees one moment of the database and can change nothing.

        Raises:
            NotReadyError: the database is away for now.
        """
        return _reading(self._reading())

    def watching(self) -> AbstractAsyncContextManager[AsyncSession]:
        """Open a session that only reads, on a connection that no report keeps busy.

        Raises:
            NotReadyError: the database is away for now.
        """
        return _reading(self._watching())


@asynccontextmanager
async def open_database(data_dir: Path) -> AsyncGenerator[Database]:
    """Open the database of a data directory, and close it in the end.

    Raises:
        ConfigurationError: its schema is not the one that this version needs.
    """
    require_head(data_dir)
    path = data_dir / FILE_NAME
    writing = _engine(path, WritingConnection, connections=1, begin="BEGIN IMMEDIATE")
    reading = _engine(path, ReadingConnection, connections=READERS, begin="BEGIN")
    watching = _engine(path, ReadingConnection, connections=1, begin="BEGIN")
    try:
        yield Database(path, writing=writing, reading=reading, watching=watching)
    finally:
        for engine in (watching, reading, writing):
            await uninterrupted(engine.dispose())


@asynccontextmanager
async def _reading(session: AsyncSession) -> AsyncGenerator[AsyncSession]:
    with _passing_failures_named():
        try:
            yield session
        finally:
            await uninterrupted(session.close())


@contextmanager
def _passing_failures_named() -> Generator[None]:
    try:
        yield
    except exc.TimeoutError as error:
        raise NotReadyError(
            "The database has too much to do right now. Try again soon.", retry_after_seconds=1
        ) from error
    except exc.DBAPIError as error:
        if not (isinstance(error.orig, sqlite3.Error) and may_pass(error.orig)):
            raise
        raise NotReadyError(
            f"The database cannot be used right now: {error.orig}. Try again soon.",
            retry_after_seconds=1,
        ) from error


def _engine(
    path: Path, connection: type[WritingConnection], *, connections: int, begin: str
) -> AsyncEngine:
    engine = create_async_engine(
        URL.create("sqlite+aiosqlite", database=str(path.absolute())),
        connect_args={"factory": connection},
        pool_size=connections,
        max_overflow=0,
        pool_timeout=_PATIENCE_SECONDS,
    )

    # Python's driver would begin by itself, late and deferred, so a transaction that reads first
    # could fail with "database is locked". The connections leave beginning to us.
    def start(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    event.listen(engine.sync_engine, "begin", start)
    return engine
