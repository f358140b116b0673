"""Servers inside this process, and how they end."""

import asyncio
import gc
import logging
import signal
import socket
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager, suppress
from functools import partial
from typing import Any, Final, cast

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.lifespan.on import LifespanOn

from app.cli.connection import WatchedConnection

_GOODBYE_SECONDS: Final = 2  # for the last words of answers that are cut off
_KEEP_ALIVE_SECONDS: Final = 30  # above the 5 s that many clients keep idle connections

_OBJECTS_BETWEEN_COLLECTIONS: Final = 20_000

_SILENT: Final = logging.getLogger("meterhouse.silent")
_SILENT.disabled = True


class Server(uvicorn.Server):
    """Uvicorn on a socket of ours. It leaves signals to `stopping_on_signals`."""

    def __init__(
        self,
        app: ASGIApp,
        listener: socket.socket,
        *,
        stall_seconds: float,
        drain_seconds: float = 8.0,  # below the 10 s after which Docker kills
        closing: asyncio.Event | None = None,
    ) -> None:
        """Prepare to serve an application to clients that go on within a time; nothing runs yet.

        `closing` is set when the server begins to end, before it waits `drain_seconds` for running
        answers.
        """
        self._closing = closing or asyncio.Event()
        self._drain_seconds = drain_seconds
        self._draining: asyncio.Timeout | None = None
        self._lifespan = _Lifespan(app)
        options: dict[str, Any] = {
            "loop": "uvloop",
            "http": partial(WatchedConnection, stall_seconds=stall_seconds, closing=self._closing),
            "ws": "none",
            "lifespan": "on",
            "log_config": None,
            "access_log": False,
            "server_header": False,
            "date_header": False,
            "proxy_headers": False,
            "timeout_keep_alive": _KEEP_ALIVE_SECONDS,
            "timeout_graceful_shutdown": _GOODBYE_SECONDS,
        }
        config = uvicorn.Config(self._lifespan, **options)
        config.load()
        config.lifespan_class = _QuietLifespan
        super().__init__(config)
        self._listener = listener
        self._settled = asyncio.Event()  # started, or never going to be

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start the application; where that fails, end in peace rather than with SystemExit."""
        try:
            await super().startup(sockets)
        except SystemExit:
            self.should_exit = True
        finally:
            _collect_less_often()
            self._settled.set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop the application, and break off connections whose clients do not read to the end."""
        self._closing.set()
        await self._drain()
        await super().shutdown(sockets)
        for connection in self.server_state.connections:
            connection.transport.abort()

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        """Leave the signals alone: uvicorn would raise them again at the end."""
        yield

    def stop(self) -> None:
        """Begin to end: finish what runs, take nothing new. The second time, finish nothing."""
        if self.should_exit:
            self._drain_seconds = 0.0
            if self._draining is not None and not self._draining.expired():
                self._draining.reschedule(0.0)
        self._closing.set()
        self.should_exit = True

    async def _drain(self) -> None:
        """Let what runs end, and cut off what takes too long. Whoever comes is answered still."""
        for connection in cast("set[WatchedConnection]", self.server_state.connections):
            connection.end_after_answer()  # one that rests may be asked something at this moment
        tasks = self.server_state.tasks
        with suppress(TimeoutError):
            async with asyncio.timeout(self._drain_seconds) as self._draining:
                while tasks:
                    await asyncio.wait(tasks)
        self._draining = None
        for task in tasks:
            task.cancel()

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[asyncio.Task[None]]:
        """Serve inside the block, whose value is done when the server has ended.

        Raises:
            AppError: the application could not start as configured.
        """
        try:
            async with asyncio.TaskGroup() as tasks, self._serving(tasks) as serving:
                yield serving
        except BaseExceptionGroup as group:
            raise group.exceptions[0] from None
        finally:
            self._listener.close()
        if self._lifespan.failure is not None:
            raise self._lifespan.failure

    @asynccontextmanager
    async def _serving(self, tasks: asyncio.TaskGroup) -> AsyncGenerator[asyncio.Task[None]]:
        serving = tasks.create_task(self.serve(sockets=[self._listener]))
        await self._settled.wait()
        if not self.started:
            raise self._lifespan.failure or RuntimeError("The server did not start.")
        try:
            yield serving
        finally:
            self.should_exit = True
            await asyncio.wait([serving])


def _collect_less_often() -> None:
    """Leave what is there by now out of every collection, and collect once in many requests.

    A request makes some hundred objects and nearly no cycles; with Python's own thresholds it
    would pay for a collection of its own.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS, 20, 50)


class _Lifespan:
    """Remembers why an application could not start or end, for us to say it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.failure: BaseException | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self._app(scope, receive, send)
        except BaseException as error:
            if scope["type"] == "lifespan":
                self.failure = error
            raise


class _QuietLifespan(LifespanOn):
    """Says nothing by itself: a failure is raised where the server was started."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.logger = _SILENT


@contextmanager
def stopping_on_signals(server: Server) -> Generator[None]:
    """Stop a server on Ctrl-C and on SIGTERM, inside the running loop."""
    loop = asyncio.get_running_loop()
    signals = (signal.SIGINT, signal.SIGTERM)
    for one in signals:
        loop.add_signal_handler(one, server.stop)
    try:
        yield
    finally:
        for one in signals:
            loop.remove_signal_handler(one)
