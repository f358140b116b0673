"""Random numbers for spreading load: nothing secret depends on them."""

import random
from typing import Final

_RANDOM: Final = random.Random()  # noqa: S311 - not for secrets


def chance() -> float:
    """Return a number from 0 up to, not including, 1."""
    return _RANDOM.random()
