"""What an upstream says it used is believed where it can be true."""

from typing import Any

import pytest

from app.services.providers.dialects.chat_answer import read_usage
from app.services.providers.provider import Usage


def _usage(prompt: Any, completion: Any, **more: Any) -> Usage | None:
    counts = {"prompt_tokens": prompt, "completion_tokens": completion, **more}
    return read_usage({"usage": counts})


@pytest.mark.parametrize(
    "absurd", [-1, 1.0, 1e300, "7", True, False, None, [], 100_000_001, 2**52, 10**30]
)
def test_a_count_that_cannot_be_is_no_usage(absurd: object) -> None:
    assert _usage(absurd, 1) is None
    assert _usage(1, absurd) is None


@pytest.mark.parametrize("absurd", [-1, 15.5, "15", True, None, 9, 10**30])
def test_a_total_that_cannot_be_is_left_out(absurd: object) -> None:
    assert _usage(10, 5, total_tokens=absurd) == Usage(10, 5)


def test_what_a_model_thinks_is_written_where_only_the_total_has_it() -> None:
    thinking = {"completion_tokens_details": {"reasoning_tokens": 1_000}}

    assert _usage(10, 5, total_tokens=1_015, **thinking) == Usage(10, 1_005)
    assert _usage(10, 1_005, total_tokens=1_015, **thinking) == Usage(10, 1_005)


def test_what_came_out_is_told_by_the_total_alone_or_not_known() -> None:
    assert read_usage({"usage": {"prompt_tokens": 10, "total_tokens": 17}}) == Usage(10, 7)
    assert read_usage({"usage": {"prompt_tokens": 10}}) is None


@pytest.mark.parametrize(("cached", "told"), [(4, 4), (99, 10), (-4, 0), (4.0, 0), (None, 0)])
def test_cached_tokens_are_part_of_what_came_in(cached: object, told: int) -> None:
    details = {"prompt_tokens_details": {"cached_tokens": cached}}

    assert _usage(10, 5, total_tokens=15, **details) == Usage(10, 5, told)
