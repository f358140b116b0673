"""What price books know of the upstreams' own lists."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol


class Listings(Protocol):
    """What the upstreams list, as far as it is known by now."""

    @property
    def version(self) -> int:
        """Return a number that changes with what is known."""
        ...

    def known(self, upstream: str, model: str) -> Mapping[str, Any] | None:
        """Return what an upstream lists of a model, or None."""
        ...

    def all_known(self, upstream: str) -> Sequence[Mapping[str, Any]]:
        """Return all that an upstream lists."""
        ...
