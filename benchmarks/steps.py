"""`python -m benchmarks.steps`: what one call costs, step by step; writes docs/performance.md.

The processor time of each thread is read from /proc while the gateway answers. How the event loop's
thread spends its own comes from cProfile in a run of its own: a profiler slows all Python alike,
so it tells shares, not times. What happens outside calls of functions is counted to their caller.
"""

import os
import pstats
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from benchmarks import machine, programs
from benchmarks.bursts import Load, measure
from benchmarks.document import write_section
from benchmarks.subjects import PRICES, Cores, GatewayFolder, choose_cores, direct, gateway

DOCUMENT: Final = Path(__file__).parent.parent / "docs" / "performance.md"
TITLE: Final = "The last profile"
CONNECTIONS: Final = 16
_TICKS_PER_SECOND: Final = os.sysconf("SC_CLK_TCK")
_SECONDS: Final = 3.0
_SHORT_SECONDS: Final = 0.5
_LEAST_CALLS: Final = 0.1  # of a function, for one call

# A part of a file's path, and the step that what is in there belongs to. The first one counts.
_STEPS: Final = (
    ("/app/cli/", "accept"),
    ("/uvicorn/", "accept"),
    ("/app/api/middleware/", "accept"),
    ("/app/core/logging", "log and metrics"),
    ("/app/core/telemetry", "log and metrics"),
    ("/structlog/", "log and metrics"),
    ("/app/api/dependencies/callers", "auth"),
    ("/app/api/dependencies/browsers", "auth"),
    ("/app/api/dependencies/permissions", "auth"),
    ("/app/services/authenticator", "auth"),
    ("/app/services/known_keys", "auth"),
    ("/app/core/security", "auth"),
    ("/hmac.py", "auth"),
    ("/app/api/responses/", "relay"),
    ("/app/api/", "parse"),
    ("/starlette/", "parse"),
    ("/fastapi/", "parse"),
    ("/pydantic", "parse"),
    ("/app/services/admission/", "admit"),
    ("/app/services/prices/", "admit"),
    ("/app/services/routing/", "admit"),
    ("/app/services/ledger/", "ledger"),
    ("/app/db/", "ledger"),
    ("/threading.py", "ledger"),
    ("/app/services/providers/dialects/", "relay"),
    ("/app/services/providers/", "client"),
    ("/app/services/inference/", "relay"),
)
_OTHER: Final = "everything else"
_MEANINGS: Final = {
    "accept": "the server's parsing and writing, our middleware, the route",
    "parse": "the body read once, its form checked, the call made of it",
    "auth": "who calls, and whether they may",
    "admit": "the plan, limits, what it may cost, holds",
    "ledger": "intent, settlement and entry, handed to the writer's thread",
    "client": "the connection to the upstream: request out, answer in",
    "relay": "the answer read for usage, settled and sent",
    "log and metrics": "one line, and the counters",
    _OTHER: "ids, money, JSON helpers, tasks",
}


Sums = Mapping[str, float]  # by step
Spent = dict[tuple[str, str], tuple[int, float]]  # by file and function: its calls, its seconds


@dataclass(frozen=True, slots=True)
class Threads:
    """Microseconds of processor time a call."""

    loop: float
    others: float


def main() -> int:
    """Measure and write the table."""
    if lacks := programs.missing():
        sys.stdout.write("\n".join(lacks) + "\n")
        return 2
    cores = choose_cores()
    with tempfile.TemporaryDirectory() as name:
        threads = _threads(Path(name), cores)
        shares, calls = _shares(Path(name), cores)
    lines = _report(threads, shares, calls)
    sys.stdout.write("\n".join(lines) + "\n")
    write_section(TITLE, lines, DOCUMENT)
    return 0


