"""Which part of a report comes from kept sums, and which from entries."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.db.repositories.usage_sums import DAY_MS, HOUR_MS, Span


@dataclass(frozen=True, slots=True)
class Plan:
    """Where to find what a span of time adds up to.

    `kept` are whole hours and days, next to each other, each span with the width of its sums;
    `covered` is all of them. `raw` is what is left at the edges.
    """

    kept: Sequence[tuple[int, Span]]
    covered: Span
    raw: Sequence[Span]


def plan(wanted: Span, rolled_to: int, *, by_hour: bool) -> Plan:
    """Split a span. Kept sums reach up to a mark; those of its hour and day hold what is before it.

    With `by_hour`, no sums of whole days are used.
    """
    begin_ms = _up(wanted.begin_ms, HOUR_MS)
    end_ms = rolled_to if wanted.end_ms >= rolled_to else _down(wanted.end_ms, HOUR_MS)
    if begin_ms >= end_ms:
        return Plan((), Span(wanted.begin_ms, wanted.begin_ms), _filled(wanted))
    covered = Span(begin_ms, end_ms)
    edges = (Span(wanted.begin_ms, begin_ms), Span(end_ms, wanted.end_ms))
    first_day_ms = _up(begin_ms, DAY_MS)
    last_day_ms = rolled_to if end_ms == rolled_to else _down(end_ms, DAY_MS)
    if by_hour or first_day_ms >= last_day_ms:
        return Plan([(HOUR_MS, covered)], covered, _filled(*edges))
    parts = (
        (HOUR_MS, Span(begin_ms, first_day_ms)),
        (DAY_MS, Span(first_day_ms, last_day_ms)),
        (HOUR_MS, Span(last_day_ms, end_ms)),
    )
    kept = [(width_ms, span) for width_ms, span in parts if span.begin_ms < span.end_ms]
    return Plan(kept, covered, _filled(*edges))


def whole_days(wanted: Span) -> Span:
    """Return the days that are wholly in a span. It is empty where there is none."""
    begin_ms = _up(wanted.begin_ms, DAY_MS)
    return Span(begin_ms, max(_down(wanted.end_ms, DAY_MS), begin_ms))


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


def _down(at_ms: int, width_ms: int) -> int:
    return at_ms - at_ms % width_ms


def _up(at_ms: int, width_ms: int) -> int:
    return -(-at_ms // width_ms) * width_ms
