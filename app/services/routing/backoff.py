"""How long to wait before a target is asked again."""

from collections.abc import Callable
from typing import Final

from app.utils.chance import chance

FIRST_SECONDS: Final = 0.05
LONGEST_SECONDS: Final = 20.0


def backoff_seconds(repeat: int, randomly: Callable[[], float] = chance) -> float:
    """Return a random time up to a bound that doubles: "full jitter" (AWS, 2015).

    Args:
        repeat: How often it was asked already, less one: 0 before the first repeat.
        randomly: Gives numbers from 0 to 1.
    """
    return randomly() * min(FIRST_SECONDS * 2**repeat, LONGEST_SECONDS)