def _threads(folder: Path, cores: Cores) -> Threads:
    """Return what each thread costs, nobody watching: the least of five bursts."""
    with direct(cores) as upstream:
        ours = GatewayFolder(folder / "plain", cores, upstream_port=upstream.port, more=PRICES)
        with gateway(ours, "gateway", budgets="hard") as subject:
            measure(subject, Load(CONNECTIONS), cores, seconds=1)
            found = list[Threads]()
            for _ in range(5):
                before = _ticks(subject.process.popen.pid)
                burst = measure(subject, Load(CONNECTIONS), cores, seconds=_SECONDS)
                spent = _ticks(subject.process.popen.pid)
                spent.subtract(before)
                loop = spent.pop(subject.process.popen.pid)
                each = 1e6 / _TICKS_PER_SECOND / burst.requests
                found.append(Threads(loop * each, sum(spent.values()) * each))
            return min(found, key=lambda one: one.loop + one.others)


def _ticks(pid: int) -> Counter[int]:
    found = Counter[int]()
    for task in Path(f"/proc/{pid}/task").iterdir():
        fields = (task / "stat").read_text(encoding="ascii").rpartition(") ")[2].split()
        found[int(task.name)] = int(fields[11]) + int(fields[12])
    return found


def _shares(folder: Path, cores: Cores) -> tuple[Sums, Sums]:
    """Return each step's share of the loop's thread, and its calls of functions for a call."""
    few, short = _profile(folder / "short", cores, _SHORT_SECONDS)
    many, long = _profile(folder / "long", cores, _SECONDS)
    times, calls = defaultdict[str, float](float), defaultdict[str, float](float)
    for function, (number, seconds) in long.items():
        number_before, seconds_before = short.get(function, (0, 0.0))
        each = (number - number_before) / (many - few)
        if each < _LEAST_CALLS:
            continue  # of the start, or of work in the background
        step = next((name for part, name in _STEPS if part in function[0]), _OTHER)
        calls[step] += each
        times[step] += seconds - seconds_before
    total = sum(times.values())
    return {step: times[step] / total for step in _MEANINGS}, calls


def _profile(folder: Path, cores: Cores, seconds: float) -> tuple[int, Spent]:
    """Return how many calls a profiled gateway answered, and what its functions took in all."""
    folder.mkdir(parents=True)
    profile = folder / "profile"
    with direct(cores) as upstream:
        ours = GatewayFolder(folder / "data", cores, upstream_port=upstream.port, more=PRICES)
        with gateway(ours, "gateway", budgets="hard", profile=profile) as subject:
            burst = measure(subject, Load(CONNECTIONS), cores, seconds=seconds)
    return burst.requests, _spent(pstats.Stats(str(profile)))


def _spent(stats: Any) -> Spent:
    """Return what each function took itself. What is written in C belongs to whoever called it."""
    spent: Spent = {}
    for (file, _, name), (_, number, own, _, callers) in stats.stats.items():
        if file != "~":
            spent[file, name] = (number, own)
            continue
        for (caller, _, caller_name), by in callers.items():
            if caller_name != "run":  # the loop itself: it waits in there
                spent[caller, f"{caller_name} {name}"] = (by[0], by[2])
    return spent


def _report(threads: Threads, shares: Sums, calls: Sums) -> Sequence[str]:
    rows = [
        f"| {step} | {shares[step] * threads.loop:,.0f} | {calls[step]:,.0f} | {_MEANINGS[step]} |"
        for step in sorted(_MEANINGS, key=lambda step: -shares[step])
    ]
    return [
        f"One whole answer with everything on, at {CONNECTIONS} connections:",
        "",
        "| step | us of CPU | calls of functions | what it is |",
        "| :--- | ---: | ---: | :--- |",
        *rows,
        f"| **the event loop's thread** | **{threads.loop:,.0f}** | {sum(calls.values()):,.0f} | |",
        f"| the ledger's writer | {threads.others:,.0f} | | SQLite, with `fsync`; other threads |",
        f"| **together** | **{threads.loop + threads.others:,.0f}** | | |",
        "",
        *(f"- {line}" for line in machine.describe()),
    ]


if __name__ == "__main__":
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.exit(main())
