"""From bursts to figures: medians over rounds, ratios, and whether the bars are reached."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from benchmarks.bursts import Burst, Load
from benchmarks.intents import quantile_ms, together
from benchmarks.subjects import GATEWAY, HARD


@dataclass(frozen=True, slots=True)
class Figures:
    """What the rounds of one subject under one load come to."""

    requests_per_second: float
    requests_per_core: float | None
    events_per_second: float
    cpu_ms: float | None
    answer_p50_ms: float | None
    answer_p99_ms: float | None
    first_p50_ms: float | None
    first_p99_ms: float | None
    gap_p50_ms: float | None
    intent_p50_ms: float | None
    intent_p99_ms: float | None
    requests: int
    errors: int
    complaint: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A promise about speed and what was measured."""

    promise: str
    value: float | None  # None: it was not measured
    limit: float
    unit: str
    at_least: bool = False

    @property
    def is_reached(self) -> bool:
        """Whether the promise held."""
        if self.value is None:
            return False
        return self.value >= self.limit if self.at_least else self.value <= self.limit

    @property
    def verdict(self) -> str:
        """What is said of it."""
        if self.value is None:
            return "not measured"
        return "pass" if self.is_reached else "falls short"


def sum_up(bursts: Sequence[Burst]) -> Figures:
    """Take medians over the rounds; processor time is that of all requests together.

    Clock ticks of 10 ms are too coarse for one burst. Requests per core are those per second of
    processor time: what other programs take of the core meanwhile is not held against a subject.
    """
    requests = sum(burst.requests for burst in bursts)
    cpu_seconds = sum(burst.cpu_seconds for burst in bursts)
    waits = together(burst.waits for burst in bursts)
    return Figures(
        requests_per_second=median(burst.requests / burst.seconds for burst in bursts),
        requests_per_core=requests / cpu_seconds if cpu_seconds else None,
        events_per_second=median(burst.events / burst.seconds for burst in bursts),
        cpu_ms=cpu_seconds / requests * 1e3 if requests else None,
        answer_p50_ms=median_of(burst.answer_p50_ms for burst in bursts),
        answer_p99_ms=median_of(burst.answer_p99_ms for burst in bursts),
        first_p50_ms=median_of(burst.first_p50_ms for burst in bursts),
        first_p99_ms=median_of(burst.first_p99_ms for burst in bursts),
        gap_p50_ms=median_of(burst.gap_p50_ms for burst in bursts),
        intent_p50_ms=quantile_ms(waits, 0.5),
        intent_p99_ms=quantile_ms(waits, 0.99),
        requests=requests,
        errors=sum(burst.errors for burst in bursts),
        complaint=next((burst.complaint for burst in bursts if burst.complaint), ""),
    )


def median_of(values: Iterable[float | None]) -> float | None:
    """Return the median of the values that are there."""
    known = [value for value in values if value is not None]
    return median(known) if known else None


@dataclass(frozen=True, slots=True)
class Body:
    """What the gateway's process weighs, and how long it takes to stand up."""

    first_start_seconds: float
    start_seconds: float
    start_cpu_seconds: float
    idle_mb: float
    loaded_mb: float


Table = Mapping[tuple[str, Load], Figures]  # by subject and load


def per_core_ratio(table: Table, subject: str, to: str, load: Load) -> float | None:
    """Return how many requests a core serves by one subject for each that it serves by another."""
    served, compared = table[subject, load].requests_per_core, table[to, load].requests_per_core
    return served / compared if served and compared else None


def rate_ratio(table: Table, subject: str, to: str, load: Load) -> float:
    """Return how many requests one subject answers for each that another one does."""
    return table[subject, load].requests_per_second / table[to, load].requests_per_second


def bars(table: Table, body: Body) -> list[Bar]:
    """Return the first promises of the project, as measured."""
    whole, paced = Load(16), Load(1, pace_ms=5)
    share = per_core_ratio(table, GATEWAY, "null route", whole) or 0
    later = (table[GATEWAY, paced].first_p50_ms or 0) - (table["direct", paced].first_p50_ms or 0)
    return [
        Bar(
            "requests/s per core at 16 connections, of the null route's",
            share,
            0.25,
            "",
            at_least=True,
        ),
        Bar(
            "requests/s at 16 connections with hard budgets, of those without",
            rate_ratio(table, HARD, GATEWAY, whole),
            0.8,
            "",
            at_least=True,
        ),
        Bar("first chunk later than direct", later, 3, "ms"),
        Bar("memory when idle", body.idle_mb, 100, "MB"),
        Bar("ready after a start", body.start_seconds, 1.5, "s"),
        Bar("ready after the first start, schema included", body.first_start_seconds, 1.5, "s"),
        Bar("failed requests", sum(figures.errors for figures in table.values()), 0, ""),
    ]
