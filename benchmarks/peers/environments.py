"""Environments of the other gateways, in .cache/peers: installed once, at the pinned versions."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.processes import ROOT

HERE = Path(__file__).parent
CACHE = ROOT / ".cache" / "peers"
_INSTALL_SECONDS = 900


class PeerMissingError(RuntimeError):
    """A peer that cannot be installed or started, with the reason."""


def python_environment(name: str) -> Path:
    """Return a virtual environment with what `NAME.txt` pins, bytecode caches written."""
    pins = HERE / f"{name}.txt"
    place = CACHE / name
    if not _is_current(place, pins):
        _clear(place)
        python = place / "bin" / "python"
        _run(name, [sys.executable, "-m", "venv", place])
        pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        _run(name, [*pip, "--no-deps", "--requirement", pins])  # the pins are complete
        _run(name, [python, "-m", "compileall", "-q", place / "lib"], is_needed=False)
        _note(place, pins)
    return place


def node_environment(name: str) -> Path:
    """Return a folder with what `package.json` pins, installed by npm."""
    pins = HERE / "package.json"
    place = CACHE / name
    if not _is_current(place, pins):
        _clear(place)
        shutil.copy(pins, place)
        wish = ["--no-audit", "--no-fund", "--no-package-lock", "--omit=dev"]
        _run(name, ["npm", "install", "--prefix", place, *wish])
        _note(place, pins)
    return place


def variables() -> dict[str, str]:
    """Return the variables for a peer: nothing that keeps Python from writing bytecode."""
    return {"PATH": os.environ["PATH"], "HOME": str(CACHE), "LANG": "C.UTF-8"}


def pinned_version(name: str) -> str:
    """Return the version of a peer that its own list pins."""
    for line in (HERE / f"{name}.txt").read_text(encoding="utf-8").splitlines():
        package, _, version = line.partition("==")
        if package == name:
            return version
    raise PeerMissingError(f"{name}.txt does not pin {name}.")


def pinned_package(name: str) -> str:
    """Return the version of a package that `package.json` pins."""
    pins = json.loads((HERE / "package.json").read_text(encoding="utf-8"))
    version: str = pins["dependencies"][name]
    return version


def last_words(log: Path) -> str:
    """Return the last line of a log, which mostly says what was wrong."""
    lines = log.read_text(encoding="utf-8", errors="replace").split("\n") if log.exists() else []
    return next((line.strip()[:200] for line in reversed(lines) if line.strip()), "no output")


def _is_current(place: Path, pins: Path) -> bool:
    stamp = place / "installed"
    return stamp.exists() and stamp.read_text(encoding="ascii") == _fingerprint(pins)


def _note(place: Path, pins: Path) -> None:
    (place / "installed").write_text(_fingerprint(pins), encoding="ascii")


def _fingerprint(pins: Path) -> str:
    return hashlib.sha256(pins.read_bytes() + sys.version.encode() + bytes(ROOT)).hexdigest()


def _clear(place: Path) -> None:
    print(f"Installing {place.name} into {place.relative_to(ROOT)} (once)", flush=True)
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)


def _run(name: str, command: Sequence[str | Path], *, is_needed: bool = True) -> None:
    log = CACHE / f"{name}-install.log"
    with log.open("w", encoding="utf-8") as output:
        try:
            done = subprocess.run(
                command,
                stdout=output,
                stderr=subprocess.STDOUT,
                timeout=_INSTALL_SECONDS,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise PeerMissingError(f"not installed: {error}") from error
    if done.returncode and is_needed:
        raise PeerMissingError(f"not installed: {last_words(log)}")
