"""A call is let in by all limits of all its scopes, or by none."""

# pyright: reportPrivateUsage=false

import pytest
from hypothesis import given, strategies as st

from app.services.admission.limits import Grant, Limiter, RateLeft, RateState
from app.services.admission.refusals import LimitKind, LimitRefusal
from app.services.admission.scopes import INSTANCE, AccountScope, ScopeKind
from app.services.admission.terms import Limit

TEAM = AccountScope(ScopeKind.TEAM, "team_1")
USER = AccountScope(ScopeKind.USER, "user_1")
KEY = AccountScope(ScopeKind.KEY, "key_1")
OTHER_KEY = AccountScope(ScopeKind.KEY, "key_2")
SCOPES = (INSTANCE, TEAM, USER, KEY)


def limiter_with(*limits: Limit) -> Limiter:
    limiter = Limiter()
    limiter.set_terms(limits)
    return limiter


def enter(
    limiter: Limiter,
    *,
    tokens: int = 1,
    now: float = 0.0,
    scopes: tuple[AccountScope, ...] = SCOPES,
) -> Grant:
    assert limiter.check(scopes, tokens, now) is None
    return limiter.take(scopes, tokens, now)


def refused(limiter: Limiter, *, tokens: int = 1, now: float = 0.0) -> LimitRefusal:
    refusal = limiter.check(SCOPES, tokens, now)
    assert refusal is not None
    return refusal


def left(limiter: Limiter, *scopes: AccountScope, now: float = 0.0) -> tuple[int, int]:
    """Return how many requests and tokens are left."""
    state = limiter.state(scopes, now)
    assert state is not None
    assert state.requests is not None
    assert state.tokens is not None
    return state.requests.remaining, state.tokens.remaining


def running(limiter: Limiter, scope: AccountScope, most: int) -> int:
    """Return how many calls of a scope run, by letting in as many as still fit."""
    count = 0
    while limiter.check([scope], 0, 0.0) is None:
        limiter.take([scope], 0, 0.0)
        count += 1
    return most - count


class TestLettingIn:
    def test_without_limits_every_call_comes_in(self) -> None:
        limiter = Limiter()

        for _ in range(100):
            limiter.settle(enter(limiter, tokens=10**9), 10**9, 0.0)

        assert limiter.state(SCOPES, 0.0) is None
        assert limiter.wait_up_to_seconds(SCOPES) == 0

    @pytest.mark.parametrize("scope", SCOPES)
    def test_each_scope_has_its_say(self, scope: AccountScope) -> None:
        limiter = limiter_with(Limit(scope, requests_per_minute=2))
        enter(limiter)
        enter(limiter)

        assert refused(limiter) == LimitRefusal(
            scope=scope, retry_after_seconds=30.0, kind=LimitKind.REQUESTS, limit=2
        )

    def test_tokens_are_weighed(self) -> None:
        limiter = limiter_with(Limit(TEAM, tokens_per_minute=600))
        enter(limiter, tokens=500)

        assert limiter.check(SCOPES, 100, 0.0) is None
        assert refused(limiter, tokens=150) == LimitRefusal(
            scope=TEAM, retry_after_seconds=5.0, kind=LimitKind.TOKENS, limit=600
        )

    def test_calls_at_once_are_counted(self) -> None:
        limiter = limiter_with(Limit(KEY, parallel_calls=2))
        first, _ = enter(limiter), enter(limiter)

        assert refused(limiter) == LimitRefusal(
            scope=KEY, retry_after_seconds=1.0, kind=LimitKind.PARALLEL, limit=2
        )
        limiter.settle(first, None, 0.0)
        enter(limiter)
        assert refused(limiter).kind is LimitKind.PARALLEL

    def test_others_are_not_limited(self) -> None:
        limiter = limiter_with(Limit(OTHER_KEY, 1, 1, 1))
        enter(limiter, scopes=(INSTANCE, TEAM, OTHER_KEY))

        for _ in range(10):
            enter(limiter, tokens=100)

    def test_a_call_larger_than_a_limit_comes_in_when_all_of_it_is_there(self) -> None:
        limiter = limiter_with(Limit(KEY, tokens_per_minute=100))
        enter(limiter, tokens=5_000)

        assert refused(limiter, tokens=5_000).retry_after_seconds == 60
        enter(limiter, tokens=5_000, now=60.0)

    def test_who_is_refused_has_taken_nothing(self) -> None:
        limiter = limiter_with(*(Limit(scope, 10, 100, 5) for scope in SCOPES[:3]), Limit(KEY, 1))
        enter(limiter, tokens=10)

        for _ in range(50):
            refused(limiter)

        assert left(limiter, INSTANCE) == left(limiter, TEAM) == left(limiter, USER) == (9, 90)
        assert running(limiter, TEAM, most=5) == 1

    def test_who_comes_back_when_told_is_let_in(self) -> None:
        limiter = limiter_with(
            Limit(INSTANCE, requests_per_minute=1_000),
            Limit(TEAM, requests_per_minute=2),
            Limit(USER, parallel_calls=100),
            Limit(KEY, tokens_per_minute=7),
        )
        for tokens in (2, 4):
            enter(limiter, tokens=tokens)

        refusal = refused(limiter, tokens=6)

        assert (refusal.scope, refusal.kind, refusal.limit) == (KEY, LimitKind.TOKENS, 7)
        assert refused(limiter, tokens=6, now=refusal.retry_after_seconds - 0.001).scope == KEY
        enter(limiter, tokens=6, now=refusal.retry_after_seconds + 1e-9)

    def test_the_longest_wait_is_named_of_two_limits_of_one_scope(self) -> None:
        limiter = limiter_with(Limit(KEY, requests_per_minute=1, parallel_calls=1))
        enter(limiter)

        assert refused(limiter).kind is LimitKind.REQUESTS
        assert refused(limiter, now=59.5).kind is LimitKind.PARALLEL
        assert refused(limiter, now=3_600).kind is LimitKind.PARALLEL


