"""Makes `.venv` and installs the locked packages, then this project: `install.py run|test|check`.

Standard library only: it runs before anything is installed. `scripts/setup` calls it.
A stamp in `.venv` says which locks are in; without it, or with other locks, `.venv` is made anew.
"""

import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NoReturn

ROOT: Final = Path(__file__).resolve().parent.parent
VENV: Final = ROOT / ".venv"
PYTHON: Final = VENV / "bin" / "python"
STAMP: Final = VENV / "meterhouse-setup.json"
LOG: Final = ROOT / ".cache" / "install.log"
LEVELS: Final = ("run", "test", "check")  # each lock holds the packages of those before it
COUNT: Final = """
import sys
from pip._vendor.packaging.requirements import Requirement
for line in sys.stdin:
    needed = Requirement(line)
    if needed.marker is None or needed.marker.evaluate():
        print(needed.name)
"""


def main(arguments: list[str]) -> int:
    """Set up the asked level, or only say whether it is ready."""
    if arguments[:1] == ["--is-ready"]:
        return 0 if is_ready(arguments[1]) else 1
    with alone():
        if not is_ready(arguments[0]):
            install(arguments[0])
    return 0


def is_ready(level: str) -> bool:
    """Return whether `.venv` holds this level's locks and the project as it is now."""
    stamp = read_stamp()
    return stamp.get(level) == fingerprint(level) and stamp.get("project") == project_fingerprint()


def install(level: str) -> None:
    """Bring `.venv` to a level, from whatever state it is in."""
    before = read_stamp()
    done = [known for known in LEVELS if known in before]
    if not done or any(before[known] != fingerprint(known) for known in done):
        make_venv()
        before, done = {}, []
    STAMP.unlink(missing_ok=True)
    if level not in done:
        install_lock(level, installed=done[-1] if done else None)
        done = list(LEVELS[: LEVELS.index(level) + 1])
    pip("--no-deps", "--no-build-isolation", "--no-index", "--editable", str(ROOT))
    stamp = {known: fingerprint(known) for known in done}
    stamp |= {"home": str(ROOT), "project": project_fingerprint()}
    STAMP.write_text(json.dumps(stamp, indent=1) + "\n", encoding="utf-8")


def read_stamp() -> dict[str, str]:
    """Return what the stamp says, or nothing where `.venv` is half-made, moved or broken."""
    try:
        stamp: dict[str, str] = json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp if stamp.get("home") == str(ROOT) and os.access(PYTHON, os.X_OK) else {}


def make_venv() -> None:
    """Make `.venv` anew with the Python that runs this."""
    if VENV.is_symlink() or VENV.is_file():
        VENV.unlink()
    elif VENV.exists():
        shutil.rmtree(VENV)
    run("make .venv", [sys.executable, "-m", "venv", str(VENV)])


def install_lock(level: str, *, installed: str | None) -> None:
    """Install a level's packages, each checked against its hash."""
    files = lock_files(level)
    names, megabytes = packages(files), download_megabytes(files)
    if installed is not None:
        names -= packages(lock_files(installed))
        megabytes -= download_megabytes(lock_files(installed))
    print(f"Installing {len(names)} packages (about {megabytes} MB, once)", flush=True)
    pip(
        "--require-hashes",
        "--only-binary=:all:",
        "--no-deps",  # a lock is complete
        "--no-compile",  # below, on every core at once
        *(f"--requirement={path}" for path in files),
    )
    compile_all = [str(PYTHON), "-m", "compileall", "-q", "-j0", str(VENV / "lib")]
    subprocess.run(compile_all, stdout=subprocess.DEVNULL, check=False)


def pip(*arguments: str) -> None:
    """Run `pip install` in `.venv`, silently; a failure is one line and a log."""
    quiet = ["--quiet", "--disable-pip-version-check", "--no-input", "--no-user"]
    run("install the packages", [str(PYTHON), "-m", "pip", "install", *quiet, *arguments])


def run(aim: str, command: list[str]) -> None:
    """Run a command with its output in the log, and end with one line where it fails."""
    LOG.parent.mkdir(exist_ok=True)
    with LOG.open("w", encoding="utf-8") as log:
        code = subprocess.run(command, cwd=ROOT, stdout=log, stderr=log, check=False).returncode
    if code != 0:
        said = LOG.read_text(encoding="utf-8", errors="replace")
        errors = re.findall(r"^ERROR: (.+)$", said, re.MULTILINE) or [f"exit code {code}"]
        fail(f"could not {aim}: {errors[-1].strip()[:200]} (all of it: {LOG.relative_to(ROOT)})")


def lock_files(level: str) -> list[Path]:
    """Return the locks of a level: its packages, and what builds this project."""
    return [ROOT / "requirements" / f"{name}.txt" for name in (level, "build")]


def fingerprint(level: str) -> str:
    """Return the hash of a level's locks."""
    return digest(lock_files(level))


def project_fingerprint() -> str:
    """Return the hash of what the installed command is made from."""
    return digest([ROOT / "pyproject.toml", ROOT / "app" / "__init__.py"])


def digest(files: list[Path]) -> str:
    """Return one hash of several files."""
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in files)).hexdigest()


def packages(files: list[Path]) -> set[str]:
    """Return the names in the locks that this machine and Python need."""
    text = "".join(path.read_text(encoding="utf-8") for path in files)
    lines = re.findall(r"^([A-Za-z0-9][^\\\n]*?) *\\?$", text, re.MULTILINE)
    asked = subprocess.run(
        [str(PYTHON), "-c", COUNT],
        input="\n".join(lines),
        text=True,
        stdout=subprocess.PIPE,
        check=True,
    )
    return set(asked.stdout.split())


def download_megabytes(files: list[Path]) -> int:
    """Return the download size that the locks state in their heads."""
    text = "".join(path.read_text(encoding="utf-8") for path in files)
    return round(
        sum(float(size) for size in re.findall(r"^# About ([\d.]+) MB", text, re.MULTILINE))
    )


@contextmanager
def alone() -> Generator[None]:
    """Wait for another set-up of this folder, then keep others out."""
    LOG.parent.mkdir(exist_ok=True)
    with (LOG.parent / "install.lock").open("w", encoding="utf-8") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("Waiting for another set-up of this folder", flush=True)
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def fail(sentence: str) -> NoReturn:
    """End with one line that says what to do."""
    print(f"meterhouse: {sentence}", file=sys.stderr)
    sys.exit(2)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
