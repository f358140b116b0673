"""One burst of requests at one subject, and what it cost."""

import json
import os
import subprocess
from dataclasses import dataclass, field

from benchmarks.intents import Waits, between, read_waits
from benchmarks.programs import build
from benchmarks.subjects import ADMIN_KEY, Cores, Subject


@dataclass(frozen=True, slots=True)
class Load:
    """How a burst asks: whole answers, or streams with a pace; and how many at once."""

    connections: int
    pace_ms: int | None = None

    @property
    def name(self) -> str:
        """What tables call it."""
        if self.pace_ms is None:
            return "whole"
        return f"stream, {self.pace_ms} ms apart" if self.pace_ms else "stream, at once"

    @property
    def model(self) -> str:
        """The model name that sets the mock's pace."""
        return f"bench-{self.pace_ms or 0}ms"


@dataclass(frozen=True, slots=True)
class Burst:
    """What one burst gave. Times are milliseconds; those of streams are None for whole answers."""

    requests: int
    errors: int
    seconds: float
    events: int
    cpu_seconds: float
    complaint: str
    answer_p50_ms: float | None = None
    answer_p99_ms: float | None = None
    first_p50_ms: float | None = None
    first_p99_ms: float | None = None
    gap_p50_ms: float | None = None
    gap_p99_ms: float | None = None
    waits: Waits = field(default_factory=dict[float, float])  # for intents, of a gateway


def measure(subject: Subject, load: Load, cores: Cores, *, seconds: float) -> Burst:
    """Send a burst from the load core; count the processor time that the subject used for it."""
    kind = "whole" if load.pace_ms is None else "stream"
    settings = (subject.port, load.connections, seconds, kind, load.model, subject.path)
    waits = _waits(subject)
    before = subject.process.cpu_seconds()
    with subprocess.Popen(
        [build("client"), *map(str, settings), *subject.headers], stdout=subprocess.PIPE, text=True
    ) as client:
        os.sched_setaffinity(client.pid, {cores.load})
        output, _ = client.communicate(timeout=seconds + 60)
    if client.returncode:
        raise RuntimeError(f"The client failed at {subject.name!r}.")
    cpu_seconds = subject.process.cpu_seconds() - before
    waits = between(waits, _waits(subject))
    return Burst(**json.loads(output), cpu_seconds=cpu_seconds, waits=waits)


def _waits(subject: Subject) -> Waits:
    return read_waits(subject.port, ADMIN_KEY) if subject.is_gateway else {}