class TestLettingOut:
    @pytest.mark.parametrize(("used", "remaining"), [(0, 100), (30, 70), (80, 20), (None, 20)])
    def test_tokens_that_were_not_used_come_back(self, used: int | None, remaining: int) -> None:
        limiter = limiter_with(Limit(KEY, 10, 100))

        limiter.settle(enter(limiter, tokens=80), used, 0.0)

        assert left(limiter, KEY) == (9, remaining)

    def test_tokens_that_were_used_beyond_are_a_debt(self) -> None:
        limiter = limiter_with(Limit(KEY, 10, 60))

        limiter.settle(enter(limiter, tokens=50), 90, 0.0)

        assert left(limiter, KEY) == (9, 0)
        assert refused(limiter).retry_after_seconds == 31

    def test_a_debt_begins_when_it_is_known(self) -> None:
        limiter = limiter_with(Limit(KEY, 10, 60))

        limiter.settle(enter(limiter, tokens=50), 90, 600.0)

        assert left(limiter, KEY, now=600.0) == (10, 20)

    def test_a_call_larger_than_a_limit_pays_for_all_it_used(self) -> None:
        limiter = limiter_with(Limit(KEY, tokens_per_minute=60))

        limiter.settle(enter(limiter, tokens=1_000), 180, 0.0)

        assert refused(limiter).retry_after_seconds == 121

    @pytest.mark.parametrize("used", [None, 0, 100, 10_000])
    def test_a_second_time_changes_nothing(self, used: int | None) -> None:
        limiter = limiter_with(Limit(KEY, 10, 100, 2))
        enter(limiter, tokens=10)
        grant = enter(limiter, tokens=10)

        limiter.settle(grant, 10, 0.0)
        limiter.settle(grant, used, 0.0)
        limiter.give_back(grant)

        assert left(limiter, KEY) == (8, 80)
        assert running(limiter, KEY, most=2) == 1

    def test_a_call_that_was_never_sent_leaves_no_trace(self) -> None:
        limiter = limiter_with(*(Limit(scope, 10, 100, 1) for scope in SCOPES))
        grant = enter(limiter, tokens=500)

        limiter.give_back(grant)
        limiter.settle(grant, 1_000, 0.0)

        assert left(limiter, *SCOPES) == (10, 100)
        assert running(limiter, KEY, most=1) == 0


