"""Resolves every lock for every system and Python we promise, and prints a table.

Asks the index for wheels only, hashes checked, dependencies complete: a "no" means that somebody
with that machine could not install. Exit 1 where there is one.
"""

import subprocess
import sys
import tempfile
from typing import Final

from lock import REQUIREMENTS, UV, ensure_uv

LOCKS: Final = ("run", "test", "check", "node")
PYTHONS: Final = ("3.11", "3.12", "3.13", "3.14")
PLATFORMS: Final = {
    "Linux x86-64": "x86_64-manylinux_2_28",
    "Linux arm64": "aarch64-manylinux_2_28",
    "macOS x86-64": "x86_64-apple-darwin",
    "macOS arm64": "aarch64-apple-darwin",
}


def main() -> int:
    """Print one row a platform and lock, then what was missing."""
    ensure_uv()
    problems: list[str] = []
    print(f"{'':14}{'lock':8}" + "".join(f"{python:>7}" for python in PYTHONS))
    for name, platform in PLATFORMS.items():
        for lock in LOCKS:
            answers = [resolve(lock, platform, python) for python in PYTHONS]
            row = "".join(f"{'no' if answer else 'yes':>7}" for answer in answers)
            print(f"{name:14}{lock:8}{row}", flush=True)
            problems += [
                f"{lock}.txt, {name}, Python {python}: {answer}"
                for python, answer in zip(PYTHONS, answers, strict=True)
                if answer
            ]
    print("".join(f"\n{problem}" for problem in problems), end="")
    return 1 if problems else 0


def resolve(lock: str, platform: str, python: str) -> str:
    """Return why this lock cannot be installed there, or nothing."""
    with tempfile.TemporaryDirectory() as empty:
        command = [
            *(str(UV), "pip", "install", "--dry-run", "--quiet", "--no-python-downloads"),
            *("--require-hashes", "--only-binary=:all:", f"--target={empty}"),
            *(f"--python-platform={platform}", f"--python-version={python}"),
            *(f"--requirement={REQUIREMENTS / name}.txt" for name in (lock, "build")),
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else " ".join(done.stderr.split())


if __name__ == "__main__":
    sys.exit(main())
