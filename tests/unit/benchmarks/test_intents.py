"""Waits for intents, out of the gateway's own numbers."""

import pytest

from app.core.telemetry import CallSample, Metrics
from benchmarks.intents import between, quantile_ms, together, waits_in


def test_waits_are_read_from_what_the_gateway_exposes() -> None:
    metrics = Metrics()
    for seconds, is_durable in ((0.0004, False), (0.004, True), (0.006, True)):
        metrics.call_ended(
            CallSample(
                task="chat-completion",
                upstream="mock",
                status="ok",
                seconds=1.0,
                intent_seconds=seconds,
                is_durable=is_durable,
            )
        )

    waits = waits_in(metrics.exposition().decode())

    assert (waits[0.0005], waits[0.005], waits[0.0075], waits[float("inf")]) == (1, 2, 3, 3)


def test_waits_of_a_burst_are_those_since_it_began() -> None:
    assert between({}, {0.1: 2.0}) == {0.1: 2.0}
    assert between({0.1: 2.0, 0.2: 3.0}, {0.1: 2.0, 0.2: 7.0}) == {0.1: 0.0, 0.2: 4.0}
    assert together([{0.1: 2.0, 0.2: 3.0}, {0.1: 1.0, 0.2: 4.0}]) == {0.1: 3.0, 0.2: 7.0}


@pytest.mark.parametrize(("share", "expected"), [(0.25, 50), (0.5, 100), (0.75, 150), (1, 200)])
def test_a_quantile_lies_evenly_in_its_bucket(share: float, expected: float) -> None:
    waits = {0.1: 50.0, 0.2: 100.0, float("inf"): 100.0}
    assert quantile_ms(waits, share) == pytest.approx(expected)


def test_a_wait_beyond_all_bounds_counts_as_the_last_one() -> None:
    assert quantile_ms({0.1: 0.0, 5.0: 1.0, float("inf"): 4.0}, 0.99) == pytest.approx(5000)


def test_nobody_waited_is_not_no_wait() -> None:
    assert quantile_ms({}, 0.5) is None
    assert quantile_ms({0.1: 0.0, float("inf"): 0.0}, 0.5) is None
