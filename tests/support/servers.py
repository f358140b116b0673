"""Serves an application on a real socket for as long as a test needs it."""

import socket
import threading
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any, Final

import uvicorn

_OPTIONS: Final[dict[str, Any]] = {
    "access_log": False,
    "lifespan": "on",
    "log_config": None,
    "timeout_graceful_shutdown": 5,
}


@contextmanager
def running(app: Any, *, port: int = 0, **options: Any) -> Generator[str]:
    """Serve an ASGI application, lifespan included, and yield its base URL.

    `options` are uvicorn's. On leaving, answers under way get five seconds to finish.
    """
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
        server = _Server(uvicorn.Config(app, **{**_OPTIONS, **options}), listener)
        server.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.stop()


class _Server(uvicorn.Server):
    """Uvicorn in a thread, which says when it is ready and why it is not."""

    def __init__(self, config: uvicorn.Config, listener: socket.socket) -> None:
        super().__init__(config)
        self._listener = listener
        self._settled = threading.Event()  # ready, or dead
        self._died: BaseException | None = None
        self._thread = threading.Thread(target=self._main, name="uvicorn", daemon=True)

    def start(self) -> None:
        self._thread.start()
        self._settled.wait(timeout=20)
        if not self.started:
            self._thread.join(timeout=5)
            raise RuntimeError("The server did not start; its log says why.") from self._died

    def stop(self) -> None:
        self.should_exit = True
        self._thread.join(timeout=20)
        if self._thread.is_alive():
            raise RuntimeError("The server did not stop.")

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._settled.set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await super().shutdown(sockets)
        for connection in self.server_state.connections:  # of clients that do not read to the end
            connection.transport.abort()

    def _main(self) -> None:
        try:
            self.run(sockets=[self._listener])
        except (Exception, SystemExit) as error:  # noqa: BLE001 - told to whoever waits
            self._died = error
        finally:
            self._settled.set()
