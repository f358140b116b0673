"""How long calls waited until their intents were committed, as the gateway itself measures it."""

import urllib.request
from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Final, TypeAlias

from prometheus_client.parser import text_string_to_metric_families

_METRIC: Final = "meterhouse_intent_seconds"

Waits: TypeAlias = Mapping[float, float]  # at most so many seconds -> how many waits, in all


def read_waits(port: int, secret: str) -> Waits:
    """Return what a gateway has measured since its start."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/metrics", headers={"Authorization": f"Bearer {secret}"}
    )
    with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 - our own URL
        return waits_in(answer.read().decode())


def waits_in(exposition: str) -> Waits:
    """Return the waits in Prometheus's text, for durable intents and others together."""
    waits = defaultdict[float, float](float)
    for family in text_string_to_metric_families(exposition):
        for sample in family.samples:
            if sample.name == f"{_METRIC}_bucket":
                waits[float(sample.labels["le"])] += sample.value
    return waits


def between(before: Waits, after: Waits) -> Waits:
    """Return the waits that one reading has and an earlier one has not."""
    return {bound: count - before.get(bound, 0) for bound, count in after.items()}


def together(several: Iterable[Waits]) -> Waits:
    """Return the waits of several bursts."""
    waits = defaultdict[float, float](float)
    for one in several:
        for bound, count in one.items():
            waits[bound] += count
    return waits


def quantile_ms(waits: Waits, share: float) -> float | None:
    """Return how long such a share of the calls waited at most, evenly spread in each bucket.

    A wait beyond the last bound counts as that bound; None: nobody waited.
    """
    steps = [(0.0, 0.0), *sorted(waits.items())]
    wanted = share * steps[-1][1]
    if not wanted:
        return None
    for (low, fewer), (high, more) in pairwise(steps):
        if more >= wanted:
            top = low if high == float("inf") else high
            return (low + (top - low) * (wanted - fewer) / (more - fewer)) * 1e3
    return None
