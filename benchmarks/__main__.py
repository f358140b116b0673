"""`python -m benchmarks [--quick]`: measure, print, and write docs/benchmarks.md."""

import argparse
import sys
import tempfile
import time
from collections import defaultdict
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks import machine, programs
from benchmarks.bursts import Burst, Load, measure
from benchmarks.document import write_section
from benchmarks.figures import Body, Table, bars, sum_up
from benchmarks.report import render
from benchmarks.subjects import (
    GATEWAY,
    HARD,
    PRICES,
    SOFT,
    GatewayFolder,
    choose_cores,
    direct,
    gateway,
    null_route,
)

WHOLE = tuple(Load(connections) for connections in (1, 16, 64))
STREAMS = tuple(Load(connections, pace_ms) for pace_ms in (5, 0) for connections in (1, 16))


@dataclass(frozen=True, slots=True)
class Plan:
    """How long to measure. Everything is bounded: rounds times bursts times seconds."""

    rounds: int
    burst_seconds: float
    warm_up_seconds: float
    starts: int


FULL = Plan(rounds=5, burst_seconds=1.5, warm_up_seconds=1.0, starts=5)
QUICK = Plan(rounds=1, burst_seconds=0.4, warm_up_seconds=0.2, starts=1)


@dataclass(frozen=True, slots=True)
class Results:
    """Everything that one run measured."""

    table: Table
    body: Body
    others_share: float


def run(plan: Plan, folder: Path) -> Results:
    """Start everything, burst at each in turn, several rounds, and take medians."""
    cores = choose_cores()
    with ExitStack() as stack:
        mock = stack.enter_context(direct(cores))
        place = GatewayFolder(folder, cores, upstream_port=mock.port)
        starts = [_time_start(place) for _ in range(plan.starts + 1)]
        watch = machine.Watch.start()
        null = stack.enter_context(null_route(cores))
        subject = stack.enter_context(gateway(place, GATEWAY))
        time.sleep(plan.warm_up_seconds)
        idle_mb = subject.process.memory_mb()
        soft, hard = (
            stack.enter_context(
                gateway(
                    GatewayFolder(folder / name, cores, upstream_port=mock.port, more=PRICES),
                    name,
                    budgets=mode,
                )
            )
            for name, mode in ((SOFT, "soft"), (HARD, "hard"))
        )
        subjects = (mock, null, subject, soft, hard)
        jobs = [(one, load) for load in WHOLE for one in subjects]
        jobs += [(one, load) for load in STREAMS for one in (mock, subject, hard)]
        for one in subjects:
            measure(one, Load(16), cores, seconds=plan.warm_up_seconds)
        bursts: defaultdict[tuple[str, Load], list[Burst]] = defaultdict(list)
        for _ in range(plan.rounds):
            for one, load in jobs:
                bursts[one.name, load].append(measure(one, load, cores, seconds=plan.burst_seconds))
        running_seconds = sum(one.process.cpu_seconds() for one in subjects)
        body = Body(
            first_start_seconds=starts[0][0],
            start_seconds=median(seconds for seconds, _ in starts[1:]),
            start_cpu_seconds=median(cpu_seconds for _, cpu_seconds in starts[1:]),
            idle_mb=idle_mb,
            loaded_mb=subject.process.memory_mb(),
        )
        others = watch.others_share(running_seconds)
    return Results({key: sum_up(of_key) for key, of_key in bursts.items()}, body, others)


def _time_start(place: GatewayFolder) -> tuple[float, float]:
    with place.running() as (process, _, seconds):
        return seconds, process.cpu_seconds()


def report(results: Results, plan: Plan) -> list[str]:
    """Return the report's lines."""
    how = (
        f"Medians of {plan.rounds} rounds of bursts of {plan.burst_seconds:g} s, each subject in "
        f"turn. Other processes kept {results.others_share:.0%} of the machine busy meanwhile."
    )
    return [
        *render(results.table, bars(results.table, results.body), results.body),
        "",
        how,
        "",
        *(f"- {line}" for line in machine.describe()),
    ]


def main() -> int:
    """Measure and print; 2 where something is missing, and it says what."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("--quick", action="store_true", help="under 30 s, writes no document")
    quick: bool = parser.parse_args().quick
    if lacks := programs.missing():
        print(*lacks, sep="\n", file=sys.stderr)
        return 2
    plan = QUICK if quick else FULL
    with tempfile.TemporaryDirectory() as folder:
        lines = report(run(plan, Path(folder)), plan)
    print(*lines, sep="\n")
    if not quick:
        write_section("The last full run", lines)
    return 0


if __name__ == "__main__":
    sys.exit(main())
