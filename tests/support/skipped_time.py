"""An event loop whose time passes at once when there is nothing else to do."""

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any, Final, ParamSpec

P = ParamSpec("P")
BEGINNING: Final = 1_000.0


class SkippedTimeLoop(asyncio.SelectorEventLoop):
    """Jumps to the next timer instead of waiting for it. Its clock begins at `BEGINNING`."""

    def __init__(self) -> None:
        self.now = BEGINNING
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


def timers() -> list[asyncio.TimerHandle]:
    """Return what the running loop is to do later."""
    loop: Any = asyncio.get_running_loop()
    return [timer for timer in loop._scheduled if not timer.cancelled()]


def in_no_time(test: Callable[P, Coroutine[Any, Any, None]]) -> Callable[P, None]:
    """Run a test on a loop of its own that skips time; it may leave no timer and no error there."""

    async def until_the_end(*args: P.args, **kwargs: P.kwargs) -> None:
        failures: list[object] = []
        asyncio.get_running_loop().set_exception_handler(
            lambda _, context: failures.append(context)
        )
        await test(*args, **kwargs)
        assert (timers(), failures) == ([], [])

    @wraps(test)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        with asyncio.Runner(loop_factory=SkippedTimeLoop) as runner:
            runner.run(until_the_end(*args, **kwargs))

    return run
