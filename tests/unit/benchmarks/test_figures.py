import pytest

from benchmarks.bursts import Burst, Load
from benchmarks.figures import Bar, Body, Figures, bars, median_of, per_core_ratio, sum_up
from benchmarks.subjects import HARD

BODY = Body(
    first_start_seconds=1.2, start_seconds=0.9, start_cpu_seconds=0.8, idle_mb=80, loaded_mb=90
)


def burst(
    requests: int = 100, *, cpu_seconds: float = 0.1, errors: int = 0, p50: float | None = 1.0
) -> Burst:
    return Burst(
        requests=requests,
        errors=errors,
        seconds=2.0,
        events=requests * 52,
        cpu_seconds=cpu_seconds,
        complaint="not an answer" if errors else "",
        answer_p50_ms=p50,
        first_p50_ms=p50,
    )


def table(
    gateway_ms: float, gateway_first_ms: float, *, hard_requests: int = 1000
) -> dict[tuple[str, Load], Figures]:
    whole, paced = Load(16), Load(1, pace_ms=5)
    return {
        ("null route", whole): sum_up([burst(1000, cpu_seconds=0.1)]),
        ("gateway", whole): sum_up([burst(1000, cpu_seconds=gateway_ms)]),
        (HARD, whole): sum_up([burst(hard_requests)]),
        ("direct", paced): sum_up([burst(p50=0.5)]),
        ("gateway", paced): sum_up([burst(p50=gateway_first_ms)]),
    }


def test_rates_and_times_are_medians_of_the_rounds() -> None:
    figures = sum_up([burst(100, p50=1.0), burst(300, p50=9.0), burst(200, p50=2.0)])
    assert figures.requests_per_second == 100
    assert figures.events_per_second == 5200
    assert figures.answer_p50_ms == 2.0


def test_processor_time_is_summed_over_the_rounds() -> None:
    figures = sum_up([burst(100, cpu_seconds=0.01), burst(300, cpu_seconds=0.03)])
    assert figures.cpu_ms == pytest.approx(0.1)
    assert figures.requests_per_core == pytest.approx(10_000)


def test_bursts_too_short_for_the_clock_give_no_processor_time() -> None:
    assert sum_up([burst(0, cpu_seconds=0.0)]).cpu_ms is None
    assert sum_up([burst(1, cpu_seconds=0.0)]).requests_per_core is None


def test_errors_are_summed_and_the_first_complaint_is_kept() -> None:
    figures = sum_up([burst(), burst(errors=2), burst(errors=1)])
    assert (figures.errors, figures.complaint) == (3, "not an answer")


def test_a_median_leaves_out_what_was_not_measured() -> None:
    assert median_of([None, 3.0, None, 1.0, 2.0]) == 2.0
    assert median_of([None, None]) is None


def test_a_ratio_compares_requests_per_second_of_processor_time() -> None:
    assert per_core_ratio(table(0.4, 1.0), "gateway", "null route", Load(16)) == pytest.approx(0.25)


def test_a_bar_at_its_limit_is_reached() -> None:
    assert Bar("at most", 3, 3, "ms").is_reached
    assert not Bar("at most", 3.1, 3, "ms").is_reached
    assert Bar("at least", 0.25, 0.25, "", at_least=True).is_reached
    assert not Bar("at least", 0.24, 0.25, "", at_least=True).is_reached


def test_a_slow_gateway_falls_short_of_its_share_and_of_its_first_chunk() -> None:
    fast = {bar.promise: bar.is_reached for bar in bars(table(0.39, 3.4), BODY)}
    slow = {bar.promise: bar.is_reached for bar in bars(table(0.41, 3.6), BODY)}
    assert all(fast.values())
    assert [promise for promise, is_reached in slow.items() if not is_reached] == [
        "requests/s per core at 16 connections, of the null route's",
        "first chunk later than direct",
    ]


def test_failed_requests_fall_short() -> None:
    failing = table(0.1, 1.0) | {("direct", Load(1)): sum_up([burst(errors=1)])}
    assert not bars(failing, BODY)[-1].is_reached


@pytest.mark.parametrize(("requests", "is_reached"), [(800, True), (799, False)])
def test_hard_budgets_may_cost_a_fifth_of_the_requests(requests: int, *, is_reached: bool) -> None:
    [cost] = [
        bar
        for bar in bars(table(0.39, 3.4, hard_requests=requests), BODY)
        if "hard budgets" in bar.promise
    ]
    assert cost.value == pytest.approx(requests / 1000)
    assert cost.is_reached is is_reached
