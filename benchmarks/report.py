"""Writes figures down as tables that read well on a terminal and in docs/benchmarks.md."""

from collections.abc import Sequence

from benchmarks.figures import Bar, Body, Table, per_core_ratio, rate_ratio
from benchmarks.subjects import GATEWAY, HARD

_WHOLE_COLUMNS = (
    *("", "conn.", "req/s", "req/s per core", "of null", "of direct"),
    *("p50 ms", "p99 ms", "CPU ms/req"),
)
_STREAM_COLUMNS = (
    *("", "conn.", "chunks/s", "first p50 ms", "later than direct", "first p99 ms"),
    *("longest gap ms", "CPU ms/stream"),
)
_INTENT_COLUMNS = ("", "conn.", "wait p50 ms", "wait p99 ms", "req/s, of the gateway's")


def render_table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Return a Markdown table with its columns aligned; all but the first to the right."""
    widths = [max(len(row[i]) for row in (columns, *rows)) for i in range(len(columns))]

    def line(cells: Sequence[str]) -> str:
        first = cells[0].ljust(widths[0])
        rest = [cell.rjust(width) for cell, width in zip(cells[1:], widths[1:], strict=True)]
        return f"| {' | '.join([first, *rest])} |"

    rule = [f":{'-' * (widths[0] - 1)}", *(f"{'-' * (width - 1)}:" for width in widths[1:])]
    return [line(columns), f"| {' | '.join(rule)} |", *map(line, rows)]


def number(value: float | None) -> str:
    """Write a number with three digits that count."""
    if value is None:
        return ""
    if abs(value) >= 100:  # noqa: PLR2004
        return f"{value:,.0f}"
    return f"{value:.{1 if abs(value) >= 10 else 2 if abs(value) >= 1 else 3}f}"  # noqa: PLR2004


def render(table: Table, bars: Sequence[Bar], body: Body) -> list[str]:
    """Return everything that was measured, as lines."""
    weight = (
        f"Memory: {body.idle_mb:.0f} MB idle, {body.loaded_mb:.0f} MB after the load. Ready "
        f"{body.first_start_seconds:.2f} s after the first start, {body.start_seconds:.2f} s after "
        f"later ones, {body.start_cpu_seconds:.2f} s of that processor time."
    )
    return [
        *render_table(("bar", "measured", "limit", ""), [bar_row(bar) for bar in bars]),
        "",
        "Whole answers:",
        "",
        *render_table(_WHOLE_COLUMNS, _whole_rows(table)),
        "",
        "The wait of each of these calls until its intent is committed, and it may leave:",
        "",
        *render_table(_INTENT_COLUMNS, _intent_rows(table)),
        "",
        "Streams of 50 events, usage and `[DONE]`:",
        "",
        *render_table(_STREAM_COLUMNS, _stream_rows(table)),
        "",
        weight,
    ]


def bar_row(bar: Bar) -> tuple[str, str, str, str]:
    """Return a promise, what was measured, the limit, and whether it is reached."""
    sign = ">=" if bar.at_least else "<="
    limit = f"{sign} {bar.limit:g} {bar.unit}".rstrip()
    measured = "" if bar.value is None else f"{number(bar.value)} {bar.unit}".rstrip()
    return bar.promise, measured, limit, bar.verdict


def _whole_rows(table: Table) -> list[tuple[str, ...]]:
    return [
        (
            subject,
            str(load.connections),
            number(figures.requests_per_second),
            number(figures.requests_per_core),
            number(per_core_ratio(table, subject, "null route", load)),
            number(rate_ratio(table, subject, "direct", load)),
            number(figures.answer_p50_ms),
            number(figures.answer_p99_ms),
            number(figures.cpu_ms),
        )
        for (subject, load), figures in table.items()
        if load.pace_ms is None
    ]


def _intent_rows(table: Table) -> list[tuple[str, ...]]:
    return [
        (
            f"{'durable intent' if subject == HARD else 'intent'}, {subject}",
            str(load.connections),
            number(figures.intent_p50_ms),
            number(figures.intent_p99_ms),
            number(rate_ratio(table, subject, GATEWAY, load)),
        )
        for (subject, load), figures in table.items()
        if load.pace_ms is None and figures.intent_p50_ms is not None
    ]


def _stream_rows(table: Table) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for (subject, load), figures in table.items():
        if load.pace_ms is None:
            continue
        direct = table["direct", load].first_p50_ms
        later = (figures.first_p50_ms or 0) - (direct or 0)
        rows.append(
            (
                f"{subject}, {load.name}",
                str(load.connections),
                number(figures.events_per_second),
                number(figures.first_p50_ms),
                number(later),
                number(figures.first_p99_ms),
                number(figures.gap_p50_ms),
                number(figures.cpu_ms),
            )
        )
    return rows
