"""The limits of every scope: requests and tokens per minute, and calls at once."""

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from app.services.admission.gcra import Gcra
from app.services.admission.refusals import LimitRefusal
from app.services.admission.scope_usage import SECOND_NS, ScopeUsage, Share
from app.services.admission.scopes import AccountScope
from app.services.admission.terms import Limit

_LOOKED_AT_PER_NEW: Final = 2  # so that idle ones are never many more than those in use


class RateLeft(NamedTuple):
    """What is left of one limit per minute, and when all of it is there again."""

    limit: int
    remaining: int
    reset_seconds: float


class RateState(NamedTuple):
    """What is left of the tightest limits of a call. None: nothing limits it."""

    requests: RateLeft | None
    tokens: RateLeft | None


class Grant:
    """What one call has taken of the limits. It goes back once, however often that is asked."""

    __slots__ = ("shares",)

    def __init__(self, shares: Sequence[Share]) -> None:
        """Note what was taken of each scope's limits."""
        self.shares = shares


class Limiter:
    """Lets a call in if every limit of all its scopes has room for it, and else takes nothing.

    Nothing here awaits: who takes right after a check gets what was checked. A moment is seconds of
    a clock that does not go back.
    """

    def __init__(self) -> None:
        """Begin without limits."""
        self._terms: dict[AccountScope, Limit] = {}
        self._may_wait = False  # some calls, for their turn
        # Of scopes in use only: an idle one is as good as a new one.
        self._usages: OrderedDict[AccountScope, ScopeUsage] = OrderedDict()

    def set_terms(self, limits: Iterable[Limit]) -> None:
        """Take these limits, each of them 1 or more, in place of those before.

        A scope that stays keeps what it has used. One that goes is forgotten; the calls that run in
        it end as ever.
        """
        self._terms = {limit.scope: limit for limit in limits}
        self._may_wait = any(limit.wait_up_to_seconds for limit in self._terms.values())
        for scope, usage in list(self._usages.items()):
            term = self._terms.get(scope)
            if term is None:
                del self._usages[scope]
            elif term != usage.term:
                usage.follow(term)

    def check(self, scopes: Sequence[AccountScope], tokens: int, now: float) -> LimitRefusal | None:
        """Return what refuses a call the longest, or None: it may come in."""
        longest = None
        if not self._usages:
            return longest
        now_ns = int(now * SECOND_NS)
        for scope in scopes:
            usage = self._usages.get(scope)
            no = None if usage is None else usage.refusal(tokens, now_ns)
            if no and (not longest or no.retry_after_seconds > longest.retry_after_seconds):
                longest = no
        return longest

    def take(self, scopes: Sequence[AccountScope], tokens: int, now: float) -> Grant:
        """Let a call in that was checked just now, and return what lets it out again."""
        if not self._terms:
            return Grant(())
        now_ns = int(now * SECOND_NS)
        shares: list[Share] = []
        for scope in scopes:
            usage = self._usages.get(scope)
            if usage is None and (term := self._terms.get(scope)) is not None:
                usage = self._begin(term, now_ns)
            if usage is not None:
                shares.append(usage.take(tokens, now_ns))
        return Grant(shares)

    def settle(self, grant: Grant, tokens_used: int | None, now: float) -> None:
        """Let a call out that has used so many tokens. None: as many as it took."""
        now_ns = int(now * SECOND_NS)
        shares, grant.shares = grant.shares, ()
        for share in shares:
            share.settle(tokens_used, now_ns)

    def give_back(self, grant: Grant) -> None:
        """Let a call out that was never sent: everything it took is there again."""
        shares, grant.shares = grant.shares, ()
        for share in shares:
            share.give_back()

    def state(self, scopes: Sequence[AccountScope], now: float) -> RateState | None:
        """Return what is left of the tightest limits per minute, or None: there are none."""
        if not self._terms:
            return None
        now_ns = int(now * SECOND_NS)
        requests: list[Gcra] = []
        tokens: list[Gcra] = []
        for scope in scopes:
            if (term := self._terms.get(scope)) is None:
                continue
            usage = self._usages.get(scope) or ScopeUsage(term)
            if usage.requests is not None:
                requests.append(usage.requests)
            if usage.tokens is not None:
                tokens.append(usage.tokens)
        if not requests and not tokens:
            return None
        return RateState(_tightest(requests, now_ns), _tightest(tokens, now_ns))

    def wait_up_to_seconds(self, scopes: Sequence[AccountScope]) -> float:
        """Return how long a call may wait for its turn: the longest that a scope of it allows."""
        longest = 0.0
        if not self._may_wait:
            return longest
        for scope in scopes:
            if (term := self._terms.get(scope)) is not None:
                longest = max(longest, term.wait_up_to_seconds)
        return longest

    def _begin(self, term: Limit, now_ns: int) -> ScopeUsage:
        """Begin to count a scope, and forget idle ones among those looked at longest ago."""
        for _ in range(min(_LOOKED_AT_PER_NEW, len(self._usages))):
            scope, other = self._usages.popitem(last=False)
            if not other.is_idle(now_ns):
                self._usages[scope] = other
        usage = self._usages[term.scope] = ScopeUsage(term)
        return usage


def _tightest(rates: Iterable[Gcra], now_ns: int) -> RateLeft | None:
    """Return what is left of the rate that has the least; of two alike, of the smaller one."""
    tightest, least = None, 0
    for rate in rates:
        left = rate.remaining(now_ns)
        if tightest is None or (left, rate.limit) < (least, tightest.limit):
            tightest, least = rate, left
    if tightest is None:
        return None
    return RateLeft(tightest.limit, least, tightest.full_in_ns(now_ns) / SECOND_NS)
