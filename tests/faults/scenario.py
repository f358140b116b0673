"""One fault, what is promised under it, and how much of it is tried."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any


class BrokenPromiseError(AssertionError):
    """Something that is promised was seen not to hold."""


@dataclass(frozen=True, slots=True)
class Stage:
    """Where a scenario runs, and how long."""

    folder: Path  # of its own, and empty
    random: Random
    share: float = 1.0  # of the long form

    def count(self, full: int, *, least: int = 1) -> int:
        """Return how often to do what the long form does so many times."""
        return max(least, round(full * self.share))


@dataclass(frozen=True, slots=True)
class Scenario:
    """One fault. Families share the first word of the name, up to the slash."""

    name: str
    promise: str
    seconds: float  # about what the long form takes
    run: Callable[[Stage], Coroutine[Any, Any, str]]  # what was seen; or BrokenPromiseError


def expect(holds: object, what: str) -> None:
    """Go on only if something holds.

    Raises:
        BrokenPromiseError: it does not.
    """
    if not holds:
        raise BrokenPromiseError(what)


def expect_equal(seen: object, wanted: object, what: str) -> None:
    """Go on only if something is as it must be.

    Raises:
        BrokenPromiseError: it is not.
    """
    expect(seen == wanted, f"{what}: {seen!r}, and should be {wanted!r}")
