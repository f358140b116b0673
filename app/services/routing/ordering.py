"""In which order the targets of a model are asked."""

import hashlib
import math
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from app.core.gateway_models import Strategy
from app.utils.chance import chance

_EXPLORED_SHARE: Final = 0.05  # of the calls: what was slow once may have become fast

Randomly = Callable[[], float]


class Candidate(NamedTuple):
    """What the order of a target depends on."""

    priority: int  # the smallest first, whatever else is said
    weight: float
    identity: str  # the same for every call
    running: int  # calls
    seconds: float | None  # that callers wait for the first words; None: not known yet
    nusd: int | None  # that this call costs there at most; None: not known


class Asker(NamedTuple):
    """For whom the order is, as far as it depends on that."""

    identity: str
    randomly: Randomly = chance


def in_order(candidates: Sequence[Candidate], strategy: Strategy, asker: Asker) -> list[int]:
    """Return the indexes of the candidates in the order in which they are to be asked."""
    if len(candidates) == 1:
        return [0]
    rank = _RANKS[strategy](asker)
    places = range(len(candidates))
    return sorted(places, key=lambda place: (candidates[place].priority, rank(candidates[place])))


Rank = Callable[[Candidate], tuple[float, ...]]


def _weighted(asker: Asker) -> Rank:
    """Draw without putting back (Efraimidis and Spirakis, 2006)."""
    return lambda one: (_drawn(asker.randomly(), one.weight),)


def _fastest(asker: Asker) -> Rank:
    if asker.randomly() < _EXPLORED_SHARE:
        return _weighted(asker)
    return lambda one: (one.seconds or 0.0, _drawn(asker.randomly(), one.weight))


def _cheapest(asker: Asker) -> Rank:
    return lambda one: (
        math.inf if one.nusd is None else one.nusd,
        _drawn(asker.randomly(), one.weight),
    )


def _least_busy(asker: Asker) -> Rank:
    return lambda one: (one.running / one.weight, _drawn(asker.randomly(), one.weight))


def _sticky(asker: Asker) -> Rank:
    """Give each asker an order of its own, which the loss of one target leaves as it is.

    That is rendezvous hashing (Thaler and Ravishankar, 1998), weighted.
    """

    def rank(one: Candidate) -> tuple[float, ...]:
        digest = hashlib.blake2b(f"{asker.identity}\0{one.identity}".encode(), digest_size=8)
        return (_drawn((int.from_bytes(digest.digest(), "big") + 0.5) / 2**64, one.weight),)

    return rank


def _drawn(number: float, weight: float) -> float:
    """Turn an even random number into one that is the smallest in proportion to the weight."""
    return -math.log(1.0 - number) / weight


_RANKS: Final[dict[Strategy, Callable[[Asker], Rank]]] = {
    Strategy.WEIGHTED: _weighted,
    Strategy.FASTEST: _fastest,
    Strategy.CHEAPEST: _cheapest,
    Strategy.LEAST_BUSY: _least_busy,
    Strategy.STICKY: _sticky,
}
