"""What one scope uses of its limits, and what one call has of that."""

from dataclasses import dataclass
from typing import Final

from app.services.admission.gcra import Gcra
from app.services.admission.refusals import LimitKind, LimitRefusal
from app.services.admission.terms import Limit

SECOND_NS: Final = 1_000_000_000
_PARALLEL_RETRY_SECONDS: Final = 1.0  # nobody knows when a call ends


class ScopeUsage:
    """How much one scope has used in the last minute, and how many calls it runs now."""

    __slots__ = ("_parallel_calls", "_running", "requests", "term", "tokens")

    def __init__(self, term: Limit) -> None:
        """Begin with nothing used."""
        self._running = 0  # counted whatever is limited: a limit may come later
        self.requests: Gcra | None = None
        self.tokens: Gcra | None = None
        self.follow(term)

    def follow(self, term: Limit) -> None:
        """Keep to other limits from now on. What was used stays used."""
        self.term = term
        self._parallel_calls = term.parallel_calls
        self.requests = _changed(self.requests, term.requests_per_minute)
        self.tokens = _changed(self.tokens, term.tokens_per_minute)

    def refusal(self, tokens: int, now_ns: int) -> LimitRefusal | None:
        """Return which limit refuses a call the longest, or None: none does."""
        wait, kind, limit = 0, LimitKind.REQUESTS, 0
        if (rate := self.requests) is not None and (more := rate.wait_ns(now_ns, 1)) > wait:
            wait, limit = more, rate.limit
        if (rate := self.tokens) is not None and (more := rate.wait_ns(now_ns, tokens)) > wait:
            wait, kind, limit = more, LimitKind.TOKENS, rate.limit
        seconds, most = wait / SECOND_NS, self._parallel_calls
        if most is not None and self._running >= most and seconds < _PARALLEL_RETRY_SECONDS:
            seconds, kind, limit = _PARALLEL_RETRY_SECONDS, LimitKind.PARALLEL, most
        if not seconds:
            return None
        return LimitRefusal(
            scope=self.term.scope, retry_after_seconds=seconds, kind=kind, limit=limit
        )

    def take(self, tokens: int, now_ns: int) -> "Share":
        """Let a call in."""
        self._running += 1
        requests_limit = tokens_limit = taken = 0
        if (requests := self.requests) is not None:
            requests_limit = requests.limit
            requests.take(now_ns, 1)
        if (rate := self.tokens) is not None:
            tokens_limit, taken = rate.limit, rate.take(now_ns, tokens)
        return Share(self, requests, requests_limit, rate, tokens_limit, taken)

    def leave(self) -> None:
        """Let a call out."""
        self._running -= 1

    def is_idle(self, now_ns: int) -> bool:
        """Say whether this is as good as new: nothing runs, and every limit is there in full."""
        rates = [rate for rate in (self.requests, self.tokens) if rate is not None]
        return not self._running and not any(rate.full_in_ns(now_ns) for rate in rates)


@dataclass(slots=True, eq=False)
class Share:
    """What one call has taken in one scope, of the limits that were there at the time.

    What was taken of a limit is, of another one later, the same share.
    """

    usage: ScopeUsage
    requests: Gcra | None
    requests_limit: int
    tokens: Gcra | None
    tokens_limit: int
    tokens_taken: int

    def settle(self, tokens_used: int | None, now_ns: int) -> None:
        """Let the call out; it has used so many tokens. None: as many as it took."""
        self.usage.leave()
        if self.tokens is None or tokens_used is None:
            return
        more = tokens_used - self.tokens_taken
        if more > 0:
            self.tokens.charge(now_ns, more, under=self.tokens_limit)
        else:
            self.tokens.give_back(-more, under=self.tokens_limit)

    def give_back(self) -> None:
        """Let the call out as if it had never come in."""
        self.usage.leave()
        if self.requests is not None:
            self.requests.give_back(1, under=self.requests_limit)
        if self.tokens is not None:
            self.tokens.give_back(self.tokens_taken, under=self.tokens_limit)


def _changed(rate: Gcra | None, limit: int | None) -> Gcra | None:
    if limit is None:
        return None
    if rate is None:
        return Gcra(limit)
    rate.change_limit(limit)
    return rate
