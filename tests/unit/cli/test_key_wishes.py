"""What people write about a new key on the command line."""

from datetime import UTC, datetime, timedelta

import pytest

from app.cli.key_wishes import read_expiry, read_tags
from app.core.errors import InvalidRequestError
from tests.support.clocks import FakeClock


@pytest.mark.parametrize(("text", "hours"), [("12h", 12), ("30d", 720), ("4w", 672)])
def test_a_span_begins_now(text: str, hours: int) -> None:
    clock = FakeClock()
    assert read_expiry(text, clock) == clock.now() + timedelta(hours=hours)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2027-01-31", datetime(2027, 1, 31, tzinfo=UTC)),
        ("2027-01-31T18:00", datetime(2027, 1, 31, 18, tzinfo=UTC)),
        ("2027-01-31T18:00+02:00", datetime(2027, 1, 31, 16, tzinfo=UTC)),
    ],
)
def test_a_day_or_a_moment_is_in_utc_unless_it_says_otherwise(text: str, moment: datetime) -> None:
    assert read_expiry(text, FakeClock()) == moment


@pytest.mark.parametrize("text", ["", "30", "0d", "-3d", "1.5d", "999999w", "2027-02-30", "soon"])
def test_anything_else_is_refused_with_examples(text: str) -> None:
    with pytest.raises(InvalidRequestError, match=r"^--expires: .* 12h, 30d or 4w"):
        read_expiry(text, FakeClock())


def test_tags_are_pairs_whose_values_may_hold_anything() -> None:
    assert read_tags(["project=search", "note=a=b", "empty="]) == {
        "project": "search",
        "note": "a=b",
        "empty": "",
    }


@pytest.mark.parametrize("pairs", [["project"], ["=search"], ["a=1", "a=2"]])
def test_what_is_no_pair_or_comes_twice_is_refused(pairs: list[str]) -> None:
    with pytest.raises(InvalidRequestError, match=r"^--tag: "):
        read_tags(pairs)
