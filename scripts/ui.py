"""Puts the libraries of the web UI into `app/static/vendor/`: `ui.py run|check`, or `make ui`.

Standard library only. npm loads what `ui/package-lock.json` names, each file checked against its
hash; this copies the few modules that pages import, with their licences. npm is the machine's, or
where there is none the one of `requirements/node.txt`, in `.node-env`. `check` also loads what
only checks need, and does them: types, and the tests in `ui/tests`. Quick when all is there.
"""

import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import venv
from pathlib import Path
from typing import Final, NoReturn

ROOT: Final = Path(__file__).resolve().parent.parent
UI: Final = ROOT / "ui"
MODULES: Final = UI / "node_modules"
VENDOR: Final = ROOT / "app" / "static" / "vendor"
NODE_ENV: Final = ROOT / ".node-env"
NODE_LOCK: Final = ROOT / "requirements" / "node.txt"
LOG: Final = ROOT / ".cache" / "ui.log"
STAMP: Final = "built.json"
OLDEST_NODE: Final = 20
OLDEST_NPM: Final = 9
# What pages import: the served name, and the file inside the packages.
FILES: Final = {
    "preact.mjs": "preact/dist/preact.mjs",
    "hooks.mjs": "preact/hooks/dist/hooks.mjs",
    "htm.mjs": "htm/dist/htm.mjs",
    "uplot.mjs": "uplot/dist/uPlot.iife.min.js",
    "uplot.css": "uplot/dist/uPlot.min.css",
    "purify.mjs": "dompurify/dist/purify.es.mjs",
    "marked.mjs": "marked/lib/marked.esm.js",
}
NAMES: Final = {
    "uplot.mjs": "uPlot"
}  # a script that only sets a name, a third of the module's size
# How the type checker finds what they are, through `paths` of ui/tsconfig.json.
TYPES: Final = {
    "preact.d.mts": 'export * from "preact";\n',
    "hooks.d.mts": 'export * from "preact/hooks";\n',
    "htm.d.mts": 'export { default } from "htm";\n',
    "uplot.d.mts": 'export { default } from "uplot";\n',
    "purify.d.mts": 'export { default } from "dompurify";\n',
    "marked.d.mts": 'export * from "marked";\n',
}


def main(arguments: list[str]) -> int:
    """Bring the libraries to a level: those that are served, or those of checks too."""
    level = arguments[0] if arguments else "run"
    LOG.parent.mkdir(exist_ok=True)
    with (LOG.parent / "ui.lock").open("w", encoding="utf-8") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        if not is_ready(level):
            load(level)
            copy(level)
    return check() if level == "check" else 0


def is_ready(level: str) -> bool:
    """Return whether what is served, and for tests what npm loaded, is of this lock."""
    wanted = fingerprint()
    if level == "check" and read_stamp(MODULES) != {"of": wanted, "all": True}:
        return False
    return read_stamp(VENDOR).get("of") == wanted


def read_stamp(folder: Path) -> dict[str, object]:
    """Return what a folder is made of, or nothing."""
    try:
        found: dict[str, object] = json.loads((folder / STAMP).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found


def fingerprint() -> str:
    """Return the hash of everything that the result depends on."""
    sources = (UI / "package.json", UI / "package-lock.json", Path(__file__))
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in sources)).hexdigest()


def load(level: str) -> None:
    """Let npm load the locked packages. No script of a package is run."""
    print("Loading the libraries of the web UI (about 3 MB, once)", flush=True)
    only = [] if level == "check" else ["--omit=dev"]
    quiet = [
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--fetch-retries=1",
        "--fetch-timeout=30000",
    ]
    run(
        "load its libraries", [find_npm(), "ci", *only, *quiet, "--fetch-retry-mintimeout=1000"], UI
    )


