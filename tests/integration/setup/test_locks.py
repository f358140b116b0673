"""The locks pin everything with hashes, agree with each other, and name no index."""

import re
from pathlib import Path

import pytest

LOCKS = Path(__file__).resolve().parents[3] / "requirements"
NAMES = ("run", "build", "node", "test", "check")
PIN = re.compile(r"^([a-z0-9][a-z0-9._-]*)==([\w.!+]+)(?: ; ([^\\]+))? \\$")
HASH = re.compile(r"^    --hash=sha256:[0-9a-f]{64}(?: \\)?$")


def pins(name: str) -> dict[str, str]:
    lines = (LOCKS / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return {pin[1]: pin[2] for pin in map(PIN.match, lines) if pin}


@pytest.mark.parametrize("name", NAMES)
def test_a_lock_holds_versions_and_hashes_only(name: str) -> None:
    head, size, *lines = (LOCKS / f"{name}.txt").read_text(encoding="utf-8").splitlines()

    assert head == "# Written by `make lock`: names, versions and hashes."
    assert re.fullmatch(r"# About \d+\.\d MB to load\.", size)
    assert [line for line in lines if not PIN.match(line) and not HASH.match(line)] == []
    assert "://" not in "".join(lines)


@pytest.mark.parametrize(("smaller", "larger"), [("run", "test"), ("test", "check")])
def test_a_larger_lock_holds_all_of_the_smaller(smaller: str, larger: str) -> None:
    assert pins(smaller).items() <= pins(larger).items()


def test_what_builds_the_project_agrees_with_everything_else() -> None:
    build, everything = pins("build"), pins("check")

    assert "hatchling" in build
    assert {name for name in build.keys() & everything if build[name] != everything[name]} == set()


def test_the_first_download_stays_small() -> None:
    text = "".join((LOCKS / f"{name}.txt").read_text(encoding="utf-8") for name in ("run", "build"))

    assert sum(float(size) for size in re.findall(r"^# About ([\d.]+) MB", text, re.MULTILINE)) < 60
