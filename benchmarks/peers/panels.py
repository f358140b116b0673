"""What the picture of a run shows."""

from collections.abc import Callable
from pathlib import Path

from benchmarks.bursts import Load
from benchmarks.figures import Figures
from benchmarks.peers.line_up import DIRECT, NOT_DURABLE, NULLS, OURS
from benchmarks.peers.picture import Panel, draw
from benchmarks.peers.results import Results, cpu, first, p50, per_core
from benchmarks.peers.rounds import BODIES

PICTURE = Path(__file__).parent.parent.parent / "docs" / "pictures" / "peers.svg"
_LESS = "Less is better; each step is ten times the one before"
_MORE = "More is better; each step is ten times the one before"


def picture_of(results: Results) -> str:
    """Return the comparison as SVG."""
    others = [name for name in results.names if name != DIRECT]
    gateways = [name for name in others if name not in NULLS]

    def panel(title: str, hint: str, load: Load, what: Callable[[Figures], float | None]) -> Panel:
        names = others if load.pace_ms is None and not load.body_bytes else gateways
        return Panel(title, hint, {name: results.value(name, load, what) for name in names})

    panels = [
        panel("Requests/s per core, 16 connections", _MORE, Load(16), per_core),
        panel("p50 of a whole answer, one connection, ms", _LESS, Load(1), p50),
        panel("First chunk, one stream, ms", _LESS, Load(1, pace_ms=5), first),
        panel("CPU of a stream at once, of 16, ms", _LESS, Load(16, pace_ms=0), cpu),
        panel("CPU of a request with a body of 1 MB, ms", _LESS, BODIES[-1], cpu),
        Panel(
            "Memory when idle, MB", _LESS, {name: results.weights[name].idle_mb for name in others}
        ),
    ]
    title = "Meterhouse beside other gateways: one process each on one core, in one run"
    return draw(title, panels, ours=(OURS, NOT_DURABLE))
