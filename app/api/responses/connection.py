"""Work that ends when its client leaves."""

from asyncio import Task, TaskGroup, get_running_loop
from collections.abc import Callable, Coroutine
from types import TracebackType
from typing import Any, Final

from starlette.requests import ClientDisconnect
from starlette.types import Receive

# Many answers are quicker, and starting to watch takes 40 us of each.
_BEFORE_WATCHING_SECONDS: Final = 0.05


class WhileConnected:
    """Cancels the body of an `async with` once the client is gone: `ClientDisconnect`.

    Whoever leaves is noticed 0.05 s after the body began, or later, at once. The request's own body
    must have been read. (A class, for a generator would cost each call twice as much.)
    """

    __slots__ = ("_beside", "_receive", "_tasks", "_timer", "_watchers")

    def __init__(
        self, receive: Receive, beside: Callable[[], Coroutine[Any, Any, None]] | None = None
    ) -> None:
        """Take what tells that the client is gone, and what else runs until the body ends."""
        self._receive = receive
        self._beside = beside
        self._watchers = list[Task[None]]()

    async def __aenter__(self) -> None:
        """Be about to watch."""
        self._tasks = TaskGroup()
        await self._tasks.__aenter__()
        self._timer = get_running_loop().call_later(_BEFORE_WATCHING_SECONDS, self._watch)

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop watching, and raise what ended the body as it is, not inside a group."""
        self._timer.cancel()
        for watcher in self._watchers:
            watcher.cancel()
        try:
            await self._tasks.__aexit__(kind, error, traceback)
        except BaseExceptionGroup as group:
            raise group.exceptions[0] from None

    def _watch(self) -> None:
        self._watchers.append(self._tasks.create_task(_until_gone(self._receive)))
        if self._beside is not None:
            self._watchers.append(self._tasks.create_task(self._beside()))


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    raise ClientDisconnect
