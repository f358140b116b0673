"""What the figures were measured on: the machine, the versions, and who else was busy."""

import os
import platform
import subprocess
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from benchmarks.processes import machine_ticks
from benchmarks.programs import COMPILER

PACKAGES = (
    "fastapi",
    "starlette",
    "pydantic",
    "uvicorn",
    "uvloop",
    "httptools",
    "httpx2",
    "sqlalchemy",
)


def describe() -> list[str]:
    """Return a line each about processor, system and versions."""
    compiler = subprocess.run(
        [COMPILER, "-dumpfullversion"], check=True, capture_output=True, text=True
    ).stdout.strip()
    memory_gb = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 1e9
    return [
        f"{_processor()}, {os.cpu_count()} cores, {memory_gb:.0f} GB",
        f"{platform.system()} {platform.release()}, {platform.machine()}",
        f"Python {platform.python_version()}, gcc {compiler}",
        ", ".join(f"{name} {version(name)}" for name in PACKAGES),
    ]


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(": ")[2]
    return "unknown processor"


@dataclass(frozen=True, slots=True)
class Watch:
    """Counts the time that processes other than ours kept the machine busy."""

    busy_ticks: int
    all_ticks: int
    own_seconds: float

    @classmethod
    def start(cls) -> "Watch":
        """Begin to count."""
        return cls(*machine_ticks(), _own_seconds())

    def others_share(self, running_seconds: float) -> float:
        """Return the share of all cores that others used since the start.

        `running_seconds` is the processor time of our children that still run.
        """
        busy, total = machine_ticks()
        passed = max(total - self.all_ticks, 1)
        own = (_own_seconds() - self.own_seconds + running_seconds) * os.sysconf("SC_CLK_TCK")
        return max((busy - self.busy_ticks - own) / passed, 0.0)


def _own_seconds() -> float:
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system
