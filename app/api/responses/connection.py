"""Work that ends when its client leaves."""

from asyncio import TaskGroup
from collections.abc import Coroutine
from types import TracebackType

from starlette.requests import ClientDisconnect
from starlette.types import Receive


class WhileConnected:
    """Cancels the body of an `async with` as soon as the client is gone: `ClientDisconnect`.

    The request's own body must have been read. (A class, for a generator would cost each call
    twice as much.)
    """

    __slots__ = ("_beside", "_receive", "_tasks", "_watchers")

    def __init__(
        self, receive: Receive, beside: Coroutine[object, object, None] | None = None
    ) -> None:
        """Take what tells that the client is gone, and what else runs until the body ends."""
        self._receive = receive
        self._beside = beside

    async def __aenter__(self) -> None:
        """Begin to watch."""
        self._tasks = TaskGroup()
        await self._tasks.__aenter__()
        self._watchers = [self._tasks.create_task(_until_gone(self._receive))]
        if self._beside is not None:
            self._watchers.append(self._tasks.create_task(self._beside))

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop watching, and raise what ended the body as it is, not inside a group."""
        for watcher in self._watchers:
            watcher.cancel()
        try:
            await self._tasks.__aexit__(kind, error, traceback)
        except BaseExceptionGroup as group:
            raise group.exceptions[0] from None


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    raise ClientDisconnect
