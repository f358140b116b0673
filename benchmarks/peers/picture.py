"""Draws a comparison as an SVG picture that reads well on light and on dark pages."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from benchmarks.report import number

_WIDTH, _PANEL_WIDTH, _GAP = 1000, 480, 40
_NAMES_WIDTH, _VALUE_WIDTH = 190, 56
_ROW, _HEAD, _FOOT = 22, 46, 26
_COLUMNS = 2
_STYLE = """
text { font: 12px system-ui, sans-serif; fill: #24292f }
.page { fill: #ffffff } .title { font-weight: 600; font-size: 14px }
.hint, .tick { fill: #57606a } .tick { font-size: 10px }
.grid { stroke: #d8dee4 } .stem { stroke: #8c959f; stroke-width: 2 } .dot { fill: #6e7781 }
.ours.stem { stroke: #0969da } .ours.dot { fill: #0969da } .ours.name { font-weight: 600 }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 } .page { fill: #0d1117 } .hint, .tick { fill: #9198a1 }
  .grid { stroke: #30363d } .stem { stroke: #6e7681 } .dot { fill: #9198a1 }
  .ours.stem { stroke: #4493f8 } .ours.dot { fill: #4493f8 }
}
"""


@dataclass(frozen=True, slots=True)
class Panel:
    """One figure of all: a row each, on a scale where each step is ten times the one before."""

    title: str
    hint: str
    values: Mapping[str, float | None]  # None: not measured


@dataclass(frozen=True, slots=True)
class _Scale:
    """Where a value is drawn, from one power of ten to another."""

    low: int
    high: int
    left: float
    width: float

    @classmethod
    def of(cls, values: Sequence[float], left: float, width: float) -> "_Scale":
        low = math.floor(math.log10(min(values, default=1)))
        high = math.ceil(math.log10(max(values, default=10)))
        return cls(low, max(high, low + 1), left, width)

    def x(self, value: float) -> float:
        return self.left + self.width * (math.log10(value) - self.low) / (self.high - self.low)


def draw(title: str, panels: Sequence[Panel], *, ours: Sequence[str]) -> str:
    """Return an SVG document with all panels, two side by side.

    Args:
        title: What the picture shows, for those who cannot see it.
        panels: What to draw.
        ours: Names to set apart by their colour.
    """
    height = _height(panels)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="img">',
        f"<title>{escape(title)}</title>",
        f"<style>{_STYLE}</style>",
        f'<rect class="page" width="{_WIDTH}" height="{height}"/>',
    ]
    for index, panel in enumerate(panels):
        left = (index % _COLUMNS) * (_PANEL_WIDTH + _GAP)
        top = sum(_row_heights(panels)[: index // _COLUMNS])
        lines += [f'<g transform="translate({left},{top})">', *_draw_panel(panel, ours), "</g>"]
    return "\n".join([*lines, "</svg>", ""])


def _row_heights(panels: Sequence[Panel]) -> list[int]:
    sizes = [_HEAD + _ROW * len(panel.values) + _FOOT for panel in panels]
    return [max(sizes[index : index + _COLUMNS]) for index in range(0, len(sizes), _COLUMNS)]


def _height(panels: Sequence[Panel]) -> int:
    return sum(_row_heights(panels))


def _draw_panel(panel: Panel, ours: Sequence[str]) -> Iterator[str]:
    known = [value for value in panel.values.values() if value]
    scale = _Scale.of(known, _NAMES_WIDTH, _PANEL_WIDTH - _NAMES_WIDTH - _VALUE_WIDTH)
    bottom = _HEAD + _ROW * len(panel.values)
    yield f'<text class="title" x="8" y="20">{escape(panel.title)}</text>'
    yield f'<text class="hint" x="8" y="36">{escape(panel.hint)}</text>'
    for power in range(scale.low, scale.high + 1):
        x = scale.x(10.0**power)
        yield f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="{_HEAD}" y2="{bottom}"/>'
        label = f"{10**power:,}" if power >= 0 else f"{10.0**power:.{-power}f}"
        yield (
            f'<text class="tick" x="{x:.1f}" y="{bottom + 14}" text-anchor="middle">{label}</text>'
        )
    for row, (name, value) in enumerate(panel.values.items()):
        yield from _draw_row(name, value, scale, y=_HEAD + _ROW * row, is_ours=name in ours)


def _draw_row(
    name: str, value: float | None, scale: _Scale, *, y: int, is_ours: bool
) -> Iterator[str]:
    side = "ours " if is_ours else ""
    middle = y + _ROW / 2
    yield (
        f'<text class="{side}name" x="{_NAMES_WIDTH - 8}" y="{y + 15}" text-anchor="end">'
        f"{escape(name)}</text>"
    )
    if not value:
        yield f'<text class="hint" x="{scale.left + 6:.1f}" y="{y + 15}">not measured</text>'
        return
    x = scale.x(value)
    yield f'<line class="{side}stem" x1="{scale.left}" x2="{x:.1f}" y1="{middle}" y2="{middle}"/>'
    yield f'<circle class="{side}dot" cx="{x:.1f}" cy="{middle}" r="5"/>'
    yield f'<text x="{x + 9:.1f}" y="{y + 15}">{number(value)}</text>'
