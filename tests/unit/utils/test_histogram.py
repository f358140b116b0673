"""Histograms that are summed as integers, and told from within a stated error."""

import math

import pytest
from hypothesis import given, strategies as st

from app.utils import histogram

durations = st.integers(0, histogram.LARGEST) | st.integers(0, 40)
samples = st.lists(durations, max_size=300)


@given(durations)
def test_a_value_is_told_within_the_stated_error(value: int) -> None:
    [told] = histogram.percentiles(histogram.from_values([value]), [50]) or []

    assert abs(told - value) <= histogram.RELATIVE_ERROR * value


@given(samples.filter(bool))
def test_percentiles_are_those_of_nearest_rank(values: list[int]) -> None:
    told = histogram.percentiles(histogram.from_values(values), [1, 50, 95, 99, 100]) or []

    ordered = sorted(values)
    for percent, one in zip([1, 50, 95, 99, 100], told, strict=True):
        true = ordered[math.ceil(percent * len(ordered) / 100) - 1]
        assert abs(one - true) <= histogram.RELATIVE_ERROR * true


@given(samples, samples)
def test_the_sum_of_two_is_that_of_all_their_values(some: list[int], others: list[int]) -> None:
    both = histogram.from_values(some) + histogram.from_values(others)

    assert both == histogram.from_values([*some, *others])


@given(st.lists(samples, max_size=4))
def test_what_is_stored_one_after_another_is_read_as_the_sum(parts: list[list[int]]) -> None:
    histograms = [histogram.from_values(values) for values in parts]

    stored = b"".join(histogram.pack(one) for one in histograms)

    assert histogram.unpack(stored) == sum(histograms)


@pytest.mark.parametrize("count", [1, 255, 256, 65_536, 2**32 - 1])
def test_large_counts_are_kept(count: int) -> None:
    large = histogram.from_values([7, 900]) * count

    assert histogram.unpack(histogram.pack(large)) == large


def test_few_values_take_few_bytes() -> None:
    assert len(histogram.pack(histogram.from_values([1_000] * 200))) == 4
    assert histogram.pack(0) == b""


def test_of_nothing_there_are_no_percentiles() -> None:
    assert histogram.percentiles(0, [50]) is None


@pytest.mark.parametrize(("value", "told"), [(-5, 0), (10**9, histogram.LARGEST)])
def test_what_no_bucket_holds_goes_to_the_nearest(value: int, told: int) -> None:
    assert histogram.bucket_of(value) == histogram.bucket_of(told)


@given(samples)
def test_letters_stand_for_buckets(values: list[int]) -> None:
    text = "".join(chr(histogram.bucket_of(one) + histogram.FIRST_LETTER) for one in values)

    assert histogram.from_letters(text) == histogram.from_values(values)
