"""`python -m benchmarks.peers`: measure side by side, print, and write docs/benchmarks.md."""

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks import machine, programs
from benchmarks.document import write_section
from benchmarks.peers.growth import fill_ledgers, measure_growth
from benchmarks.peers.line_up import NULLS, Wanted, line_up
from benchmarks.peers.panels import PICTURE, picture_of
from benchmarks.peers.results import Growth, Results
from benchmarks.peers.rounds import Pace, run_rounds
from benchmarks.peers.servers import install, peers
from benchmarks.peers.tables import render
from benchmarks.subjects import choose_cores

TITLE = "Beside other gateways: the last full run"


@dataclass(frozen=True, slots=True)
class Plan:
    """How long to measure: as many rounds as the time allows, at least one."""

    rounds: int
    burst_seconds: float
    starts: int
    seconds: float  # of the rounds with what starts them, without installing and growth


FULL = Plan(rounds=5, burst_seconds=1.0, starts=3, seconds=600)
QUICK = Plan(rounds=1, burst_seconds=0.3, starts=1, seconds=120)
NOT_GROWN = Growth(reasons=("memory over many calls, calls on a large ledger: only in a full run",))


def run(plan: Plan, folder: Path, only: Sequence[str]) -> Results:
    """Start everything, burst at each in turn, several rounds, and take medians.

    Args:
        plan: How long to measure.
        folder: For configurations, data and logs.
        only: Names of other gateways and null routes to take; none: everything there is to do.
    """
    cores = choose_cores()
    wanted_peers = [peer for peer in peers() if not only or peer.name in only]
    roots, not_installed = install(wanted_peers)
    is_whole = plan is FULL and not only
    if is_whole:
        fill_ledgers()
    growth = measure_growth(folder, cores) if is_whole else NOT_GROWN
    until = time.monotonic() + plan.seconds
    wanted = Wanted(
        nulls=[name for name in NULLS if not only or name in only],
        peers=[peer for peer in wanted_peers if peer.name in roots],
        roots=roots,
        starts=plan.starts,
    )
    with line_up(folder, cores, wanted) as lined:
        watch = machine.Watch.start()
        began_cpu = sum(one.process.cpu_seconds() for one in lined.subjects)
        pace = Pace(plan.rounds, plan.burst_seconds, until)
        bursts = run_rounds(lined.subjects, cores, pace)
        used = sum(one.process.cpu_seconds() for one in lined.subjects) - began_cpu
        return Results(
            table=bursts.table(),
            weights=lined.weights,
            loaded_mb={one.name: one.process.memory_mb() for one in lined.subjects},
            versions={peer.name: peer.version for peer in wanted.peers},
            missing={**not_installed, **lined.missing},
            not_served=bursts.not_served,
            growth=growth,
            rounds=bursts.rounds,
            burst_seconds=plan.burst_seconds,
            others_share=watch.others_share(used),
        )


def report(results: Results) -> list[str]:
    """Return the report's lines."""
    how = (
        f"Medians of {results.rounds} rounds of bursts of {results.burst_seconds:g} s, each "
        f"subject in turn. Other processes kept {results.others_share:.0%} of the machine busy "
        "meanwhile."
    )
    return [*render(results), "", how, "", *(f"- {line}" for line in machine.describe())]


def main() -> int:
    """Measure and print; 2 where something is missing, and it says what."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.peers")
    parser.add_argument("--quick", action="store_true", help="about two minutes, writes nothing")
    parser.add_argument("--only", default="", metavar="NAME,...", help="take these, write nothing")
    chosen = parser.parse_args()
    if lacks := programs.missing():
        print(*lacks, sep="\n", file=sys.stderr)
        return 2
    only = [name for name in chosen.only.split(",") if name]
    with tempfile.TemporaryDirectory() as folder:
        results = run(QUICK if chosen.quick else FULL, Path(folder), only)
    lines = report(results)
    print(*lines, sep="\n")
    if not chosen.quick and not only:
        PICTURE.write_text(picture_of(results), encoding="utf-8")
        picture = f"![Meterhouse beside other gateways]({PICTURE.parent.name}/{PICTURE.name})"
        write_section(TITLE, [picture, "", *lines])
    return 0


if __name__ == "__main__":
    sys.exit(main())
