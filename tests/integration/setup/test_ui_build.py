"""`scripts/ui.py` puts what npm loaded where pages find it.

npm is played by a script here, but for the last test: that installs a Node.js, and loads for real.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

REPOSITORY: Final = Path(__file__).resolve().parents[3]
NODE: Final = "#!/bin/sh\necho v24.0.0\n"
NPM: Final = """#!/bin/sh
if [ "$1" = --version ]; then echo 11.0.0; exit 0; fi
echo "$@" >> "{calls}"
if [ -e "{broken}" ]; then
    printf 'npm error code ENOTFOUND\\nnpm error no network here\\n' >&2
    exit 1
fi
/bin/rm -rf node_modules
/bin/cp -R "{packages}" node_modules
"""
PACKAGES: Final = {
    "preact/dist/preact.mjs": "export const h = 1;\n//# sourceMappingURL=preact.mjs.map\n",
    "preact/hooks/dist/hooks.mjs": 'import{options as n}from"preact";export const useState = n;',
    "htm/dist/htm.mjs": "export default 1;",
    "uplot/dist/uPlot.iife.min.js": "var uPlot=function(){}();",
    "uplot/dist/uPlot.min.css": ".uplot{}",
    "dompurify/dist/purify.es.mjs": "export default 1;",
    "marked/lib/marked.esm.js": "export const marked = 1;",
    **{
        f"{name}/LICENSE": f"The licence of {name}."
        for name in ("preact", "htm", "uplot", "dompurify", "marked")
    },
}


class Checkout:
    """A folder with what the script reads, and a PATH with nothing but our npm and node."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "clone"
        self.vendor = self.root / "app" / "static" / "vendor"
        self.lock = self.root / "ui" / "package-lock.json"
        self.calls, self.broken = folder / "calls", folder / "broken"
        self._programs = folder / "programs"
        (self.root / "scripts").mkdir(parents=True)
        (self.root / "app" / "static").mkdir(parents=True)
        self._programs.mkdir()
        shutil.copy(REPOSITORY / "scripts" / "ui.py", self.root / "scripts")
        shutil.copytree(
            REPOSITORY / "ui", self.root / "ui", ignore=shutil.ignore_patterns("node_modules")
        )
        packages = folder / "packages"
        for name, text in PACKAGES.items():
            (packages / name).parent.mkdir(parents=True, exist_ok=True)
            (packages / name).write_text(text, encoding="utf-8")
        npm = NPM.format(calls=self.calls, broken=self.broken, packages=packages)
        for name, text in {"node": NODE, "npm": npm}.items():
            program = self._programs / name
            program.write_text(text, encoding="utf-8")
            program.chmod(0o755)

    def build_without_node(self) -> subprocess.CompletedProcess[str]:
        """Run the script where there is no Node.js, with this machine's registries."""
        shutil.rmtree(self._programs)
        (self.root / "requirements").mkdir()
        shutil.copy(REPOSITORY / "requirements" / "node.txt", self.root / "requirements")
        return self._run(dict(os.environ))  # noqa: TID251 - where the registries are

    def build(self) -> subprocess.CompletedProcess[str]:
        """Run the script."""
        return self._run({})

    def _run(self, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, self.root / "scripts" / "ui.py", "run"],
            env=environment | {"PATH": str(self._programs)},
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path)


def test_modules_are_served_with_their_licences_and_find_each_other(checkout: Checkout) -> None:
    done = checkout.build()

    served = {path.name: path.read_text(encoding="utf-8") for path in checkout.vendor.iterdir()}
    assert done.returncode == 0, done.stderr
    assert served["preact.mjs"] == "export const h = 1;\n"
    assert 'from"./preact.mjs"' in served["hooks.mjs"]
    assert served["uplot.mjs"].endswith("export default uPlot;\n")
    assert served["marked.LICENSE.txt"] == "The licence of marked."


def test_scripts_of_packages_never_run(checkout: Checkout) -> None:
    checkout.build()

    assert "--ignore-scripts" in checkout.calls.read_text(encoding="utf-8").split()


def test_what_is_there_is_not_loaded_again_until_the_lock_changes(checkout: Checkout) -> None:
    checkout.build()
    quiet = checkout.build()
    calls = checkout.calls.read_text(encoding="utf-8").splitlines()
    checkout.lock.write_text(json.dumps({"packages": {}}), encoding="utf-8")
    checkout.build()

    assert (quiet.returncode, quiet.stdout, quiet.stderr) == (0, "", "")
    assert len(calls) == 1
    assert len(checkout.calls.read_text(encoding="utf-8").splitlines()) == 2


def test_what_was_deleted_is_put_back(checkout: Checkout) -> None:
    checkout.build()
    shutil.rmtree(checkout.vendor)
    checkout.build()

    assert (checkout.vendor / "preact.mjs").is_file()


def test_without_the_registry_one_line_says_so_and_what_was_there_stays(
    checkout: Checkout,
) -> None:
    checkout.build()
    checkout.lock.write_text(json.dumps({"packages": {}}), encoding="utf-8")
    checkout.broken.touch()
    done = checkout.build()

    assert done.returncode == 2
    assert done.stderr == (
        "meterhouse: the web UI: could not load its libraries: "
        "no network here (all of it: .cache/ui.log); `make ui` tries again\n"
    )
    assert (checkout.vendor / "preact.mjs").is_file()


@pytest.mark.timeout(300)
def test_a_machine_without_node_gets_one_of_its_own(checkout: Checkout) -> None:
    done = checkout.build_without_node()

    assert done.returncode == 0, done.stderr
    assert "Installing Node.js into .node-env" in done.stdout
    assert 'from"./preact.mjs"' in (checkout.vendor / "hooks.mjs").read_text(encoding="utf-8")
    assert not checkout.calls.exists()
