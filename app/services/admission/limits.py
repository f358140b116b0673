"""The limits of every scope: requests and tokens per minute, and calls at once."""

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from app.services.admission.gcra import SECOND_NS
from app.services.admission.rates import RateLeft
from app.services.admission.refusals import LimitRefusal
from app.services.admission.scope_usage import Quota, ScopeUsage
from app.services.admission.scopes import AccountScope
from app.services.admission.terms import Limit

_MAX_QUOTAS: Final = 10_000  # one for each key that calls
_LOOKED_AT_PER_NEW: Final = 2  # so that idle ones are never many more than those in use


class RateState(NamedTuple):
    """What is left of the tightest limits of a call. None: nothing limits it."""

    requests: RateLeft | None
    tokens: RateLeft | None


class Grant:
    """What one call has taken of the limits. It goes back once, however often that is asked."""

    __slots__ = ("quota", "tokens")

    def __init__(self, quota: Quota | None, tokens: int = 0) -> None:
        """Note of which limits it was taken, and how many tokens."""
        self.quota = quota
        self.tokens = tokens


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
        self._quotas: dict[tuple[AccountScope, ...], Quota] = {}  # made of these usages

    def set_terms(self, limits: Iterable[Limit]) -> None:
        """Take these limits, each of them 1 or more, in place of those before.

        A scope that stays keeps what it has used. One that goes is forgotten; the calls that run in
        it end as ever.
        """
        self._terms = {limit.scope: limit for limit in limits}
        self._may_wait = any(limit.wait_up_to_seconds for limit in self._terms.values())
        self._quotas.clear()
        for scope, usage in list(self._usages.items()):
            term = self._terms.get(scope)
            if term is None:
                del self._usages[scope]
            elif term != usage.term:
                usage.follow(term)

    def check(self, scopes: Sequence[AccountScope], tokens: int, now: float) -> LimitRefusal | None:
        """Return what refuses a call the longest, or None: it may come in."""
        if not self._terms:
            return None
        now_ns = int(now * SECOND_NS)
        quota = self._quota_of(scopes, now_ns)
        if quota.has_room(tokens, now_ns):
            return None
        found = (usage.refusal(tokens, now_ns) for usage in quota.usages)
        return max((no for no in found if no is not None), key=lambda no: no.retry_after_seconds)

    def take(self, scopes: Sequence[AccountScope], tokens: int, now: float) -> Grant:
        """Let a call in that was checked just now, and return what lets it out again."""
        if not self._terms:
            return Grant(None)
        now_ns = int(now * SECOND_NS)
        quota = self._quota_of(scopes, now_ns)
        quota.take(tokens, now_ns)
        return Grant(quota, tokens)

    def settle(self, grant: Grant, tokens_used: int | None, now: float) -> None:
        """Let a call out that has used so many tokens. None: as many as it took."""
        quota, grant.quota = grant.quota, None
        if quota is not None:
            quota.settle(grant.tokens, tokens_used, int(now * SECOND_NS))

    def give_back(self, grant: Grant) -> None:
        """Let a call out that was never sent: everything it took is there again."""
        quota, grant.quota = grant.quota, None
        if quota is not None:
            quota.give_back(grant.tokens)

    def state(self, scopes: Sequence[AccountScope], now: float) -> RateState | None:
        """Return what is left of the tightest limits per minute, or None: there are none."""
        if not self._terms:
            return None
        now_ns = int(now * SECOND_NS)
        quota = self._quota_of(scopes, now_ns)
        requests, tokens = quota.requests.tightest(now_ns), quota.tokens.tightest(now_ns)
        return None if requests is None and tokens is None else RateState(requests, tokens)

    def wait_up_to_seconds(self, scopes: Sequence[AccountScope]) -> float:
        """Return how long a call may wait for its turn: the longest that a scope of it allows."""
        longest = 0.0
        if not self._may_wait:
            return longest
        for scope in scopes:
            if (term := self._terms.get(scope)) is not None:
                longest = max(longest, term.wait_up_to_seconds)
        return longest

    def _quota_of(self, scopes: Sequence[AccountScope], now_ns: int) -> Quota:
        """Return what a call of these scopes has to fit into."""
        key = tuple(scopes)
        quota = self._quotas.get(key)
        if quota is None:
            self._forget_idle(now_ns, _LOOKED_AT_PER_NEW * len(key))
            terms = [self._terms[scope] for scope in key if scope in self._terms]
            quota = self._quotas[key] = Quota([self._usage_of(term) for term in terms])
        return quota

    def _usage_of(self, term: Limit) -> ScopeUsage:
        usage = self._usages.get(term.scope)
        if usage is None:
            usage = self._usages[term.scope] = ScopeUsage(term)
        return usage

    def _forget_idle(self, now_ns: int, most: int) -> None:
        """Forget idle scopes among those looked at longest ago, and what is made of them."""
        if len(self._quotas) >= _MAX_QUOTAS:
            self._quotas.clear()
        for _ in range(min(most, len(self._usages))):
            scope, usage = self._usages.popitem(last=False)
            if usage.is_idle(now_ns):
                self._quotas.clear()
            else:
                self._usages[scope] = usage
