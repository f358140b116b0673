"""An event loop whose time passes at once when there is nothing else to do."""

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any, ParamSpec

P = ParamSpec("P")


class SkippedTimeLoop(asyncio.SelectorEventLoop):
    """Jumps to the next timer instead of waiting for it. Its clock begins at 1,000 s."""

    def __init__(self) -> None:
        self.now = 1_000.0
        super().__init__(_SkippingSelector(self))

    def time(self) -> float:
        return self.now


class _SkippingSelector(selectors.DefaultSelector):
    def __init__(self, loop: SkippedTimeLoop) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if not ready and timeout is None:
            raise RuntimeError("Everybody waits, and nothing is left that could wake anybody.")
        if not ready and timeout is not None:
            self._loop.now += max(timeout, 0)
        return ready


def in_no_time(test: Callable[P, Coroutine[Any, Any, None]]) -> Callable[P, None]:
    """Run a test on a loop of its own that skips time; it may leave no timer behind."""

    async def until_the_end(*args: P.args, **kwargs: P.kwargs) -> None:
        await test(*args, **kwargs)
        loop: Any = asyncio.get_running_loop()
        assert [timer for timer in loop._scheduled if not timer.cancelled()] == []

    @wraps(test)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        with asyncio.Runner(loop_factory=SkippedTimeLoop) as runner:
            runner.run(until_the_end(*args, **kwargs))

    return run
