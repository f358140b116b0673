"""Puts sums into the form of a report: totals, groups, and points over time."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from app.db.repositories.usage_sums import Span, Sums, SumsByCell, start_of, total
from app.utils import histogram

MAX_GROUPS: Final = 500
GROUPS_WITH_SERIES: Final = 10
_PERCENTS: Final = (50, 95, 99)

_SumsByStart = Mapping[int, Sums]


@dataclass(frozen=True, slots=True)
class Percentiles:
    """Half of all are at most p50, and so on: to within `histogram.RELATIVE_ERROR`."""

    p50: int
    p95: int
    p99: int


@dataclass(frozen=True, slots=True)
class Summary:
    """Sums, and the percentiles that their histograms give. None: of no call."""

    sums: Sums
    latency_ms: Percentiles | None
    ttft_ms: Percentiles | None

    @classmethod
    def of(cls, sums: Sums) -> "Summary":
        """Read the histograms of sums."""
        return cls(sums, _percentiles(sums.latency), _percentiles(sums.ttft))


@dataclass(frozen=True, slots=True)
class Point:
    """One minute, hour, day or week of a series."""

    start_ms: int
    summary: Summary


@dataclass(frozen=True, slots=True)
class Group:
    """The calls with one value. None: those without any."""

    value: str | None
    summary: Summary
    series: Sequence[Point] | None


@dataclass(frozen=True, slots=True)
class Axis:
    """The points that a series has: from the first start, up to but without the end."""

    width_ms: int
    span: Span

    @classmethod
    def over(cls, span: Span, width_ms: int) -> "Axis":
        """Return the axis that covers a span."""
        end_ms = max(start_of(span.end_ms - 1, width_ms) + width_ms, span.begin_ms)
        return cls(width_ms, Span(start_of(span.begin_ms, width_ms), end_ms))

    @property
    def starts(self) -> range:
        """The starts of all points."""
        return range(self.span.begin_ms, self.span.end_ms, self.width_ms)


@dataclass(frozen=True, slots=True)
class Form:
    """A report without its period. Groups: the largest cost first, then the most calls."""

    totals: Summary
    series: Sequence[Point] | None
    groups: Sequence[Group] | None = None
    is_cut: bool = False  # there are more groups


def rank(groups: SumsByCell) -> Sequence[tuple[str, Sums]]:
    """Return the values of groups and their sums: the largest cost first, then the most calls."""
    found = [(cell.value, sums) for cell, sums in groups.items()]
    return sorted(found, key=lambda one: (-one[1].cost_nusd, -one[1].calls, one[0]))


def put_together(
    totals: SumsByCell,
    ranked: Sequence[tuple[str, Sums]] | None,
    series: SumsByCell,
    axis: Axis | None,
) -> Form:
    """Return the form of sums by start; of groups; and of some groups by start."""
    by_start = _by_start(totals)
    form = Form(Summary.of(total(by_start.values())), _points(by_start, axis))
    if ranked is None:
        return form
    by_value = defaultdict[str, dict[int, Sums]](dict)
    for cell, sums in series.items():
        by_value[cell.value][cell.start_ms] = sums
    groups = [
        Group(
            value=value or None,
            summary=Summary.of(sums),
            series=_points(by_value[value], axis) if place < GROUPS_WITH_SERIES else None,
        )
        for place, (value, sums) in enumerate(ranked[:MAX_GROUPS])
    ]
    return replace(form, groups=groups, is_cut=len(ranked) > MAX_GROUPS)


def _by_start(cells: SumsByCell) -> _SumsByStart:
    found = defaultdict[int, list[Sums]](list)
    for cell, sums in cells.items():
        found[cell.start_ms].append(sums)
    return {start_ms: total(parts) for start_ms, parts in found.items()}


def _points(sums: _SumsByStart, axis: Axis | None) -> Sequence[Point] | None:
    if axis is None:
        return None
    nothing = Summary.of(Sums())
    return [
        Point(start_ms, Summary.of(sums[start_ms]) if start_ms in sums else nothing)
        for start_ms in axis.starts
    ]


def _percentiles(packed: int) -> Percentiles | None:
    found = histogram.percentiles(packed, _PERCENTS)
    return None if found is None else Percentiles(*found)
