"""`scripts/setup` brings `.venv` to where the locks are, from whatever state it is in."""

import hashlib
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[3]
BACKEND = """
import zipfile

def build_editable(folder, config_settings=None, metadata_directory=None):
    name = "tiny-1.0-py3-none-any.whl"
    info = "tiny-1.0.dist-info"
    with zipfile.ZipFile(folder + "/" + name, "w") as wheel:
        wheel.writestr("tiny_project.py", "HERE = True")
        wheel.writestr(info + "/METADATA", "Metadata-Version: 2.1\\nName: tiny\\nVersion: 1.0\\n")
        wheel.writestr(info + "/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\n")
        wheel.writestr(info + "/RECORD", "")
    return name
"""
PROJECT = """
[build-system]
requires = []
build-backend = "tinybackend"

[project]
name = "tiny"
version = "1.0"
"""


def wheel(folder: Path, name: str, source: str) -> str:
    """Write a wheel of one module, and return its line in a lock."""
    path = folder / f"{name}-1.0-py3-none-any.whl"
    info = f"{name}-1.0.dist-info"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{name}.py", source)
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        archive.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr(f"{info}/RECORD", "")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return f"{name}==1.0 \\\n    --hash=sha256:{digest}\n"


class Checkout:
    """A tiny project with this repository's set-up scripts and an index of three wheels."""

    def __init__(self, root: Path) -> None:
        self.root = root / "clone"
        self.wheels = root / "wheels"
        self.wheels.mkdir()
        shutil.copytree(REPOSITORY / "scripts", self.root / "scripts")
        (self.root / "requirements").mkdir()
        (self.root / "app").mkdir()
        (self.root / "app" / "__init__.py").touch()
        (self.root / "pyproject.toml").write_text(PROJECT, encoding="utf-8")
        small = wheel(self.wheels, "tinyrun", "")
        self.lock("build", wheel(self.wheels, "tinybackend", BACKEND))
        self.lock("run", small)
        more = wheel(self.wheels, "tinytest", "") + wheel(self.wheels, "tinymore", "")
        self.lock("test", small + more, megabytes=2.5)

    def lock(self, name: str, pins: str, megabytes: float = 1.5) -> None:
        text = f"# About {megabytes} MB to load.\n{pins}"
        self.lock_path(name).write_text(text, encoding="utf-8")

    def lock_path(self, name: str) -> Path:
        return self.root / "requirements" / f"{name}.txt"

    def set_up(self, level: str) -> subprocess.CompletedProcess[str]:
        environment = {
            "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
            "HOME": str(self.root.parent),
            "PIP_NO_INDEX": "1",
            "PIP_FIND_LINKS": str(self.wheels),
        }
        return subprocess.run(
            [str(self.root / "scripts" / "setup"), level],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def has(self, *modules: str) -> bool:
        python = str(self.root / ".venv" / "bin" / "python")
        command = [python, "-c", f"import {', '.join(modules)}"]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0


@pytest.mark.timeout(120)  # makes real environments with a real pip
def test_whatever_state_it_is_in_the_environment_follows_the_locks(tmp_path: Path) -> None:
    checkout = Checkout(tmp_path)
    (checkout.root / ".venv").write_text("not even a folder", encoding="utf-8")

    first, again = checkout.set_up("run"), checkout.set_up("run")

    assert (first.returncode, first.stderr) == (0, "")
    assert first.stdout == "Installing 2 packages (about 3 MB, once)\n"
    assert checkout.has("tinyrun", "tiny_project")
    assert (again.returncode, again.stdout, again.stderr) == (0, "", "")

    good = checkout.lock_path("test").read_text(encoding="utf-8")
    forged = re.sub("sha256:....", "sha256:0000", good)
    checkout.lock_path("test").write_text(forged, encoding="utf-8")
    refused = checkout.set_up("test")

    assert refused.returncode == 2
    assert refused.stdout == "Installing 2 packages (about 1 MB, once)\n"
    assert re.fullmatch(r"meterhouse: could not install the packages: .+\n", refused.stderr)
    assert "install.log" in refused.stderr

    checkout.lock_path("test").write_text(good, encoding="utf-8")
    checkout.lock("run", wheel(checkout.wheels, "tinyother", ""))
    mended = checkout.set_up("run")

    assert (mended.returncode, mended.stderr) == (0, "")
    assert mended.stdout == "Installing 2 packages (about 3 MB, once)\n"
    assert checkout.has("tinyother", "tiny_project")
    assert not checkout.has("tinyrun")

    added = checkout.set_up("test")

    assert (added.returncode, added.stderr) == (0, "")
    assert added.stdout.startswith("Installing 3 packages")
    assert checkout.has("tinytest", "tinymore", "tinyother")
    assert checkout.set_up("run").stdout == ""