def find_npm() -> str:
    """Return an npm that reads the lock: the machine's, or one of our own."""
    if newest("node") >= OLDEST_NODE and newest("npm") >= OLDEST_NPM:
        return "npm"
    npm = NODE_ENV / "bin" / "npm"
    lock = hashlib.sha256(NODE_LOCK.read_bytes()).hexdigest()
    if read_stamp(NODE_ENV).get("of") != lock or not npm.exists():
        print(f"Installing Node.js into {NODE_ENV.name} (about 61 MB, once)", flush=True)
        shutil.rmtree(NODE_ENV, ignore_errors=True)
        venv.create(NODE_ENV, with_pip=True)
        pip = [str(NODE_ENV / "bin" / "python"), "-m", "pip", "install", "-qq", "--no-deps"]
        safe = ["--require-hashes", "--only-binary=:all:", "--disable-pip-version-check"]
        run("install Node.js", [*pip, *safe, f"--requirement={NODE_LOCK}"], ROOT)
        (NODE_ENV / STAMP).write_text(json.dumps({"of": lock}) + "\n", encoding="utf-8")
    os.environ["PATH"] = f"{npm.parent}{os.pathsep}{os.environ['PATH']}"
    return str(npm)


def check() -> int:
    """Check the types of what pages run, and test its logic."""
    find_npm()  # puts our own Node.js on PATH, where we use one
    types = subprocess.run([str(MODULES / ".bin" / "tsc"), "-p", str(UI)], check=False)
    tests = sorted(str(path) for path in (UI / "tests").glob("*.test.js"))
    logic = subprocess.run(["node", "--test", "--test-reporter=dot", *tests], check=False)
    return types.returncode or logic.returncode


def newest(program: str) -> int:
    """Return the major version of a program on PATH, 0 without one."""
    path = shutil.which(program)
    if path is None:
        return 0
    said = subprocess.run([path, "--version"], capture_output=True, text=True, check=False).stdout
    found = re.match(r"v?(\d+)\.", said)
    return int(found[1]) if found else 0


def copy(level: str) -> None:
    """Copy the modules into a new folder, and put that in the place of the old one."""
    fresh = VENDOR.with_name("vendor.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    for name, source in FILES.items():
        export = f"\nexport default {NAMES[name]};\n" if name in NAMES else ""
        (fresh / name).write_text(served(MODULES / source) + export, encoding="utf-8")
    for name, text in TYPES.items():
        (fresh / name).write_text(text, encoding="utf-8")
    for package in sorted({source.split("/")[0] for source in FILES.values()}):
        shutil.copyfile(MODULES / package / "LICENSE", fresh / f"{package}.LICENSE.txt")
    stamp = json.dumps({"of": fingerprint(), "all": level == "check"}) + "\n"
    (MODULES / STAMP).write_text(stamp, encoding="utf-8")
    (fresh / STAMP).write_text(stamp, encoding="utf-8")
    shutil.rmtree(VENDOR, ignore_errors=True)
    fresh.rename(VENDOR)


def served(source: Path) -> str:
    """Return a module as browsers get it: imports by place, and no map of a source."""
    text = source.read_text(encoding="utf-8")
    text = re.sub(r'from ?"preact"', 'from"./preact.mjs"', text)
    return re.sub(r"^//# sourceMappingURL=.*\n?", "", text, flags=re.MULTILINE)


def run(aim: str, command: list[str], folder: Path) -> None:
    """Run a command with its output in the log, and end with one line where it fails."""
    with LOG.open("w", encoding="utf-8") as log:
        code = subprocess.run(
            command, cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log, check=False
        ).returncode
    if code != 0:
        said = LOG.read_text(encoding="utf-8", errors="replace")
        errors = re.findall(
            r"^(?:npm error|ERROR:) (?!code|errno|A complete)(.+)$", said, re.MULTILINE
        )
        why = errors[0].strip()[:160] if errors else f"exit code {code}"
        fail(f"could not {aim}: {why} (all of it: {LOG.relative_to(ROOT)}); `make ui` tries again")


def fail(sentence: str) -> NoReturn:
    """End with one line that says what went wrong."""
    print(f"meterhouse: the web UI: {sentence}", file=sys.stderr)
    sys.exit(2)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
