"""The lock of the web UI's libraries names no index, and hashes everything."""

import json
import re
from pathlib import Path
from typing import Any, Final

UI: Final = Path(__file__).resolve().parents[3] / "ui"


def packages() -> dict[str, dict[str, Any]]:
    lock = json.loads((UI / "package-lock.json").read_text(encoding="utf-8"))
    return {path: about for path, about in lock["packages"].items() if path}


def test_the_lock_has_no_addresses() -> None:
    text = (UI / "package-lock.json").read_text(encoding="utf-8")

    assert '"resolved"' not in text
    assert "://" not in re.sub(r'"url": "[^"]*"', "", text)  # of a package's funding


def test_every_package_has_one_version_and_a_hash() -> None:
    found = packages()

    assert {"node_modules/preact", "node_modules/htm"} <= found.keys()
    for path, about in found.items():
        assert re.fullmatch(r"\d+\.\d+\.\d+", about["version"]), path
        assert about["integrity"].startswith("sha512-"), path
        assert "hasInstallScript" not in about, path


def test_the_versions_that_are_asked_for_are_exact() -> None:
    asked = json.loads((UI / "package.json").read_text(encoding="utf-8"))
    named = asked["dependencies"] | asked["devDependencies"]

    assert {f"node_modules/{name}": version for name, version in named.items()}.items() <= {
        path: about["version"] for path, about in packages().items()
    }.items()
