"""Numbers about the running process, for Prometheus. Labels come from closed sets only."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, chain
from typing import Final, NamedTuple

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.exposition import generate_latest
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"

_CALL_SECONDS: Final = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600)
_FIRST_TOKEN_SECONDS: Final = (0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
_INTENT_SECONDS: Final = (
    *(0.00025, 0.0005, 0.001, 0.002, 0.003, 0.005, 0.0075),
    *(0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)
_HTTP_SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 1, 5, 30, 120, 600)
_NOBODY: Final = "none"  # the upstream of a call for which none was chosen
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

Labels = tuple[str, ...]


class _Counter:
    """Sums by label. The library's own take a lock and 2 us each, and a call makes a dozen."""

    def __init__(self, name: str, meaning: str, labels: Sequence[str]) -> None:
        self._about = (name, meaning)
        self._labels = labels
        self._sums: dict[Labels, float] = {}

    def add(self, labels: Labels, amount: float = 1) -> None:
        self._sums[labels] = self._sums.get(labels, 0) + amount

    def family(self) -> Metric:
        family = CounterMetricFamily(*self._about, labels=self._labels)
        for labels, total in self._sums.items():
            family.add_metric(labels, total)
        return family


class _Gauge(_Counter):
    """Numbers by label, as they are at the moment."""

    def set(self, labels: Labels, value: float) -> None:
        self._sums[labels] = value

    def family(self) -> Metric:
        family = GaugeMetricFamily(*self._about, labels=self._labels)
        for labels, value in self._sums.items():
            family.add_metric(labels, value)
        return family


class _Histogram:
    """How many values were at most so large, and their sum, by label."""

    def __init__(
        self, name: str, meaning: str, labels: Sequence[str], bounds: Sequence[float]
    ) -> None:
        self._about = (name, meaning)
        self._labels = labels
        self._bounds = bounds
        self._names = [*(str(float(bound)) for bound in bounds), "+Inf"]
        self._counts: dict[Labels, list[int]] = {}
        self._sums: dict[Labels, float] = {}

    def observe(self, labels: Labels, value: float) -> None:
        counts = self._counts.get(labels)
        if counts is None:
            counts = self._counts[labels] = [0] * len(self._names)
            self._sums[labels] = 0.0
        counts[bisect_left(self._bounds, value)] += 1
        self._sums[labels] += value

    def family(self) -> Metric:
        family = HistogramMetricFamily(*self._about, labels=self._labels)
        for labels, counts in self._counts.items():
            buckets = list(zip(self._names, map(float, accumulate(counts)), strict=True))
            family.add_metric(labels, buckets, self._sums[labels])
        return family


class CallSample(NamedTuple):
    """One call that has ended, as the metrics see it."""

    task: str
    upstream: str | None  # the name of a configured one
    status: str
    seconds: float
    first_token_seconds: float | None = None
    tokens_in: int | None = None
    tokens_out: int | None = None
    intent_seconds: float | None = None  # that it waited until its intent was committed
    is_durable: bool = False  # the intent, against power loss too
    attempts: Sequence[tuple[str, str]] = ()  # the upstream and the status of each


class UpstreamSample(NamedTuple):
    """One upstream, as it is at a moment."""

    upstream: str
    running: int
    open_breakers: int


class _CallNumbers:
    """What is counted of calls."""

    def __init__(self) -> None:
        self.ended = _Counter(
            "meterhouse_calls", "Calls that have ended.", ["task", "upstream", "status"]
        )
        self.in_flight = _Gauge("meterhouse_calls_in_flight", "Calls under way.", ["task"])
        self.seconds = _Histogram(
            "meterhouse_call_seconds",
            "From the admission of a call to its end.",
            ["task", "upstream"],
            _CALL_SECONDS,
        )
        self.first_token_seconds = _Histogram(
            "meterhouse_first_token_seconds",
            "From the admission of a streamed call to its first answer event.",
            ["task", "upstream"],
            _FIRST_TOKEN_SECONDS,
        )
        self.intent_seconds = _Histogram(
            "meterhouse_intent_seconds",
            "That a call waited for the commit of its intent, before anything left for an "
            "upstream. Durable: against power loss too, as a hard budget wants it.",
            ["durable"],
            _INTENT_SECONDS,
        )
        self.attempts = _Counter(
            "meterhouse_upstream_attempts",
            "Attempts of calls that have ended: a call may take several.",
            ["upstream", "status"],
        )
        self.tokens = _Counter(
            "meterhouse_tokens",
            "Tokens read and written by models.",
            ["task", "upstream", "direction"],
        )


