"""When a breaker lets calls through."""

import pytest

from app.services.routing.breaker import Breaker, BreakerState

CLOSED, OPEN, HALF_OPEN = BreakerState


def breaker() -> Breaker:
    return Breaker(lambda: 0.5)  # the middle: no spread


def fail(one: Breaker, now: float, times: int = 1) -> None:
    for _ in range(times):
        one.fail(one.begin(), now)


def test_it_opens_after_five_failures_in_a_row() -> None:
    one = breaker()
    fail(one, 0.0, 4)
    assert one.admits(0.0)

    fail(one, 0.0)

    assert (one.state(4.9), one.admits(4.9), one.opens_in(4.0)) == (OPEN, False, 1.0)


def test_a_success_in_between_starts_the_count_again() -> None:
    one = breaker()
    fail(one, 0.0, 4)
    one.succeed(one.begin(), 0.0)
    fail(one, 0.0, 4)

    assert one.state(0.0) is CLOSED


@pytest.mark.parametrize(("now", "state"), [(29.0, OPEN), (30.0, CLOSED)])
def test_it_opens_when_half_of_twenty_calls_failed_in_thirty_seconds(
    now: float, state: BreakerState
) -> None:
    one = breaker()
    for _ in range(3):
        fail(one, 0.0, 3)
        one.succeed(one.begin(), 0.0)
    for _ in range(7):
        one.succeed(one.begin(), now)

    fail(one, now)  # the tenth of twenty

    assert one.state(now) is state


def test_half_open_lets_one_call_through_and_its_success_closes() -> None:
    one = breaker()
    fail(one, 0.0, 5)
    assert one.state(5.0) is HALF_OPEN
    assert one.admits(5.0)
    probe = one.begin()
    assert not one.admits(5.0)

    one.succeed(probe, 5.5)

    assert (one.state(5.5), one.admits(5.5)) == (CLOSED, True)


def test_a_probe_that_ends_without_a_word_lets_another_one_go() -> None:
    one = breaker()
    fail(one, 0.0, 5)

    one.forget(one.begin())

    assert one.admits(5.0)


def test_each_failed_probe_doubles_the_time_up_to_five_minutes() -> None:
    one, now = breaker(), 0.0
    fail(one, now, 5)
    waits: list[float] = []
    for _ in range(8):
        waits.append(one.opens_in(now))
        now += one.opens_in(now)
        fail(one, now)

    assert waits == [5, 10, 20, 40, 80, 160, 300, 300]


def test_failures_of_calls_that_went_although_it_is_open_change_nothing() -> None:
    one = breaker()
    fail(one, 0.0, 5)

    fail(one, 1.0, 5)

    assert one.opens_in(1.0) == 4.0


def test_what_began_before_it_opened_says_nothing_about_now() -> None:
    one = breaker()
    early = one.begin()
    fail(one, 0.0, 5)

    one.succeed(early, 1.0)
    one.fail(early, 6.0)

    assert (one.state(1.0), one.state(6.0)) == (OPEN, HALF_OPEN)


def test_an_operator_can_close_it() -> None:
    one = breaker()
    fail(one, 0.0, 5)

    one.close()

    assert one.admits(0.0)


@pytest.mark.parametrize(("number", "seconds"), [(0.0, 4.0), (1.0, 6.0)])
def test_the_time_is_spread_by_a_fifth(number: float, seconds: float) -> None:
    one = Breaker(lambda: number)
    fail(one, 0.0, 5)

    assert one.opens_in(0.0) == pytest.approx(seconds)
