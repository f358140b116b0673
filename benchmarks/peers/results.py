"""Everything that one run measured, and what is asked of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from benchmarks.bursts import Load
from benchmarks.figures import Figures, Table
from benchmarks.peers.line_up import Weight


@dataclass(frozen=True, slots=True)
class Growth:
    """What does not grow: memory with calls, the cost of a call with the ledger."""

    memory_mb: Mapping[int, float | None] = field(
        default_factory=dict[int, float | None]
    )  # by calls so far
    ledger_cpu_ms: Mapping[int, float | None] = field(
        default_factory=dict[int, float | None]
    )  # by entries
    reasons: tuple[str, ...] = ()  # why something was not measured


@dataclass(frozen=True, slots=True)
class Results:
    """Everything that one run measured."""

    table: Table
    weights: Mapping[str, Weight]
    loaded_mb: Mapping[str, float]
    versions: Mapping[str, str]
    missing: Mapping[str, str]
    not_served: Mapping[tuple[str, Load], str]
    growth: Growth
    rounds: int
    burst_seconds: float
    others_share: float

    @property
    def names(self) -> list[str]:
        """Who was measured, in order."""
        return list(self.weights)

    def value(self, name: str, load: Load, what: Callable[[Figures], float | None]) -> float | None:
        """Return one figure, or nothing where it was not measured."""
        figures = self.table.get((name, load))
        return what(figures) if figures and figures.requests else None

    def ratio(
        self, name: str, to: str, load: Load, what: Callable[[Figures], float | None]
    ) -> float | None:
        """Return one subject's figure for each of another one's."""
        return quotient(self.value(name, load, what), self.value(to, load, what))


def quotient(value: float | None, by: float | None) -> float | None:
    """Return a ratio where both are known."""
    return None if value is None or not by else value / by


def per_core(figures: Figures) -> float | None:
    """Requests for each second of processor time."""
    return figures.requests_per_core


def p50(figures: Figures) -> float | None:
    """The median time of a whole answer."""
    return figures.answer_p50_ms


def p99(figures: Figures) -> float | None:
    """The time that one answer in a hundred exceeds."""
    return figures.answer_p99_ms


def cpu(figures: Figures) -> float | None:
    """Processor time for each request."""
    return figures.cpu_ms


def first(figures: Figures) -> float | None:
    """The median time to the first event of a stream."""
    return figures.first_p50_ms


def chunk_rate(figures: Figures) -> float | None:
    """Events in a second, of all streams together."""
    return figures.events_per_second
