"""What an attempt used: as the upstream reports it, or else as far as can be told."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from app.core.money import LARGEST_NUSD
from app.services.admission.admitted import Admitted
from app.services.admission.bounds import BYTES_PER_TOKEN
from app.services.ledger.entry import Basis, Status
from app.services.prices.price import Price
from app.services.providers.provider import AnswerFacts

_DOUBT: Final = (Basis.REPORTED, Basis.COUNTED, Basis.ESTIMATED)


class Used(NamedTuple):
    """What a call used, and where that is known from."""

    tokens_in: int
    tokens_out: int
    cached_in: int
    basis: Basis
    price: Price | None
    cost_nusd: int | None  # None: nobody knows


class Ending(NamedTuple):
    """How an attempt ended: the client has left, unless something else is known."""

    status: Status = Status.CANCELLED
    error_code: str | None = None
    is_unbilled: bool = False  # the upstream has certainly done nothing that it could bill


def used_by(admitted: Admitted, facts: AnswerFacts, ending: Ending, *, stream: bool) -> Used:
    """Return what an attempt that has ended used.

    Where the upstream does not say: nothing if it refused, our own count if it answered in full,
    and otherwise what it may have used at most. Of a stream that is the bound of what went in and
    our count of what came out, or what the upstream said last; of a whole answer, everything that
    is held for it.
    """
    bound = admitted.offer.bound
    is_whole = ending.status is Status.OK and facts.cut_code is None
    usage = facts.usage
    if usage is not None and _is_final(facts, is_whole=is_whole):
        tokens = (usage.units_in, usage.units_out, usage.cached_in, Basis.REPORTED)
    elif usage is not None:
        written = max(usage.units_out, count_tokens(facts))
        tokens = (usage.units_in or bound.input_tokens, written, usage.cached_in, Basis.ESTIMATED)
    elif ending.is_unbilled:
        return Used(0, 0, 0, Basis.COUNTED, admitted.price, 0)
    elif is_whole and facts.counted is not None:
        basis = Basis.COUNTED if facts.counted.is_exact else Basis.ESTIMATED
        tokens = (facts.counted.units_in, facts.counted.units_out, 0, basis)
    elif is_whole:
        tokens = (bound.likely_input_tokens, count_tokens(facts), 0, Basis.COUNTED)
    else:
        written = count_tokens(facts) if stream else admitted.held_output
        tokens = (bound.input_tokens, written, 0, Basis.ESTIMATED)
    price = admitted.price_of(facts.provider)
    cost = None if price is None else price.cost_of_tokens(*tokens[:3])
    return Used(*tokens, price, cost)


def _is_final(facts: AnswerFacts, *, is_whole: bool) -> bool:
    """Say whether the usage is of the whole answer: some upstreams report it on the way, too."""
    return (is_whole or not facts.open_choices) and facts.usage_at_bytes == facts.text_bytes


def count_tokens(facts: AnswerFacts) -> int:
    """Return about how many tokens a model has written: one a piece, or one for four bytes."""
    return max(facts.text_pieces, -(-facts.text_bytes // BYTES_PER_TOKEN))


def sum_up(parts: Sequence[Used]) -> Used:
    """Return what all attempts of a call used together: nothing where there was none.

    The price is the last one's. What is least certain of what was used is so of the sum.
    """
    if len(parts) == 1:
        return parts[0]
    certain = [part.basis for part in parts if part.tokens_in or part.tokens_out or part.cost_nusd]
    costs = [part.cost_nusd for part in parts]
    return Used(
        tokens_in=sum(part.tokens_in for part in parts),
        tokens_out=sum(part.tokens_out for part in parts),
        cached_in=sum(part.cached_in for part in parts),
        basis=max(certain, key=_DOUBT.index, default=Basis.COUNTED),
        price=parts[-1].price if parts else None,
        cost_nusd=None if None in costs else min(sum(filter(None, costs)), LARGEST_NUSD),
    )
