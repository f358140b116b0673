"""Forms that tell of one fault where there may be millions."""

from typing import Final

from pydantic import FailFast


class _FirstOnly(FailFast):
    """Has only the first wrong item of a list told: to tell millions takes minutes."""

    __hash__ = object.__hash__  # types that are joined by `|` are hashed


FIRST_ONLY: Final = _FirstOnly()
