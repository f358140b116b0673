"""Tries the scenarios and says what was seen: `make faults`.

`python -m tests.faults` does all of them in full, or those whose names begin as given. With
`--minutes`, it takes them in random order, smaller, until the time is up; the seed is printed, and
`--seed` repeats what it decided.
"""

import argparse
import asyncio
import secrets
import shutil
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path
from random import Random
from typing import Final

import structlog

from tests.faults.catalogue import SCENARIOS
from tests.faults.scenario import Scenario, Stage

_SMALL: Final = 0.25  # of the long form, where there is little time
_LARGEST_SEED: Final = 1_000_000


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what is asked for; return 1 if a promise was broken."""
    asked = _parser().parse_args(arguments)
    chosen = [one for one in SCENARIOS if one.name.startswith(tuple(asked.names or ("",)))]
    if not chosen:
        names = ", ".join(one.name for one in SCENARIOS)
        sys.stdout.write(f"No such scenario. There are: {names}\n")
        return 2
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())  # what we serve stays quiet
    seed: int = secrets.randbelow(_LARGEST_SEED) if asked.seed is None else asked.seed
    sys.stdout.write(f"seed {seed}\n")
    tried = ((one, _holds(one, stage)) for one, stage in _plan(chosen, asked.minutes, seed))
    broken = {one.name: one.promise for one, holds in tried if not holds}
    for name, promise in broken.items():
        sys.stdout.write(f"broken: {name}: {promise}\n")
    sys.stdout.write(f"{len(broken)} promises broken\n" if broken else "every promise held\n")
    return 1 if broken else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("names", nargs="*", help="how the names of wanted scenarios begin")
    parser.add_argument("--minutes", type=float, help="a random slice of so many minutes")
    parser.add_argument("--seed", type=int, help="to repeat what was decided by chance")
    return parser


def _plan(
    chosen: Sequence[Scenario], minutes: float | None, seed: int
) -> Iterator[tuple[Scenario, Stage]]:
    """Yield what to do next: everything once in full, or what fits into so many minutes.

    The same seed decides the same on each stage, whatever came before it.
    """
    if minutes is None:
        yield from ((one, _stage(f"{seed} {one.name}", 1.0)) for one in chosen)
        return
    deadline, random = time.monotonic() + minutes * 60, Random(seed)  # noqa: S311 - no secret
    for turn in count():
        is_full = True
        for one in random.sample(chosen, len(chosen)):
            if time.monotonic() + one.seconds * _SMALL < deadline:
                is_full = False
                yield one, _stage(f"{seed} {one.name} {turn}", _SMALL)
        if is_full:
            return


def _stage(decisions: str, share: float) -> Stage:
    random = Random(decisions)  # noqa: S311 - no secret
    return Stage(Path(tempfile.mkdtemp(prefix="meterhouse-")), random, share)


def _holds(scenario: Scenario, stage: Stage) -> bool:
    """Try a scenario, and say what was seen. What a broken promise leaves behind is kept."""
    sys.stdout.write(f"> {scenario.name}: {scenario.promise}\n")
    sys.stdout.flush()
    began = time.monotonic()
    try:
        seen = asyncio.run(scenario.run(stage))
    except Exception:  # noqa: BLE001 - whatever goes wrong, the others are tried too
        sys.stdout.write(f"  BROKEN; see {stage.folder}\n{traceback.format_exc()}")
        return False
    sys.stdout.write(f"  {seen} ({time.monotonic() - began:.0f} s)\n")
    shutil.rmtree(stage.folder)
    return True


if __name__ == "__main__":
    sys.exit(main())
