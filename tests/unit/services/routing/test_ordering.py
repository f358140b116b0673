"""In which order targets are asked."""

import random
from collections import Counter

import pytest

from app.core.gateway_models import Strategy
from app.services.routing.ordering import Asker, Candidate, in_order

RANDOM = random.Random(1)  # noqa: S311 - repeatable
ASKER = Asker("user_1", RANDOM.random)


def candidate(identity: str = "a", **facts: object) -> Candidate:
    usual = Candidate(0, 1.0, identity, running=0, seconds=None, nusd=None)
    return usual._replace(**facts)


def first(*candidates: Candidate, strategy: Strategy, times: int = 1) -> Counter[int]:
    return Counter(in_order(candidates, strategy, ASKER)[0] for _ in range(times))


@pytest.mark.parametrize("strategy", Strategy)
def test_the_smallest_priority_goes_first_whatever_the_strategy(strategy: Strategy) -> None:
    better = {"seconds": 0.1, "nusd": 1, "weight": 1_000.0}
    later, sooner = candidate("a", priority=2, **better), candidate("b", priority=1, running=9)

    assert first(later, sooner, strategy=strategy, times=50) == {1: 50}


def test_weights_share_the_calls() -> None:
    seen = first(
        candidate("a", weight=3.0), candidate("b"), strategy=Strategy.WEIGHTED, times=4_000
    )

    assert 2_850 < seen[0] < 3_150


def test_every_target_is_in_the_order_once() -> None:
    targets = [candidate(str(number)) for number in range(10)]

    assert sorted(in_order(targets, Strategy.WEIGHTED, ASKER)) == list(range(10))


def test_the_fastest_is_asked_but_now_and_then_another_one_is_tried() -> None:
    slow, quick = candidate("a", seconds=2.0), candidate("b", seconds=0.2)

    seen = first(slow, quick, strategy=Strategy.FASTEST, times=2_000)

    assert 10 < seen[0] < 100


def test_what_was_never_measured_is_tried_first() -> None:
    known, new = candidate("a", seconds=0.001), candidate("b")

    assert first(known, new, strategy=Strategy.FASTEST, times=100)[1] > 90


def test_the_cheapest_is_asked_and_an_unknown_price_is_the_dearest() -> None:
    targets = (candidate("a"), candidate("b", nusd=7), candidate("c", nusd=5))

    assert in_order(targets, Strategy.CHEAPEST, ASKER) == [2, 1, 0]


def test_the_least_busy_is_asked_by_its_weight() -> None:
    targets = (candidate("a", running=4, weight=4.0), candidate("b", running=2, weight=1.0))

    assert in_order(targets, Strategy.LEAST_BUSY, ASKER) == [0, 1]


def test_an_asker_stays_where_it_was_and_moves_only_when_its_target_goes() -> None:
    targets = [candidate(name) for name in "abcdef"]
    for number in range(50):
        asker = Asker(f"user_{number}")
        order = in_order(targets, Strategy.STICKY, asker)
        assert in_order(targets, Strategy.STICKY, asker) == order
        gone = order[0]
        left = [one for place, one in enumerate(targets) if place != gone]
        names = [left[place].identity for place in in_order(left, Strategy.STICKY, asker)]
        assert names == [targets[place].identity for place in order[1:]]


def test_askers_are_spread_by_weight() -> None:
    targets = (candidate("a", weight=3.0), candidate("b"))
    seen = Counter(
        in_order(targets, Strategy.STICKY, Asker(f"user_{number}"))[0] for number in range(4_000)
    )

    assert 2_850 < seen[0] < 3_150
