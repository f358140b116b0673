"""What is left of a limit is told as OpenAI tells it."""

import re

import pytest
from hypothesis import given, strategies as st

from app.services.admission.limits import RateLeft, RateState
from app.services.admission.rate_headers import duration, rate_headers

UNITS = {"h": 3_600.0, "m": 60.0, "s": 1.0, "ms": 0.001}


def seconds_in(text: str) -> float:
    parts = re.findall(r"(\d+(?:\.\d+)?)(ms|h|m|s)", text)
    assert "".join(number + unit for number, unit in parts) == text
    return sum(float(number) * UNITS[unit] for number, unit in parts)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.0, "0s"),
        (0.0000001, "0s"),
        (0.0001, "1ms"),
        (0.017, "17ms"),
        (0.9991, "1s"),
        (1.0, "1s"),
        (1.5, "1.5s"),
        (59.999, "59.999s"),
        (60.0, "1m0s"),
        (72.25, "1m12.25s"),
        (360.0, "6m0s"),
        (3_600.0, "1h0m0s"),
        (86_399.0, "23h59m59s"),
    ],
)
def test_a_span_is_written_as_openai_writes_it(seconds: float, text: str) -> None:
    assert duration(seconds) == text


@given(st.floats(0, 10**6))
def test_no_span_is_told_shorter_than_it_is_or_a_millisecond_longer(seconds: float) -> None:
    assert -0.000_001 <= seconds_in(duration(seconds)) - seconds <= 0.001_001


def test_both_limits_are_told() -> None:
    state = RateState(RateLeft(60, 59, 1.0), RateLeft(150_000, 149_984, 0.006))

    assert rate_headers(state) == {
        "x-ratelimit-limit-requests": "60",
        "x-ratelimit-remaining-requests": "59",
        "x-ratelimit-reset-requests": "1s",
        "x-ratelimit-limit-tokens": "150000",
        "x-ratelimit-remaining-tokens": "149984",
        "x-ratelimit-reset-tokens": "6ms",
    }


def test_what_is_not_limited_is_not_told() -> None:
    assert rate_headers(RateState(None, None)) == {}
    assert set(rate_headers(RateState(None, RateLeft(1, 0, 60.0)))) == {
        "x-ratelimit-limit-tokens",
        "x-ratelimit-remaining-tokens",
        "x-ratelimit-reset-tokens",
    }
