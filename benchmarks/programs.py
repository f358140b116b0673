"""The two C programs: a mock upstream and a load generator, compiled on demand."""

import os
import shutil
import subprocess
from pathlib import Path

HERE = Path(__file__).parent
BUILD = HERE / "build"
COMPILER = "gcc"


def missing() -> list[str]:
    """Return what keeps this machine from measuring, a sentence each."""
    lacks: list[str] = []
    if not hasattr(os, "sched_setaffinity"):
        lacks.append("The benchmark needs Linux: it pins processes to cores and reads /proc.")
    elif len(os.sched_getaffinity(0)) < 2:  # noqa: PLR2004
        lacks.append("The benchmark needs two cores: one for the gateway, one for the rest.")
    if shutil.which(COMPILER) is None:
        lacks.append("The benchmark needs gcc for its mock upstream and its client: install gcc.")
    return lacks


def build(name: str) -> Path:
    """Compile one of the programs unless it is newer than its source."""
    source, program = HERE / f"{name}.c", BUILD / name
    if not program.exists() or program.stat().st_mtime < source.stat().st_mtime:
        BUILD.mkdir(exist_ok=True)
        command = [COMPILER, "-O2", "-Wall", "-Wextra", "-Werror", "-o", program, source]
        subprocess.run(command, check=True)
    return program
