"""What must not grow: memory with the calls, and the cost of a call with the ledger."""

import asyncio
import shutil
import time
from collections import defaultdict
from contextlib import ExitStack
from pathlib import Path

from app.db.schema import upgrade
from app.db.sqlite import FILE_NAME
from benchmarks.bursts import Burst, Load, measure
from benchmarks.figures import sum_up
from benchmarks.peers.bars import LEDGER_ENTRIES, MEMORY_CALLS
from benchmarks.peers.environments import CACHE
from benchmarks.peers.line_up import OURS, our_folder
from benchmarks.peers.results import Growth
from benchmarks.subjects import Cores, direct, gateway
from benchmarks.usage_reports import prepare
from scripts.seed_ledger import Shape

_MEMORY_SECONDS = 300
_MEMORY_LOAD, _LEDGER_LOAD = Load(64), Load(16)
_ROUNDS = 4
_BURST_SECONDS = 1.5


def fill_ledgers() -> None:
    """Fill the ledgers that calls are measured on, once: the large one takes minutes."""
    for entries in LEDGER_ENTRIES:
        done = _ledger(entries) / "filled"
        if done.exists():
            continue
        print(f"Filling a ledger with {entries:,} entries (once)", flush=True)
        shutil.rmtree(done.parent, ignore_errors=True)
        done.parent.mkdir(parents=True)
        asyncio.run(prepare(done.parent / "data", Shape(entries=entries)))
        done.touch()


def measure_growth(folder: Path, cores: Cores) -> Growth:
    """Measure both, on gateways of their own."""
    memory, ledger = dict[int, float | None](), dict[int, float | None]()
    reasons: list[str] = []
    for name, step, into in (
        ("memory over many calls", _memory_by_calls, memory),
        ("calls on a large ledger", _cost_by_entries, ledger),
    ):
        try:
            into.update(step(folder, cores))
        except (OSError, RuntimeError) as error:
            reasons.append(f"{name}: {error}")
    return Growth(memory, ledger, tuple(reasons))


def _memory_by_calls(folder: Path, cores: Cores) -> dict[int, float | None]:
    until = time.monotonic() + _MEMORY_SECONDS
    calls, memory_mb = 0, dict[int, float | None]()
    with (
        direct(cores) as mock,
        gateway(our_folder(folder / "memory", cores, mock.port), OURS, budgets="hard") as subject,
    ):
        for wanted in MEMORY_CALLS:
            while calls < wanted and time.monotonic() < until:
                calls += measure(subject, _MEMORY_LOAD, cores, seconds=_BURST_SECONDS).requests
            memory_mb[wanted] = subject.process.memory_mb()
    if calls < MEMORY_CALLS[-1]:
        raise RuntimeError(f"only {calls:,} calls in {_MEMORY_SECONDS} s")
    return memory_mb


def _cost_by_entries(folder: Path, cores: Cores) -> dict[int, float | None]:
    bursts: defaultdict[int, list[Burst]] = defaultdict(list)
    with ExitStack() as stack:
        mock = stack.enter_context(direct(cores))
        subjects = {
            entries: stack.enter_context(
                gateway(our_folder(_copy(entries, folder), cores, mock.port), OURS, budgets="hard")
            )
            for entries in LEDGER_ENTRIES
        }
        for subject in subjects.values():
            measure(subject, _LEDGER_LOAD, cores, seconds=_BURST_SECONDS)
        for _ in range(_ROUNDS):
            for entries, subject in subjects.items():
                burst = measure(subject, _LEDGER_LOAD, cores, seconds=_BURST_SECONDS)
                bursts[entries].append(burst)
    return {entries: sum_up(several).cpu_ms for entries, several in bursts.items()}


def _copy(entries: int, folder: Path) -> Path:
    place = folder / f"ledger-{entries}"
    (place / "data").mkdir(parents=True, mode=0o700)
    shutil.copy(_ledger(entries) / "data" / FILE_NAME, place / "data")
    upgrade(place / "data")  # it may have been filled by an earlier version
    return place


def _ledger(entries: int) -> Path:
    return CACHE / f"ledger-{entries}"
