"""How fast something may be used: the generic cell rate algorithm."""

from typing import Final

SECOND_NS: Final = 1_000_000_000
MINUTE_NS: Final = 60 * SECOND_NS


class Gcra:
    """A limit per minute that lets all of itself pass at once and then comes back evenly.

    It is a bucket of `limit` units, kept as one number: the moment at which it is full again
    (https://en.wikipedia.org/wiki/Generic_cell_rate_algorithm). Every number is an integer, so
    nothing drifts. Who takes only what fits never takes more, less what is given back, than
    `limit + limit * minutes` in any span of time.

    Moments are nanoseconds of a clock that does not go back.
    """

    __slots__ = ("full_at", "limit")

    def __init__(self, limit: int) -> None:
        """Begin with a full bucket.

        Raises:
            ValueError: the limit is below 1.
        """
        self.limit = _at_least_one(limit)
        self.full_at = 0  # again, in nanoseconds times `limit`, which makes a unit a whole number

    def wait_ns(self, now_ns: int, weight: int) -> int:
        """Return in how many nanoseconds so much fits; 0: it does now.

        More than the whole limit counts as the whole limit: it fits when the bucket is full.
        """
        limit = self.limit
        over = self.full_at - now_ns * limit
        if weight < limit:
            over -= (limit - weight) * MINUTE_NS
        return -(-over // limit) if over > 0 else 0

    def charge(self, now_ns: int, weight: int, *, under: int | None = None) -> None:
        """Take so much whether or not it fits. What is missing, later calls wait for.

        Args:
            now_ns: The moment.
            weight: How much.
            under: The limit whose units these are: one before, of which they are the same share.
        """
        self.full_at = max(self.full_at, now_ns * self.limit) - self._scaled(-weight, under)

    def give_back(self, weight: int, *, under: int | None = None) -> None:
        """Put back what was taken and not used. What is over a full bucket is lost.

        Args:
            weight: How much.
            under: The limit that it was taken under, where that was another one.
        """
        self.full_at -= self._scaled(weight, under)

    def full_in_ns(self, now_ns: int) -> int:
        """Return in how many nanoseconds all of the limit is there again; 0: it is."""
        used = self.full_at - now_ns * self.limit
        return -(-used // self.limit) if used > 0 else 0

    def change_limit(self, limit: int) -> None:
        """Set another limit. The share of it that is used stays, and so does when it is full.

        Raises:
            ValueError: the limit is below 1.
        """
        self.full_at = -(-self.full_at * _at_least_one(limit) // self.limit)
        self.limit = limit

    def _scaled(self, weight: int, under: int | None) -> int:
        """Return units of another limit as they count here; what is lost in that, callers lose."""
        if under is None or under == self.limit:
            return weight * MINUTE_NS
        return weight * MINUTE_NS * self.limit // under


def _at_least_one(limit: int) -> int:
    if limit < 1:
        raise ValueError(f"A limit per minute is 1 or more, not {limit}.")
    return limit
