"""Lists that are read page by page, newest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Cursor:
    """Which page of a list is wanted: so many items, beginning after the one with this id."""

    limit: int
    after: str | None


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """Some items of a list, and whether more follow."""

    items: Sequence[Item]
    has_more: bool


def cut(items: Sequence[Item], cursor: Cursor) -> Page[Item]:
    """Return the page out of one item more than it may hold, which says whether more follow."""
    return Page(items[: cursor.limit], has_more=len(items) > cursor.limit)
