"""Bursts at every subject in turn, round after round, within a time."""

import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from benchmarks.bursts import Burst, Load, measure
from benchmarks.figures import Table, sum_up
from benchmarks.peers.line_up import NULLS
from benchmarks.subjects import Cores, Subject

WHOLE = tuple(Load(connections) for connections in (1, 16, 64))
LATE = Load(16, delay_ms=20)
BODIES = tuple(Load(4, body_bytes=size) for size in (1_000, 100_000, 1_000_000))
EMBEDDINGS = Load(16, is_embedding=True)
PACED = tuple(Load(connections, pace_ms=5) for connections in (1, 16, 64))
AT_ONCE = tuple(Load(connections, pace_ms=0) for connections in (1, 16, 64))
LOADS = (*WHOLE, LATE, *BODIES, EMBEDDINGS, *PACED, *AT_ONCE)
_ENOUGH = 0.01  # seconds after which a client asks no more: each connection asks once

Job = tuple[Subject, Load]


@dataclass(slots=True)
class Bursts:
    """What the rounds gave, and what could not be measured."""

    of: defaultdict[tuple[str, Load], list[Burst]] = field(
        default_factory=lambda: defaultdict[tuple[str, Load], list[Burst]](list)
    )
    not_served: dict[tuple[str, Load], str] = field(default_factory=dict[tuple[str, Load], str])
    rounds: int = 0

    def table(self) -> Table:
        """Return the figures of all."""
        return {key: sum_up(bursts) for key, bursts in self.of.items()}


@dataclass(frozen=True, slots=True)
class Pace:
    """How long to measure."""

    rounds: int
    burst_seconds: float
    until: float  # of time.monotonic(): no round begins that would end later


def run_rounds(subjects: Sequence[Subject], cores: Cores, pace: Pace) -> Bursts:
    """Ask each subject each way once, then measure what is served, in several rounds."""
    bursts = Bursts()
    jobs = [(one, load) for load in LOADS for one in subjects if _suits(one, load)]
    jobs = [job for job in jobs if _is_served(job, cores, bursts)]
    for one in subjects:
        _try(bursts, (one, WHOLE[1]), cores, pace.burst_seconds)  # warms it up
    while bursts.rounds < pace.rounds:
        began = time.monotonic()
        for job in jobs:
            if job_key(job) not in bursts.not_served:
                burst = _try(bursts, job, cores, pace.burst_seconds)
                bursts.of[job_key(job)] += [burst] if burst else []
        bursts.rounds += 1
        now = time.monotonic()
        if now + (now - began) > pace.until:
            break
    return bursts


def job_key(job: Job) -> tuple[str, Load]:
    """Return what figures of a job are found by."""
    return job[0].name, job[1]


def _suits(subject: Subject, load: Load) -> bool:
    return subject.name not in NULLS or load in WHOLE


def _is_served(job: Job, cores: Cores, bursts: Bursts) -> bool:
    subject, load = job
    burst = _try(bursts, (subject, replace(load, connections=1)), cores, _ENOUGH)
    if burst is None:
        return False
    if not burst.requests:
        bursts.not_served[job_key(job)] = _reason(subject, burst)
    return burst.requests > 0


def _reason(subject: Subject, burst: Burst) -> str:
    said = burst.complaint.partition("HTTP/1.1 ")[2][:3] or burst.complaint or "no answer"
    return f"not served yet ({said})" if subject.is_gateway else f"not served ({said})"


def _try(bursts: Bursts, job: Job, cores: Cores, seconds: float) -> Burst | None:
    subject, load = job
    try:
        return measure(subject, load, cores, seconds=seconds)
    except (OSError, RuntimeError) as error:
        bursts.not_served[job_key(job)] = f"ended: {error}"
        return None
