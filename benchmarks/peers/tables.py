"""Writes a run down as tables."""

from collections.abc import Sequence

from benchmarks.bursts import Load
from benchmarks.figures import Figures
from benchmarks.peers.bars import PeerBar, peer_bars
from benchmarks.peers.line_up import DIRECT, OURS
from benchmarks.peers.results import Growth, Results, per_core
from benchmarks.peers.rounds import BODIES, EMBEDDINGS, LATE, LOADS, WHOLE
from benchmarks.report import bar_row, number, render_table

_BARS = ("Meterhouse, everything on", "measured", "limit", "", "stretch", "without durable intent")
_WHOLE = (
    *("", "conn.", "req/s", "req/s per core", "CPU ms/req", "p50 ms", "added to direct"),
    *("p99 ms", "added to direct", "wait for intent ms"),
)
_STREAMS = (
    *("", "conn.", "chunks/s", "of direct", "first p50 ms", "added to direct", "first p99 ms"),
    *("longest gap ms", "CPU ms/stream"),
)
_RATIOS: Sequence[tuple[str, Load]] = (
    ("whole, 1", Load(1)),
    ("whole, 16", Load(16)),
    ("whole, 64", Load(64)),
    ("20 ms upstream", LATE),
    *((load.name, load) for load in BODIES),
    ("embeddings", EMBEDDINGS),
    ("paced streams, 16", Load(16, pace_ms=5)),
    ("streams at once, 16", Load(16, pace_ms=0)),
)
_WEIGHTS = ("", "version", "ready s", "idle MB", "after the load MB")


def render(results: Results) -> list[str]:
    """Return everything that was measured, as lines."""
    explanation = (
        f"What one core does by {OURS}, everything on, for each that it does by another (requests "
        "for each second of processor time; streams likewise):"
    )
    return [
        *render_table(_BARS, [_bar_row(bar) for bar in peer_bars(results)]),
        "",
        explanation,
        "",
        *_ratios(results),
        "",
        "Whole answers:",
        "",
        *render_table(_WHOLE, _whole_rows(results)),
        "",
        "Streams of 50 events, usage and `[DONE]`:",
        "",
        *render_table(_STREAMS, _stream_rows(results)),
        "",
        "Processes:",
        "",
        *render_table(_WEIGHTS, _weight_rows(results)),
        *_growth(results.growth),
        *_remarks(results),
    ]


def _bar_row(peer_bar: PeerBar) -> tuple[str, ...]:
    promise, measured, limit, verdict = bar_row(peer_bar.bar)
    stretch = ""
    if peer_bar.stretch is not None and peer_bar.bar.value is not None:
        reached = "pass" if peer_bar.reaches_stretch else "not yet"
        stretch = f"{peer_bar.stretch:g} {peer_bar.bar.unit}: {reached}"
    without = number(peer_bar.without_durable)
    without = f"{without} {peer_bar.bar.unit}" if without else ""
    return promise, measured, limit, verdict, stretch, without


def _ratios(results: Results) -> list[str]:
    loads = [(title, load) for title, load in _RATIOS if (DIRECT, load) in results.table]
    others = [name for name in results.names if name not in (OURS, DIRECT)]
    rows = [
        (name, *(number(results.ratio(OURS, name, load, per_core)) for _, load in loads))
        for name in others
    ]
    return render_table(("of", *(title for title, _ in loads)), rows)


def _whole_rows(results: Results) -> list[tuple[str, ...]]:
    return [
        (
            f"{name}, {load.name}" if load not in WHOLE else name,
            str(load.connections),
            *_whole_cells(results, load, figures),
        )
        for load in LOADS
        if load.pace_ms is None
        for name in results.names
        if (figures := results.table.get((name, load)))
    ]


def _whole_cells(results: Results, load: Load, figures: Figures) -> tuple[str, ...]:
    straight = results.table.get((DIRECT, load))
    return (
        number(figures.requests_per_second),
        number(figures.requests_per_core),
        number(figures.cpu_ms),
        number(figures.answer_p50_ms),
        number(_added(figures.answer_p50_ms, straight and straight.answer_p50_ms)),
        number(figures.answer_p99_ms),
        number(_added(figures.answer_p99_ms, straight and straight.answer_p99_ms)),
        number(figures.intent_p50_ms),
    )


def _stream_rows(results: Results) -> list[tuple[str, ...]]:
    return [
        (f"{name}, {load.name}", str(load.connections), *_stream_cells(results, load, figures))
        for load in LOADS
        if load.pace_ms is not None
        for name in results.names
        if (figures := results.table.get((name, load)))
    ]


def _stream_cells(results: Results, load: Load, figures: Figures) -> tuple[str, ...]:
    straight = results.table.get((DIRECT, load))
    share = figures.events_per_second / straight.events_per_second if straight else None
    return (
        number(figures.events_per_second),
        number(share),
        number(figures.first_p50_ms),
        number(_added(figures.first_p50_ms, straight and straight.first_p50_ms)),
        number(figures.first_p99_ms),
        number(figures.gap_p50_ms),
        number(figures.cpu_ms),
    )


def _added(value: float | None, straight: float | None) -> float | None:
    return None if value is None or straight is None else value - straight


def _weight_rows(results: Results) -> list[tuple[str, ...]]:
    return [
        (
            name,
            results.versions.get(name, ""),
            number(weight.start_seconds) if name != DIRECT else "",
            number(weight.idle_mb),
            number(results.loaded_mb.get(name)),
        )
        for name, weight in results.weights.items()
    ]


def _growth(growth: Growth) -> list[str]:
    parts = [f"{number(mb)} MB after {calls:,} calls" for calls, mb in growth.memory_mb.items()]
    parts += [
        f"{number(ms)} ms of CPU a call with {entries:,} entries in the ledger"
        for entries, ms in growth.ledger_cpu_ms.items()
    ]
    return ["", f"Meterhouse: {'; '.join(parts)}."] if parts else []


def _remarks(results: Results) -> list[str]:
    lines = [f"- {name}: {reason}" for name, reason in results.missing.items()]
    lines += [
        f"- {name}, {load.name}, {load.connections} connections: {reason}"
        for (name, load), reason in results.not_served.items()
    ]
    lines += [
        f"- {name}, {load.name}, {load.connections} connections: {figures.errors} of "
        f"{figures.requests + figures.errors:,} requests failed ({figures.complaint[:100].strip()})"
        for (name, load), figures in results.table.items()
        if figures.errors
    ]
    lines += [f"- {reason}" for reason in results.growth.reasons]
    return ["", "Not measured, or failed:", "", *lines] if lines else []
