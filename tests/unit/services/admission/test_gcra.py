"""A rate is exactly what a bucket of fractions says it is."""

import math
from fractions import Fraction
from itertools import accumulate

import pytest
from hypothesis import given, strategies as st

from app.services.admission.gcra import Gcra
from app.services.admission.rates import Rates

SECOND = 1_000_000_000
MINUTE = 60 * SECOND
LIMITS = st.one_of(st.integers(1, 10), st.sampled_from([59, 60, 61, 7_919, 10**9 + 7]))
PAUSES = st.one_of(st.integers(0, 3), st.integers(0, 2 * MINUTE), st.just(SECOND // 3))
SHARES = st.one_of(st.integers(0, 150), st.just(100))  # of the limit, in percent
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["take", "take", "take", "give back", "charge", "change"]),
        PAUSES,
        SHARES,
        LIMITS,
    ),
    max_size=30,
)


class Bucket:
    """The same in fractions, step by step: slow, and plainly right."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.level = Fraction(limit)

    def wait_for(self, nanoseconds: int) -> None:
        self.put(Fraction(self.limit * nanoseconds, MINUTE))

    def put(self, weight: Fraction | int) -> None:
        self.level = min(Fraction(self.limit), self.level + weight)

    def wait_ns(self, weight: int) -> int:
        missing = min(weight, self.limit) - self.level
        return max(0, math.ceil(missing * MINUTE / self.limit))

    def change_limit(self, limit: int) -> None:
        used = (self.limit - self.level) * limit / self.limit
        self.level = limit - Fraction(math.ceil(used * MINUTE), MINUTE)
        self.limit = limit


def take(rate: Gcra, now: int, weight: int) -> int:
    """Take so much, at most the whole limit, and return how much it was."""
    Rates([rate]).take(now, weight)
    return min(weight, rate.limit)


def remaining(rate: Gcra, now: int) -> int:
    """Return how many whole units may be taken now."""
    left = Rates([rate]).tightest(now)
    assert left is not None
    assert (left.limit, left.reset_seconds) == (rate.limit, rate.full_in_ns(now) / SECOND)
    return left.remaining


def assert_alike(rate: Gcra, bucket: Bucket, now: int) -> None:
    assert rate.limit == bucket.limit
    assert remaining(rate, now) == max(0, math.floor(bucket.level))
    assert rate.full_in_ns(now) == bucket.wait_ns(bucket.limit)
    for weight in (0, 1, bucket.limit // 2, bucket.limit, bucket.limit * 3):
        assert rate.wait_ns(now, weight) == bucket.wait_ns(weight)
        assert Rates([rate]).fit(now, weight) is (bucket.wait_ns(weight) == 0)


@given(limit=LIMITS, start=st.integers(0, 10**18), steps=STEPS)
def test_a_rate_is_a_bucket_whatever_happens_to_it(
    limit: int, start: int, steps: list[tuple[str, int, int, int]]
) -> None:
    now, rate, bucket = start, Gcra(limit), Bucket(limit)
    for step, pause, percent, other in steps:
        now += pause
        bucket.wait_for(pause)
        weight = bucket.limit * percent // 100
        match step:
            case "take":
                if rate.wait_ns(now, weight) == 0:
                    take(rate, now, weight)
                    bucket.put(-min(weight, bucket.limit))
            case "give back":
                rate.give_back(weight)
                bucket.put(weight)
            case "charge":
                rate.charge(now, weight)
                bucket.put(-weight)
            case _:
                rate.change_limit(other)
                bucket.change_limit(other)
        assert_alike(rate, bucket, now)


@given(limit=LIMITS, calls=st.lists(st.tuples(PAUSES, SHARES, SHARES), max_size=30))
def test_no_span_of_time_admits_more_than_the_limit_and_what_came_back_in_it(
    limit: int, calls: list[tuple[int, int, int]]
) -> None:
    now, held, rate = 0, 0, Gcra(limit)
    moments, nets = [0], [0]
    for pause, wanted, returned in calls:
        now += pause
        taken = 0
        if rate.wait_ns(now, limit * wanted // 100) == 0:
            taken = take(rate, now, limit * wanted // 100)
        back = (held + taken) * min(returned, 100) // 100
        held += taken - back
        rate.give_back(back)
        moments.append(now)
        nets.append(taken - back)

    sums = list(accumulate(nets))
    for begin in range(len(sums)):
        for end in range(begin + 1, len(sums)):
            span = moments[end] - moments[begin + 1]
            assert sums[end] - sums[begin] <= limit + Fraction(limit * span, MINUTE)


@given(limit=LIMITS, weight=st.integers(0, 10**10), used=SHARES, now=st.integers(0, 10**18))
def test_it_fits_after_the_wait_and_not_a_nanosecond_before(
    limit: int, weight: int, used: int, now: int
) -> None:
    rate = Gcra(limit)
    rate.charge(now, limit * used // 100)

    wait = rate.wait_ns(now, weight)

    assert rate.wait_ns(now + wait, weight) == 0
    assert wait == 0 or rate.wait_ns(now + wait - 1, weight) == 1


@given(limit=LIMITS, used=SHARES, weight=st.integers(0, 10**10), pause=PAUSES)
def test_what_is_taken_and_given_back_was_never_taken(
    limit: int, used: int, weight: int, pause: int
) -> None:
    rate, other = Gcra(limit), Gcra(limit)
    for one in (rate, other):
        one.charge(MINUTE, limit * used // 100)

    rate.give_back(take(rate, MINUTE, weight))

    later = MINUTE + pause
    assert rate.full_in_ns(later) == other.full_in_ns(later)
    assert remaining(rate, later) == remaining(other, later)


def test_all_of_a_limit_passes_at_once_and_comes_back_evenly() -> None:
    rate = Gcra(60)

    admitted = 0
    while rate.wait_ns(0, 1) == 0:
        admitted += take(rate, 0, 1)

    assert (admitted, remaining(rate, 0), rate.full_in_ns(0)) == (60, 0, MINUTE)
    assert (rate.wait_ns(0, 1), rate.wait_ns(0, 10)) == (SECOND, 10 * SECOND)
    assert (remaining(rate, SECOND - 1), remaining(rate, SECOND)) == (0, 1)
    assert (remaining(rate, MINUTE), remaining(rate, 10 * MINUTE)) == (60, 60)


def test_more_than_the_whole_limit_passes_when_the_bucket_is_full() -> None:
    rate = Gcra(100)

    assert rate.wait_ns(0, 5_000) == 0
    assert take(rate, 0, 5_000) == 100
    assert rate.wait_ns(0, 5_000) == MINUTE


def test_a_debt_is_waited_for() -> None:
    rate = Gcra(60)
    rate.charge(0, 180)

    assert (remaining(rate, 0), rate.wait_ns(0, 1)) == (0, 2 * MINUTE + SECOND)
    assert rate.full_in_ns(0) == 3 * MINUTE


def test_nothing_over_a_full_bucket_comes_back() -> None:
    rate = Gcra(10)
    take(rate, 0, 10)
    rate.give_back(1_000)

    assert remaining(rate, 0) == 10
    take(rate, 0, 10)
    assert remaining(rate, 0) == 0


def test_an_uneven_limit_does_not_drift_in_a_year_of_calls() -> None:
    rate, now = Gcra(7), 0
    for _ in range(100_000):
        now += rate.wait_ns(now, 1)
        take(rate, now, 1)

    assert now == math.ceil(Fraction((100_000 - 7) * MINUTE, 7))


@pytest.mark.parametrize("limit", [1_000, 10])
def test_another_limit_keeps_the_share_that_is_used(limit: int) -> None:
    rate = Gcra(100)
    take(rate, 0, 80)
    rate.change_limit(limit)

    assert remaining(rate, 0) == limit // 5
    assert rate.full_in_ns(0) == MINUTE * 8 // 10


@given(before=LIMITS, limit=LIMITS, taken=SHARES, returned=SHARES)
def test_under_another_limit_as_large_a_share_comes_back_and_never_more(
    before: int, limit: int, taken: int, returned: int
) -> None:
    now, rate, weight = 10**18, Gcra(before), before * min(taken, 100) // 100
    take(rate, now, weight)
    rate.change_limit(limit)
    used = weight - weight * min(returned, 100) // 100

    rate.give_back(weight - used, under=before)

    share = Fraction(used, before)
    assert share * MINUTE <= rate.full_in_ns(now) <= share * MINUTE + 2
    rate.charge(now, weight - used, under=before)
    assert rate.full_in_ns(now) >= Fraction(weight, before) * MINUTE


@pytest.mark.parametrize("limit", [0, -1])
def test_a_limit_below_one_is_refused(limit: int) -> None:
    with pytest.raises(ValueError, match="1 or more"):
        Gcra(limit)
    with pytest.raises(ValueError, match="1 or more"):
        Gcra(1).change_limit(limit)


@pytest.mark.parametrize("limits", [(1, 2), (2, 1)])
def test_of_two_that_have_as_little_left_the_smaller_is_the_tightest(
    limits: tuple[int, int],
) -> None:
    rates = [Gcra(limit) for limit in limits]
    for rate in rates:
        rate.charge(0, rate.limit)

    left = Rates(rates).tightest(0)

    assert left is not None
    assert (left.limit, left.remaining) == (1, 0)
