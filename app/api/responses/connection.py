"""Work that ends when its client leaves."""

from asyncio import TaskGroup
from types import TracebackType

from starlette.requests import ClientDisconnect
from starlette.types import Receive


class WhileConnected:
    """Cancels the body of an `async with` as soon as the client is gone: `ClientDisconnect`.

    The request's own body must have been read. (A class, for a generator would cost each call
    twice as much.)
    """

    __slots__ = ("_receive", "_tasks", "_watcher")

    def __init__(self, receive: Receive) -> None:
        """Take what tells that the client is gone."""
        self._receive = receive

    async def __aenter__(self) -> None:
        """Begin to watch."""
        self._tasks = TaskGroup()
        await self._tasks.__aenter__()
        self._watcher = self._tasks.create_task(_until_gone(self._receive))

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop watching, and raise what ended the body as it is, not inside a group."""
        self._watcher.cancel()
        try:
            await self._tasks.__aexit__(kind, error, traceback)
        except BaseExceptionGroup as group:
            raise group.exceptions[0] from None


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    raise ClientDisconnect