class TestOtherTerms:
    def test_the_same_limits_again_keep_what_is_used(self) -> None:
        limiter = limiter_with(Limit(KEY, 10, 100, 2))
        enter(limiter, tokens=60)

        limiter.set_terms([Limit(KEY, 10, 100, 2), Limit(TEAM, 5)])

        assert left(limiter, KEY) == (9, 40)
        assert running(limiter, KEY, most=2) == 1

    def test_a_raised_limit_keeps_the_share_that_is_used(self) -> None:
        limiter = limiter_with(Limit(KEY, 10, 100, 1))
        enter(limiter, tokens=60)

        limiter.set_terms([Limit(KEY, 20, 1_000, 2)])

        assert left(limiter, KEY) == (18, 400)
        enter(limiter)
        assert refused(limiter).kind is LimitKind.PARALLEL

    @pytest.mark.parametrize(
        ("limit", "at_first", "at_the_end"), [(100, 0, 50), (10_000, 0, 5_000)]
    )
    def test_what_comes_back_is_the_share_that_it_was(
        self, limit: int, at_first: int, at_the_end: int
    ) -> None:
        limiter = limiter_with(Limit(KEY, 60, 1_000))
        grant = enter(limiter, tokens=1_000)

        limiter.set_terms([Limit(KEY, 60, limit)])
        assert left(limiter, KEY) == (59, at_first)
        limiter.settle(grant, 500, 0.0)

        assert left(limiter, KEY) == (59, at_the_end)

    def test_what_is_used_beyond_it_is_the_share_that_it_was(self) -> None:
        limiter = limiter_with(Limit(KEY, None, 1_000))
        grant = enter(limiter, tokens=100)

        limiter.set_terms([Limit(KEY, None, 10)])
        limiter.settle(grant, 500, 0.0)

        assert limiter.state((KEY,), 0.0) == RateState(None, RateLeft(10, 5, 30.0))

    def test_a_call_that_is_not_made_gives_back_no_more_than_it_took(self) -> None:
        limiter = limiter_with(Limit(KEY, 100, 1_000))
        kept, returned = [enter(limiter, tokens=100) for _ in range(2)]

        limiter.set_terms([Limit(KEY, 10, 10)])
        limiter.give_back(returned)

        assert limiter.state((KEY,), 0.0) == RateState(RateLeft(10, 9, 0.6), RateLeft(10, 9, 6.0))
        limiter.give_back(kept)
        assert left(limiter, KEY) == (10, 10)

    def test_a_lowered_limit_stops_new_calls_until_enough_have_ended(self) -> None:
        limiter = limiter_with(Limit(KEY, parallel_calls=3))
        grants = [enter(limiter) for _ in range(3)]

        limiter.set_terms([Limit(KEY, parallel_calls=1)])

        for grant in grants:
            assert refused(limiter).limit == 1
            limiter.settle(grant, None, 0.0)
        enter(limiter)

    def test_calls_end_as_ever_whose_limits_are_gone(self) -> None:
        limiter = limiter_with(Limit(KEY, 10, 100, 1), Limit(TEAM, 10, 100, 1))
        settled, returned = enter(limiter, tokens=10), limiter.take(SCOPES, 10, 0.0)

        limiter.set_terms([Limit(TEAM, parallel_calls=1)])
        assert refused(limiter).scope == TEAM
        limiter.settle(settled, 500, 0.0)
        limiter.give_back(returned)
        limiter.set_terms([Limit(KEY, 10, 100, 1), Limit(TEAM, 10, 100, 1)])

        assert left(limiter, *SCOPES) == (10, 100)
        enter(limiter)

    def test_a_limit_that_comes_later_counts_the_calls_that_run(self) -> None:
        limiter = limiter_with(Limit(KEY, requests_per_minute=100))
        grant = enter(limiter, tokens=1_000)

        limiter.set_terms([Limit(KEY, 100, 500, 1)])

        assert refused(limiter).kind is LimitKind.PARALLEL
        limiter.settle(grant, 7, 0.0)
        assert left(limiter, KEY) == (99, 500)

    def test_what_is_idle_is_forgotten_and_what_is_not_is_kept(self) -> None:
        keys = [AccountScope(ScopeKind.KEY, f"key_{number}") for number in range(2_000)]
        limiter = limiter_with(*(Limit(key, 60, 600, 1) for key in keys))
        busy, in_debt = keys[:10], keys[10:20]
        for key in busy:
            limiter.take([key], 1, 0.0)
        for key in in_debt:
            limiter.settle(limiter.take([key], 1, 0.0), 6_000, 0.0)

        for number, key in enumerate(keys[20:]):
            grant = enter(limiter, now=number * 0.1, scopes=(key,))
            limiter.settle(grant, 1, number * 0.1)

        assert len(limiter._usages) < 100
        kinds = [no.kind for key in (*busy, *in_debt) if (no := limiter.check([key], 1, 199.0))]
        assert kinds == [LimitKind.PARALLEL] * 10 + [LimitKind.TOKENS] * 10


