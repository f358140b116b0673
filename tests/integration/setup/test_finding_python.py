"""`scripts/python` chooses the Python that `.venv` is made with."""

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[3] / "scripts" / "python"
NOT_SELECTED = "echo 'not selected' >&2; exit 127"


def working(version: str, missing: str = "") -> str:
    """Answer the probe as a Python of this version, with modules missing, would."""
    return f"echo {version} {missing}"


def put(folder: Path, name: str, body: str) -> Path:
    folder.mkdir(exist_ok=True)
    command = folder / name
    command.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    command.chmod(0o755)
    return command


def choose(*folders: Path) -> subprocess.CompletedProcess[str]:
    path = ":".join(str(folder) for folder in folders)
    return subprocess.run(
        [str(SCRIPT)], env={"PATH": path}, capture_output=True, text=True, check=False
    )


def test_the_probe_accepts_the_python_that_runs_these_tests(tmp_path: Path) -> None:
    real = put(tmp_path, "python3", f'exec "{sys.executable}" "$@"')

    chosen = choose(tmp_path)

    assert (chosen.returncode, chosen.stdout, chosen.stderr) == (0, f"{real}\n", "")


def test_the_newest_known_name_wins(tmp_path: Path) -> None:
    put(tmp_path, "python3.11", working("3.11"))
    newest = put(tmp_path, "python3.13", working("3.13"))
    put(tmp_path, "python3", working("3.15"))

    assert choose(tmp_path).stdout == f"{newest}\n"


def test_a_command_that_only_says_not_selected_is_passed_over(tmp_path: Path) -> None:
    put(tmp_path / "shims", "python3.12", NOT_SELECTED)
    put(tmp_path / "shims", "python3.11", NOT_SELECTED)
    real = put(tmp_path / "bin", "python3.11", working("3.11"))

    assert choose(tmp_path / "shims", tmp_path / "bin").stdout == f"{real}\n"


def test_a_python_without_ensurepip_gives_way_to_one_that_has_it(tmp_path: Path) -> None:
    put(tmp_path, "python3.13", working("3.13", "ensurepip"))
    whole = put(tmp_path, "python3.11", working("3.11"))

    assert choose(tmp_path).stdout == f"{whole}\n"


@pytest.mark.parametrize("body", [NOT_SELECTED, "exit 1"], ids=["shim", "older than 3.11"])
def test_no_usable_python_is_one_line_and_exit_2(tmp_path: Path, body: str) -> None:
    put(tmp_path, "python3", body)

    refused = choose(tmp_path)

    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr.startswith("meterhouse: needs Python 3.11 or newer")
    assert refused.stderr.count("\n") == 1


def test_a_missing_ensurepip_names_the_package_to_install(tmp_path: Path) -> None:
    put(tmp_path, "python3.12", working("3.12", "ensurepip"))

    refused = choose(tmp_path)

    assert (refused.returncode, refused.stdout) == (2, "")
    assert "has no ensurepip" in refused.stderr
    assert "apt install python3-venv (or python3.12-venv)" in refused.stderr
    assert refused.stderr.count("\n") == 1
