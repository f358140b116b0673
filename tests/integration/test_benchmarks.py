"""The benchmark measures: where gcc is missing this is skipped, but not on the build machine."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import programs
from benchmarks.document import DOCUMENT

ROOT = Path(__file__).parent.parent.parent
ON_BUILD_MACHINE = "CI" in os.environ  # noqa: TID251 - of the tests, not of the gateway


@pytest.mark.skipif(
    bool(programs.missing()) and not ON_BUILD_MACHINE, reason=" ".join(programs.missing())
)
@pytest.mark.timeout(90)
def test_a_quick_run_measures_everything_and_no_request_fails() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", "--quick"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=80,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    rows = [line.split("|")[1].strip() for line in done.stdout.splitlines() if "|" in line]
    for subject in ("direct", "null route", "gateway", "with soft budgets", "with hard budgets"):
        assert rows.count(subject) == 3  # at 1, 16 and 64 connections
    for stream in ("stream, 5 ms apart", "stream, at once"):
        assert rows.count(f"gateway, {stream}") == 2
    assert rows.count("durable intent, with hard budgets") == 3
    [failed] = [line for line in done.stdout.splitlines() if "failed requests" in line]
    assert failed.split("|")[2].strip() == "0.000"


@pytest.mark.skipif(
    bool(programs.missing()) and not ON_BUILD_MACHINE, reason=" ".join(programs.missing())
)
@pytest.mark.timeout(180)
def test_the_gateway_is_measured_beside_others_in_every_way() -> None:
    before = DOCUMENT.read_bytes()
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.peers", "--quick", "--only", "null asgi"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=170,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    rows = [line.split("|")[1].strip() for line in done.stdout.splitlines() if "|" in line]
    for subject in ("direct", "null asgi", "Meterhouse", "Meterhouse, soft budgets"):
        assert rows.count(subject) >= 3  # at 1, 16 and 64 connections
    for way in (
        *("20 ms upstream", "body of 1 KB", "body of 100 KB", "body of 1,000 KB"),
        *("stream, 5 ms apart", "stream, at once"),
    ):
        assert rows.count(f"Meterhouse, {way}") == rows.count(f"direct, {way}") > 0
    [failed] = [line for line in done.stdout.splitlines() if line.startswith("| failed calls")]
    assert failed.split("|")[2].strip() == "0.000"
    assert DOCUMENT.read_bytes() == before


def test_what_is_missing_is_said_and_ends_with_2(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", "--quick"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert "install gcc" in done.stderr
