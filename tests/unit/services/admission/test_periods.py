"""When periods of budgets begin and end."""

from datetime import datetime
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, strategies as st

from app.core.clock import epoch_ms, from_epoch_ms
from app.services.admission.periods import Span, span_of
from app.services.admission.terms import Period

ENDING = (Period.DAY, Period.WEEK, Period.MONTH)


def span(period: Period, zone: str, now: str) -> tuple[str, str]:
    """Return the local beginning and end of the period that a local moment is in."""
    moment = datetime.fromisoformat(now)
    local = moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))
    found = span_of(period, zone, epoch_ms(local))
    assert found.end_ms is not None
    start, end = (
        from_epoch_ms(one).astimezone(ZoneInfo(zone)) for one in (found.start_ms, found.end_ms)
    )
    return start.isoformat(), end.isoformat()


@pytest.mark.parametrize(
    ("period", "now", "start", "end"),
    [
        (Period.DAY, "2026-11-23T12:00", "2026-11-23", "2026-11-24"),
        (Period.DAY, "2026-12-31T23:59:59.999", "2026-12-31", "2027-01-01"),
        (Period.WEEK, "2026-11-23T00:00", "2026-11-23", "2026-11-30"),
        (Period.WEEK, "2026-11-22T23:59:59.999", "2026-11-16", "2026-11-23"),
        (Period.MONTH, "2026-11-23T12:00", "2026-11-01", "2026-12-01"),
        (Period.MONTH, "2028-02-29T12:00", "2028-02-01", "2028-03-01"),
        (Period.MONTH, "2026-12-31T23:59:59.999", "2026-12-01", "2027-01-01"),
    ],
)
def test_a_period_begins_at_midnight_of_its_first_day(
    period: Period, now: str, start: str, end: str
) -> None:
    assert span(period, "UTC", now) == (f"{start}T00:00:00+00:00", f"{end}T00:00:00+00:00")


def test_midnight_is_that_of_the_time_zone() -> None:
    late_in_london = "2026-11-23T23:30:00+00:00"

    assert span(Period.DAY, "Europe/Berlin", late_in_london) == (
        "2026-11-24T00:00:00+01:00",
        "2026-11-25T00:00:00+01:00",
    )
    assert span(Period.DAY, "America/New_York", late_in_london) == (
        "2026-11-23T00:00:00-05:00",
        "2026-11-24T00:00:00-05:00",
    )


def test_a_month_with_a_change_of_clocks_is_an_hour_shorter_or_longer() -> None:
    assert span(Period.MONTH, "Europe/Berlin", "2026-03-15T12:00") == (
        "2026-03-01T00:00:00+01:00",
        "2026-04-01T00:00:00+02:00",
    )
    assert span(Period.DAY, "Europe/Berlin", "2026-10-25T12:00") == (
        "2026-10-25T00:00:00+02:00",
        "2026-10-26T00:00:00+01:00",
    )


def test_a_day_without_a_midnight_begins_when_clocks_skip_it() -> None:
    skipped = span(Period.DAY, "Africa/Cairo", "2026-04-24T12:00")  # 23:59:59 is followed by 01:00

    assert skipped[0] == "2026-04-24T01:00:00+03:00"
    assert span(Period.DAY, "Africa/Cairo", "2026-04-23T12:00")[1] == skipped[0]


def test_a_day_with_two_midnights_begins_with_the_first() -> None:
    zone = "America/Havana"  # 00:59:59 is followed by 00:00

    first, second = "2026-11-01T00:30:00-04:00", "2026-11-01T00:30:00-05:00"
    assert span(Period.DAY, zone, first) == span(Period.DAY, zone, second)
    assert span(Period.DAY, zone, first)[0] == "2026-11-01T00:00:00-04:00"


def test_a_budget_in_total_has_one_period_that_never_ends() -> None:
    assert span_of(Period.TOTAL, "UTC", 1_795_435_200_000) == Span(0, None)


@given(
    period=st.sampled_from(ENDING),
    zone=st.sampled_from(sorted(available_timezones() - {"localtime", "Factory"})),
    now_ms=st.integers(1_700_000_000_000, 4_000_000_000_000),
)
def test_periods_follow_each_other_without_a_gap(period: Period, zone: str, now_ms: int) -> None:
    def around(moment_ms: int) -> tuple[int, int]:
        found = span_of(period, zone, moment_ms)
        assert found.end_ms is not None
        return found.start_ms, found.end_ms

    start_ms, end_ms = around(now_ms)

    assert start_ms <= now_ms < end_ms
    assert around(start_ms) == around(end_ms - 1) == (start_ms, end_ms)
    assert around(end_ms)[0] == end_ms
    assert around(start_ms - 1)[1] == start_ms