class _GatewayNumbers:
    """What is counted of everything else."""

    def __init__(self) -> None:
        self.breakers_open = _Gauge(
            "meterhouse_breaker_open",
            "Targets of an upstream that get no calls, or one to find out whether they work.",
            ["upstream"],
        )
        self.upstream_running = _Gauge(
            "meterhouse_upstream_running", "Calls that an upstream is working on.", ["upstream"]
        )
        self.requests = _Counter(
            "meterhouse_http_requests",
            "HTTP requests answered, by route template and class of status.",
            ["method", "route", "status"],
        )
        self.request_seconds = _Histogram(
            "meterhouse_http_request_seconds",
            "From the first byte of a request to the last of its answer.",
            ["route"],
            _HTTP_SECONDS,
        )
        self.file_reads = _Counter(
            "meterhouse_gateway_file_reads",
            "Changes of the gateway file that were taken over, or refused.",
            ["outcome"],
        )


class Metrics(Collector):
    """Counts and times calls and requests, in a registry of its own, on the event loop alone."""

    def __init__(self) -> None:
        """Start every number at nothing."""
        self._calls = _CallNumbers()
        self._gateway = _GatewayNumbers()
        self.registry = CollectorRegistry()
        self.registry.register(self)

    def collect(self) -> Iterator[Metric]:
        """Yield every number, for the registry."""
        for one in chain(vars(self._calls).values(), vars(self._gateway).values()):
            yield one.family()

    def gateway_file_read(self, *, is_taken: bool) -> None:
        """Count a change of the gateway file."""
        self._gateway.file_reads.add(("taken" if is_taken else "refused",))

    def call_started(self, task: str) -> None:
        """Count a call as under way, until `call_ended`."""
        self._calls.in_flight.add((task,))

    def call_ended(self, sample: CallSample) -> None:
        """Count a call that was started, once, whatever became of it."""
        calls, task, upstream = self._calls, sample.task, sample.upstream or _NOBODY
        where = (task, upstream)
        calls.in_flight.add((task,), -1)
        calls.ended.add((task, upstream, sample.status))
        calls.seconds.observe(where, sample.seconds)
        for attempt in sample.attempts:
            calls.attempts.add(attempt)
        if sample.first_token_seconds is not None:
            calls.first_token_seconds.observe(where, sample.first_token_seconds)
        if sample.intent_seconds is not None:
            durable = "yes" if sample.is_durable else "no"
            calls.intent_seconds.observe((durable,), sample.intent_seconds)
        if sample.tokens_in:
            calls.tokens.add((task, upstream, "in"), sample.tokens_in)
        if sample.tokens_out:
            calls.tokens.add((task, upstream, "out"), sample.tokens_out)

    def request_ended(self, *, method: str, route: str, status: int, seconds: float) -> None:
        """Count an HTTP request; `route` is its template, never its path."""
        known = method if method in _METHODS else "OTHER"
        self._gateway.requests.add((known, route, f"{status // 100}xx"))
        self._gateway.request_seconds.observe((route,), seconds)

    def show_upstreams(self, samples: Iterable[UpstreamSample]) -> None:
        """Take down how upstreams are now."""
        for one in samples:
            self._gateway.upstream_running.set((one.upstream,), one.running)
            self._gateway.breakers_open.set((one.upstream,), one.open_breakers)

    def exposition(self) -> bytes:
        """Return every number in Prometheus's text format."""
        return generate_latest(self.registry)
