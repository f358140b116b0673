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
    """How a burst asks, and how many at once: whole answers, or streams with a pace."""

    connections: int
    pace_ms: int | None = None  # between the events of a stream; None: whole answers
    delay_ms: int = 0  # before a whole answer
    body_bytes: int = 0  # of a request with a picture; 0: a short text
    is_embedding: bool = False

    @property
    def kind(self) -> str:
        """What the client calls it."""
        if self.is_embedding:
            return "embeddings"
        return "whole" if self.pace_ms is None else "stream"

    @property
    def name(self) -> str:
        """What tables call it."""
        if self.pace_ms is not None:
            return f"stream, {self.pace_ms} ms apart" if self.pace_ms else "stream, at once"
        if self.body_bytes:
            return f"body of {self.body_bytes // 1000:,} KB"
        return f"{self.delay_ms} ms upstream" if self.delay_ms else self.kind

    @property
    def model(self) -> str:
        """The model name that sets the mock's pace."""
        return f"bench-{self.pace_ms or self.delay_ms}ms"

    def path(self, of_chats: str) -> str:
        """Return where a subject that takes chats at one path is asked for this."""
        if not self.is_embedding:
            return of_chats
        return of_chats.replace("/chat/completions", "/embeddings")


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
    settings = (subject.port, load.connections, seconds, load.kind, load.model)
    where = (load.path(subject.path), load.body_bytes)
    waits = _waits(subject)
    before = subject.process.cpu_seconds()
    with subprocess.Popen(
        [build("client"), *map(str, (*settings, *where)), *subject.headers],
        stdout=subprocess.PIPE,
        text=True,
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
