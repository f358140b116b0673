"""Forms that tell of one fault where there may be millions."""

from typing import Any, Final

from pydantic import Field

# Of a list, only the first wrong item is told: to tell millions takes minutes.
FIRST_ONLY: Final[Any] = Field(fail_fast=True)
