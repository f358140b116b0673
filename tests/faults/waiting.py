"""Waits for things to become true, and says what they were instead."""

import asyncio
import time
from collections.abc import Callable
from typing import Final, TypeVar

from tests.faults.scenario import BrokenPromiseError

PATIENCE_SECONDS: Final = 30.0
_LOOK_AGAIN_SECONDS: Final = 0.01

T = TypeVar("T")


async def until(
    look: Callable[[], T],
    holds: Callable[[T], object],
    what: str,
    *,
    seconds: float = PATIENCE_SECONDS,
) -> T:
    """Return what is seen as soon as it is good.

    Raises:
        BrokenPromiseError: it was not, in all that time.
    """
    deadline = time.monotonic() + seconds
    while not holds(seen := look()):
        if time.monotonic() > deadline:
            raise BrokenPromiseError(f"{what}: not within {seconds:g} s, still {seen!r}")
        await asyncio.sleep(_LOOK_AGAIN_SECONDS)
    return seen
