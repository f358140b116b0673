"""Numbers about the running process, for Prometheus. Labels come from closed sets only."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.exposition import generate_latest

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

_Metric = TypeVar("_Metric", Counter, Gauge, Histogram)


class _Family(Generic[_Metric]):
    """A metric by its labels: the library's own look-up costs 4 us, and a call makes eight."""

    def __init__(self, metric: _Metric) -> None:
        self._metric = metric
        self._children: dict[tuple[str, ...], _Metric] = {}

    def of(self, *labels: str) -> _Metric:
        child = self._children.get(labels)
        if child is None:
            child = self._children[labels] = self._metric.labels(*labels)
        return child


@dataclass(frozen=True, slots=True)
class CallSample:
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


@dataclass(frozen=True, slots=True)
class UpstreamSample:
    """One upstream, as it is at a moment."""

    upstream: str
    running: int
    open_breakers: int


class Metrics:
    """Counts and times calls and requests, in a registry of its own."""

    def __init__(self) -> None:
        """Start every number at nothing."""
        self.registry = CollectorRegistry()
        self._calls = _Family(
            Counter(
                "meterhouse_calls",
                "Calls that have ended.",
                ["task", "upstream", "status"],
                registry=self.registry,
            )
        )
        self._calls_in_flight = _Family(
            Gauge(
                "meterhouse_calls_in_flight", "Calls under way.", ["task"], registry=self.registry
            )
        )
        self._call_seconds = _Family(
            Histogram(
                "meterhouse_call_seconds",
                "From the admission of a call to its end.",
                ["task", "upstream"],
                buckets=_CALL_SECONDS,
                registry=self.registry,
            )
        )
        self._first_token_seconds = _Family(
            Histogram(
                "meterhouse_first_token_seconds",
                "From the admission of a streamed call to its first answer event.",
                ["task", "upstream"],
                buckets=_FIRST_TOKEN_SECONDS,
                registry=self.registry,
            )
        )
        self._intent_seconds = _Family(
            Histogram(
                "meterhouse_intent_seconds",
                "That a call waited for the commit of its intent, before anything left for an "
                "upstream. Durable: against power loss too, as a hard budget wants it.",
                ["durable"],
                buckets=_INTENT_SECONDS,
                registry=self.registry,
            )
        )
        self._attempts = _Family(
            Counter(
                "meterhouse_upstream_attempts",
                "Attempts of calls that have ended: a call may take several.",
                ["upstream", "status"],
                registry=self.registry,
            )
        )
        self._breaker_open = _Family(
            Gauge(
                "meterhouse_breaker_open",
                "Targets of an upstream that get no calls, or one to find out whether they work.",
                ["upstream"],
                registry=self.registry,
            )
        )
        self._upstream_running = _Family(
            Gauge(
                "meterhouse_upstream_running",
                "Calls that an upstream is working on.",
                ["upstream"],
                registry=self.registry,
            )
        )
        self._tokens = _Family(
            Counter(
                "meterhouse_tokens",
                "Tokens read and written by models.",
                ["task", "upstream", "direction"],
                registry=self.registry,
            )
        )
        self._requests = _Family(
            Counter(
                "meterhouse_http_requests",
                "HTTP requests answered, by route template and class of status.",
                ["method", "route", "status"],
                registry=self.registry,
            )
        )
        self._request_seconds = _Family(
            Histogram(
                "meterhouse_http_request_seconds",
                "From the first byte of a request to the last of its answer.",
                ["route"],
                buckets=_HTTP_SECONDS,
                registry=self.registry,
            )
        )

        self._file_reads = _Family(
            Counter(
                "meterhouse_gateway_file_reads",
                "Changes of the gateway file that were taken over, or refused.",
                ["outcome"],
                registry=self.registry,
            )
        )

    def gateway_file_read(self, *, is_taken: bool) -> None:
        """Count a change of the gateway file."""
        self._file_reads.of("taken" if is_taken else "refused").inc()

    def call_started(self, task: str) -> None:
        """Count a call as under way, until `call_ended`."""
        self._calls_in_flight.of(task).inc()

    def call_ended(self, sample: CallSample) -> None:
        """Count a call that was started, once, whatever became of it."""
        where = (sample.task, sample.upstream or _NOBODY)
        self._calls_in_flight.of(sample.task).dec()
        self._calls.of(*where, sample.status).inc()
        self._call_seconds.of(*where).observe(sample.seconds)
        for attempt in sample.attempts:
            self._attempts.of(*attempt).inc()
        if sample.first_token_seconds is not None:
            self._first_token_seconds.of(*where).observe(sample.first_token_seconds)
        if sample.intent_seconds is not None:
            durable = "yes" if sample.is_durable else "no"
            self._intent_seconds.of(durable).observe(sample.intent_seconds)
        if sample.tokens_in:
            self._tokens.of(*where, "in").inc(sample.tokens_in)
        if sample.tokens_out:
            self._tokens.of(*where, "out").inc(sample.tokens_out)

    def request_ended(self, *, method: str, route: str, status: int, seconds: float) -> None:
        """Count an HTTP request; `route` is its template, never its path."""
        known = method if method in _METHODS else "OTHER"
        self._requests.of(known, route, f"{status // 100}xx").inc()
        self._request_seconds.of(route).observe(seconds)

    def show_upstreams(self, samples: Iterable[UpstreamSample]) -> None:
        """Take down how upstreams are now."""
        for one in samples:
            self._upstream_running.of(one.upstream).set(one.running)
            self._breaker_open.of(one.upstream).set(one.open_breakers)

    def exposition(self) -> bytes:
        """Return every number in Prometheus's text format."""
        return generate_latest(self.registry)
