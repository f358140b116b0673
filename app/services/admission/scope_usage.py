"""What one scope uses of its limits, and what one call has of that."""

from collections.abc import Sequence
from typing import Final

from app.services.admission.gcra import SECOND_NS, Gcra
from app.services.admission.rates import Rates
from app.services.admission.refusals import LimitKind, LimitRefusal
from app.services.admission.terms import Limit

_PARALLEL_RETRY_SECONDS: Final = 1.0  # nobody knows when a call ends


class ScopeUsage:
    """How much one scope has used in the last minute, and how many calls it runs now."""

    __slots__ = ("most_running", "requests", "running", "term", "tokens")

    def __init__(self, term: Limit) -> None:
        """Begin with nothing used."""
        self.running = 0  # counted whatever is limited: a limit may come later
        self.requests: Gcra | None = None
        self.tokens: Gcra | None = None
        self.follow(term)

    def follow(self, term: Limit) -> None:
        """Keep to other limits from now on. What was used stays used."""
        self.term = term
        self.most_running = term.parallel_calls
        self.requests = _changed(self.requests, term.requests_per_minute)
        self.tokens = _changed(self.tokens, term.tokens_per_minute)

    def refusal(self, tokens: int, now_ns: int) -> LimitRefusal | None:
        """Return which limit refuses a call the longest, or None: none does."""
        wait, kind, limit = 0, LimitKind.REQUESTS, 0
        if (rate := self.requests) is not None and (more := rate.wait_ns(now_ns, 1)) > wait:
            wait, limit = more, rate.limit
        if (rate := self.tokens) is not None and (more := rate.wait_ns(now_ns, tokens)) > wait:
            wait, kind, limit = more, LimitKind.TOKENS, rate.limit
        seconds, most = wait / SECOND_NS, self.most_running
        if most is not None and self.running >= most and seconds < _PARALLEL_RETRY_SECONDS:
            seconds, kind, limit = _PARALLEL_RETRY_SECONDS, LimitKind.PARALLEL, most
        if not seconds:
            return None
        return LimitRefusal(
            scope=self.term.scope, retry_after_seconds=seconds, kind=kind, limit=limit
        )

    def is_idle(self, now_ns: int) -> bool:
        """Say whether this is as good as new: nothing runs, and every limit is there in full."""
        rates = [rate for rate in (self.requests, self.tokens) if rate is not None]
        return not self.running and not any(rate.full_in_ns(now_ns) for rate in rates)


class Quota:
    """What the limits of all scopes of a call have left, as long as nobody changes them."""

    __slots__ = ("requests", "tokens", "usages")

    def __init__(self, usages: Sequence[ScopeUsage]) -> None:
        """Take what the scopes use."""
        self.usages = usages
        self.requests = Rates(one.requests for one in usages if one.requests is not None)
        self.tokens = Rates(one.tokens for one in usages if one.tokens is not None)

    def has_room(self, tokens: int, now_ns: int) -> bool:
        """Say whether a call fits into every limit now."""
        for usage in self.usages:
            if usage.most_running is not None and usage.running >= usage.most_running:
                return False
        return self.requests.fit(now_ns, 1) and self.tokens.fit(now_ns, tokens)

    def take(self, tokens: int, now_ns: int) -> None:
        """Let a call in."""
        for usage in self.usages:
            usage.running += 1
        self.requests.take(now_ns, 1)
        self.tokens.take(now_ns, tokens)

    def settle(self, taken: int, used: int | None, now_ns: int) -> None:
        """Let a call out that took so many tokens and has used so many. None: the same."""
        for usage in self.usages:
            usage.running -= 1
        if used is not None:
            self.tokens.settle(now_ns, taken, used)

    def give_back(self, taken: int) -> None:
        """Let a call out as if it had never come in."""
        for usage in self.usages:
            usage.running -= 1
        self.requests.give_back(1)
        self.tokens.give_back(taken)


def _changed(rate: Gcra | None, limit: int | None) -> Gcra | None:
    if limit is None:
        return None
    if rate is None:
        return Gcra(limit)
    rate.change_limit(limit)
    return rate
