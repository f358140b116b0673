"""The promises about speed beside others, as measured, with and without the durable intent."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from benchmarks.bursts import Load
from benchmarks.figures import Bar
from benchmarks.peers.line_up import DIRECT, NOT_DURABLE, OURS
from benchmarks.peers.results import (
    Results,
    chunk_rate,
    cpu,
    first,
    p50,
    p99,
    per_core,
    quotient,
)
from benchmarks.peers.rounds import BODIES
from benchmarks.peers.servers import LITELLM, NGINX, PORTKEY, SGLANG, VLLM

MEMORY_CALLS = (10_000, 100_000)
LEDGER_ENTRIES = (1_000, 1_000_000)
_FLAT = 1.1  # of a cost that is measured twice in the same run


@dataclass(frozen=True, slots=True)
class PeerBar:
    """A promise kept with everything on, and what it would be without the durable intent."""

    bar: Bar
    without_durable: float | None = None
    stretch: float | None = None

    @property
    def reaches_stretch(self) -> bool:
        """Whether it is better than what was promised."""
        value = self.bar.value
        return self.stretch is not None and value is not None and value >= self.stretch


def peer_bars(results: Results) -> list[PeerBar]:
    """Return every promise."""
    return [*_rates(results), *_times(results), *_weights(results), *_growth(results)]


def _rates(results: Results) -> Iterator[PeerBar]:
    for peer, limit, stretch in ((LITELLM, 28, 40), (PORTKEY, 3, 5), (SGLANG, 0.35, 0.5)):
        promise = f"requests/s per core at 16 connections, of {peer}'s"
        yield _compare(
            lambda name, peer=peer: results.ratio(name, peer, Load(16), per_core),
            Bar(promise, None, limit, "x", at_least=True),
            stretch,
        )


def _times(results: Results) -> Iterator[PeerBar]:
    paced, at_once = Load(1, pace_ms=5), Load(16, pace_ms=0)
    yield _compare(
        lambda name: results.ratio(name, NGINX, Load(1), p50),
        Bar("p50 at one connection, of nginx's", None, 4, "x"),
    )
    yield _compare(
        lambda name: results.ratio(name, SGLANG, Load(64), p99),
        Bar("p99 at 64 connections, of sglang-router's", None, 2, "x"),
    )
    yield _compare(
        lambda name: results.ratio(name, VLLM, paced, first),
        Bar("first chunk at one connection, of vllm-router's", None, 3, "x"),
    )
    yield _compare(
        lambda name: results.ratio(name, SGLANG, at_once, cpu),
        Bar("CPU of an unpaced stream, of sglang-router's", None, 1.5, "x"),
    )
    yield _compare(
        lambda name: results.ratio(name, DIRECT, Load(64, pace_ms=5), chunk_rate),
        Bar("chunk rate of 64 paced streams, of direct's", None, 0.9, "x", at_least=True),
    )
    yield _compare(
        lambda name: results.ratio(name, SGLANG, BODIES[-1], cpu),
        Bar("CPU of a 1 MB body, of sglang-router's", None, 3, "x"),
    )


def _weights(results: Results) -> Iterator[PeerBar]:
    yield _compare(
        lambda name: results.weights[name].start_seconds, Bar("ready after a start", None, 1, "s")
    )
    yield _compare(
        lambda name: results.weights[name].first_start_seconds,
        Bar("ready after the first start, schema included", None, 1, "s"),
    )
    yield _compare(
        lambda name: results.weights[name].idle_mb, Bar("memory when idle", None, 80, "MB")
    )


def _growth(results: Results) -> Iterator[PeerBar]:
    growth = results.growth
    few, many = (growth.memory_mb.get(calls) for calls in MEMORY_CALLS)
    promise = "memory after 100,000 calls, of that after 10,000"
    yield PeerBar(Bar(promise, quotient(many, few), 1.05, "x"))
    small, large = (growth.ledger_cpu_ms.get(entries) for entries in LEDGER_ENTRIES)
    promise = "CPU of a call with 1,000,000 entries, of that with 1,000"
    yield PeerBar(Bar(promise, quotient(large, small), _FLAT, "x"))
    ours = [figures for (name, _), figures in results.table.items() if name == OURS]
    failed = sum(figures.errors for figures in ours)
    yield PeerBar(Bar("failed calls", failed if ours else None, 0, ""))


def _compare(
    value: Callable[[str], float | None], bar: Bar, stretch: float | None = None
) -> PeerBar:
    measured = Bar(bar.promise, value(OURS), bar.limit, bar.unit, at_least=bar.at_least)
    return PeerBar(measured, value(NOT_DURABLE), stretch)
