"""When the periods of budgets begin and end, in the time zone of each."""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from app.core.clock import epoch_ms, from_epoch_ms
from app.services.admission.terms import Period


class Span(NamedTuple):
    """From the first moment on, up to but without the second; epoch milliseconds."""

    start_ms: int
    end_ms: int | None  # None: it never ends


def span_of(period: Period, time_zone: str, at_ms: int) -> Span:
    """Return the period that a moment lies in.

    Days begin at local midnight, so that one has 23 or 25 hours where clocks are changed. Where
    midnight is skipped, they begin with the skip; where it comes twice, with the first.

    Raises:
        ZoneInfoNotFoundError: there is no such time zone.
    """
    if period is Period.TOTAL:
        return Span(0, None)
    zone = ZoneInfo(time_zone)
    today = (
        from_epoch_ms(at_ms)
        .astimezone(zone)
        .replace(tzinfo=None)
        .replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    )
    match period:
        case Period.DAY:
            start, end = today, today + timedelta(days=1)
        case Period.WEEK:
            start = today - timedelta(days=today.weekday())
            end = start + timedelta(days=7)
        case Period.MONTH:
            start = today.replace(day=1)
            end = (start + timedelta(days=32)).replace(day=1)
    return Span(_moment_ms(start, zone), _moment_ms(end, zone))


def _moment_ms(midnight: datetime, zone: ZoneInfo) -> int:
    return epoch_ms(midnight.replace(tzinfo=zone).astimezone(UTC))