class TestWhatIsLeft:
    def test_the_tightest_of_each_is_told(self) -> None:
        limiter = limiter_with(
            Limit(INSTANCE, 60, 10_000), Limit(TEAM, 600, 600), Limit(KEY, None, 6_000)
        )
        enter(limiter, tokens=30)

        assert limiter.state(SCOPES, 0.0) == RateState(
            requests=RateLeft(60, 59, 1.0), tokens=RateLeft(600, 570, 3.0)
        )
        assert limiter.state((KEY,), 0.0) == RateState(
            requests=None, tokens=RateLeft(6_000, 5_970, 0.3)
        )

    def test_before_the_first_call_all_of_it_is(self) -> None:
        limiter = limiter_with(Limit(TEAM, 600, 600))

        assert limiter.state(SCOPES, 0.0) == RateState(RateLeft(600, 600, 0), RateLeft(600, 600, 0))

    def test_of_two_alike_the_smaller_limit_is_told(self) -> None:
        limiter = limiter_with(Limit(TEAM, 2), Limit(KEY, 1))
        enter(limiter)

        state = limiter.state(SCOPES, 15.0)

        assert state == RateState(RateLeft(1, 0, 45.0), None)

    def test_calls_at_once_are_no_rate(self) -> None:
        limiter = limiter_with(Limit(TEAM, parallel_calls=3, wait_up_to_seconds=2))
        enter(limiter)

        assert limiter.state(SCOPES, 0.0) is None

    def test_a_call_waits_as_long_as_the_most_patient_of_its_scopes(self) -> None:
        limiter = limiter_with(
            Limit(TEAM, wait_up_to_seconds=5.0), Limit(KEY, 1, wait_up_to_seconds=2.5)
        )

        assert limiter.wait_up_to_seconds(SCOPES) == 5.0
        assert limiter.wait_up_to_seconds((KEY,)) == 2.5
        assert limiter.wait_up_to_seconds((OTHER_KEY,)) == 0.0


SMALL = st.none() | st.integers(1, 6)
CALLS = st.lists(
    st.tuples(
        st.sampled_from([(TEAM, KEY), (TEAM, OTHER_KEY), (KEY,)]),
        st.sampled_from(["come", "come", "end", "return"]),
        st.integers(0, 8),  # tokens
        st.sampled_from([0.0, 0.1, 1.0, 10.0, 15.0]),
    ),
    max_size=40,
)


@given(st.lists(st.tuples(SMALL, SMALL, SMALL), min_size=3, max_size=3), CALLS)
def test_whatever_comes_and_goes_no_limit_is_broken_and_nothing_is_lost(
    terms: list[tuple[int | None, int | None, int | None]],
    calls: list[tuple[tuple[AccountScope, ...], str, int, float]],
) -> None:
    limits = [Limit(scope, *row) for scope, row in zip((TEAM, KEY, OTHER_KEY), terms, strict=True)]
    limiter, now = limiter_with(*limits), 0.0
    open_calls: list[tuple[tuple[AccountScope, ...], Grant]] = []
    for scopes, event, tokens, pause in calls:
        now += pause
        if event == "come" and limiter.check(scopes, tokens, now) is None:
            open_calls.append((scopes, limiter.take(scopes, tokens, now)))
        elif event == "end" and open_calls:
            limiter.settle(open_calls.pop(0)[1], tokens, now)
        elif event == "return" and open_calls:
            limiter.give_back(open_calls.pop()[1])
        for limit in limits:
            held = sum(limit.scope in scopes for scopes, _ in open_calls)
            assert limit.parallel_calls is None or held <= limit.parallel_calls

    for _, grant in open_calls:
        limiter.settle(grant, None, now)

    much_later = now + 3_600
    fresh = limiter_with(*limits)
    for scopes in ((TEAM,), (KEY,), (OTHER_KEY,)):
        assert limiter.check(scopes, 10**9, much_later) is None
        assert limiter.state(scopes, much_later) == fresh.state(scopes, much_later)
