"""How a call ended, and what it used: as the upstream reports it, or else as far as can be told."""

from dataclasses import dataclass
from typing import NamedTuple

from app.core.errors import AppError
from app.services.admission.admitted import Admitted, cost_of
from app.services.admission.bounds import BYTES_PER_TOKEN
from app.services.call import Call
from app.services.ledger.entry import Basis, Status
from app.services.ledger.recording import Recording
from app.services.prices.price import Price
from app.services.providers.provider import AnswerFacts


@dataclass(slots=True)
class Outcome:
    """How a call ends: the client has left, until something else is known."""

    status: Status = Status.CANCELLED
    error_code: str | None = None
    is_unbilled: bool = False  # no upstream can have done anything that it bills
    recording: Recording | None = None  # of what it is answered, where that is stored

    def keep(self, piece: bytes) -> None:
        """Store a piece of the answer, where answers are."""
        if self.recording is not None:
            self.recording.add(piece)

    def fail(self, error: Exception, code: str) -> None:
        """Note that the call has failed."""
        self.status, self.error_code = Status.ERROR, code
        self.is_unbilled = isinstance(error, AppError) and not error.may_be_billed


class Used(NamedTuple):
    """What a call used, and where that is known from."""

    tokens_in: int
    tokens_out: int
    cached_in: int
    basis: Basis
    price: Price | None
    cost_nusd: int | None  # None: nobody knows


def used_by(call: Call, admitted: Admitted, outcome: Outcome) -> Used:
    """Return what a call that has ended used.

    Where the upstream does not say: nothing if it refused, our own count if it answered in full,
    and otherwise what it may have used at most. Of a stream that is the bound of what went in and
    our count of what came out, or what the upstream said last; of a whole answer, everything that
    is held for it.
    """
    facts, bound = call.trace.answer, admitted.bound
    is_whole = outcome.status is Status.OK and facts.cut_code is None
    usage = facts.usage
    if usage is not None and _is_final(facts, is_whole=is_whole):
        tokens = (usage.units_in, usage.units_out, usage.cached_in, Basis.REPORTED)
    elif usage is not None:
        written = max(usage.units_out, count_tokens(facts))
        tokens = (usage.units_in or bound.input_tokens, written, usage.cached_in, Basis.ESTIMATED)
    elif outcome.is_unbilled:
        return Used(0, 0, 0, Basis.COUNTED, admitted.price, 0)
    elif is_whole:
        tokens = (bound.likely_input_tokens, count_tokens(facts), 0, Basis.COUNTED)
    else:
        written = count_tokens(facts) if call.stream else admitted.held_output
        tokens = (bound.input_tokens, written, 0, Basis.ESTIMATED)
    price = admitted.price_of(facts.provider)
    cost = None if price is None else cost_of(price, *tokens[:3])
    return Used(*tokens, price, cost)


def _is_final(facts: AnswerFacts, *, is_whole: bool) -> bool:
    """Say whether the usage is of the whole answer: some upstreams report it on the way, too."""
    return (is_whole or not facts.open_choices) and facts.usage_at_bytes == facts.text_bytes


def count_tokens(facts: AnswerFacts) -> int:
    """Return about how many tokens a model has written: one a piece, or one for four bytes."""
    return max(facts.text_pieces, -(-facts.text_bytes // BYTES_PER_TOKEN))
