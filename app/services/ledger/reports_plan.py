"""Which part of a report comes from kept sums, and which from entries."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from app.db.repositories.usage_sums import DAY_MS, HOUR_MS, WEEK_MS, Span, start_of

_WIDTHS: Final = (WEEK_MS, DAY_MS, HOUR_MS)


@dataclass(frozen=True, slots=True)
class Plan:
    """Where to find what a span of time adds up to.

    `kept` are whole hours, days and weeks, next to each other, each span with the width of its
    sums; `covered` is all of them. `raw` is what is left at the edges.
    """

    kept: Sequence[tuple[int, Span]]
    covered: Span
    raw: Sequence[Span]


def plan(wanted: Span, rolled_to: int, width_ms: int | None) -> Plan:
    """Split a span into kept sums no wider than the points of a series, the widest that fit.

    Points of a minute are narrower than all of them.

    Kept sums reach up to a mark; those of its hour, day and week hold what is before it.
    """
    begin_ms = _up(wanted.begin_ms, HOUR_MS)
    end_ms = rolled_to if wanted.end_ms >= rolled_to else start_of(wanted.end_ms, HOUR_MS)
    widths = [one for one in _WIDTHS if width_ms is None or one <= width_ms]
    if begin_ms >= end_ms or not widths:
        return Plan((), Span(wanted.begin_ms, wanted.begin_ms), _filled(wanted))
    covered = Span(begin_ms, end_ms)
    edges = (Span(wanted.begin_ms, begin_ms), Span(end_ms, wanted.end_ms))
    return Plan(_widest(covered, rolled_to, widths), covered, _filled(*edges))


def _widest(span: Span, rolled_to: int, widths: Sequence[int]) -> list[tuple[int, Span]]:
    """Fill a span with the first width, and what is left at its ends with the others."""
    width_ms, *narrower = widths
    first_ms = _up(span.begin_ms, width_ms)
    last_ms = span.end_ms if span.end_ms == rolled_to else start_of(span.end_ms, width_ms)
    if span.begin_ms >= span.end_ms:
        return []
    if first_ms >= last_ms:
        return _widest(span, rolled_to, narrower)
    return [
        *_widest(Span(span.begin_ms, first_ms), rolled_to, narrower or widths),
        (width_ms, Span(first_ms, last_ms)),
        *_widest(Span(last_ms, span.end_ms), rolled_to, narrower or widths),
    ]


def whole_days(wanted: Span) -> Span:
    """Return the days that are wholly in a span. It is empty where there is none."""
    begin_ms = _up(wanted.begin_ms, DAY_MS)
    return Span(begin_ms, max(start_of(wanted.end_ms, DAY_MS), begin_ms))


def without_days(wanted: Span, starts: Iterable[int]) -> Sequence[Span]:
    """Return what is left of a span without some of its days, given in order."""
    found = list[Span]()
    begin_ms = wanted.begin_ms
    for start_ms in starts:
        found += _filled(Span(begin_ms, start_ms))
        begin_ms = start_ms + DAY_MS
    return [*found, *_filled(Span(begin_ms, wanted.end_ms))]


def _filled(*spans: Span) -> Sequence[Span]:
    return [span for span in spans if span.begin_ms < span.end_ms]


def _up(at_ms: int, width_ms: int) -> int:
    return start_of(at_ms + width_ms - 1, width_ms)
