"""How fast something may be used: the generic cell rate algorithm."""

from typing import Final

_MINUTE_NS: Final = 60_000_000_000


class Gcra:
    """A limit per minute that lets all of itself pass at once and then comes back evenly.

    It is a bucket of `limit` units, kept as one number: the moment at which it is full again
    (https://en.wikipedia.org/wiki/Generic_cell_rate_algorithm). Every number is an integer, so
    nothing drifts. Who takes only what fits never takes more, less what is given back, than
    `limit + limit * minutes` in any span of time.

    Moments are nanoseconds of a clock that does not go back.
    """

    __slots__ = ("_full_at", "limit")

    def __init__(self, limit: int) -> None:
        """Begin with a full bucket.

        Raises:
            ValueError: the limit is below 1.
        """
        self.limit = _at_least_one(limit)
        self._full_at = 0  # in nanoseconds times `limit`, which makes a unit a whole number

    def wait_ns(self, now_ns: int, weight: int) -> int:
        """Return in how many nanoseconds so much fits; 0: it does now.

        More than the whole limit counts as the whole limit: it fits when the bucket is full.
        """
        limit = self.limit
        over = self._full_at - now_ns * limit
        if weight < limit:
            over -= (limit - weight) * _MINUTE_NS
        return -(-over // limit) if over > 0 else 0

    def take(self, now_ns: int, weight: int) -> int:
        """Take so much, at most the whole limit, and return how much it was.

        It is for the caller to ask first whether it fits.
        """
        limit = self.limit
        size = min(weight, limit)
        now = now_ns * limit
        if self._full_at > now:
            self._full_at += size * _MINUTE_NS
        else:
            self._full_at = now + size * _MINUTE_NS
        return size

    def charge(self, now_ns: int, weight: int, *, under: int | None = None) -> None:
        """Take so much whether or not it fits. What is missing, later calls wait for.

        Args:
            now_ns: The moment.
            weight: How much.
            under: The limit whose units these are: one before, of which they are the same share.
        """
        self._full_at = max(self._full_at, now_ns * self.limit) - self._scaled(-weight, under)

    def give_back(self, weight: int, *, under: int | None = None) -> None:
        """Put back what was taken and not used. What is over a full bucket is lost.

        Args:
            weight: How much.
            under: The limit that it was taken under, where that was another one.
        """
        self._full_at -= self._scaled(weight, under)

    def remaining(self, now_ns: int) -> int:
        """Return how many whole units may be taken now."""
        limit, used = self.limit, self._full_at - now_ns * self.limit
        if used <= 0:
            return limit
        return max(0, limit - -(-used // _MINUTE_NS))

    def full_in_ns(self, now_ns: int) -> int:
        """Return in how many nanoseconds all of the limit is there again; 0: it is."""
        used = self._full_at - now_ns * self.limit
        return -(-used // self.limit) if used > 0 else 0

    def change_limit(self, limit: int) -> None:
        """Set another limit. The share of it that is used stays, and so does when it is full.

        Raises:
            ValueError: the limit is below 1.
        """
        self._full_at = -(-self._full_at * _at_least_one(limit) // self.limit)
        self.limit = limit

    def _scaled(self, weight: int, under: int | None) -> int:
        """Return units of another limit as they count here; what is lost in that, callers lose."""
        if under is None or under == self.limit:
            return weight * _MINUTE_NS
        return weight * _MINUTE_NS * self.limit // under


def _at_least_one(limit: int) -> int:
    if limit < 1:
        raise ValueError(f"A limit per minute is 1 or more, not {limit}.")
    return limit
