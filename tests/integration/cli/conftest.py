"""The command in a folder of its own: as a process, or for quick ones inside the test's."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.cli.app import execute
from app.main import create_app
from tests.support.commands import Command


@dataclass(frozen=True)
class Done:
    """How a command ended, and what it said."""

    status: int
    output: str
    errors: list[str]


Meterhouse = Callable[..., Done]


@pytest.fixture
def command(tmp_path: Path) -> Command:
    """Return `meterhouse` in an empty folder, with an empty home and a clean environment."""
    (tmp_path / "home").mkdir()
    return Command(tmp_path)


@pytest.fixture
def folder(command: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Move into the folder of `command`, as a user who has nothing but that folder."""
    assert command.folder == tmp_path
    for name in os.environ:  # noqa: TID251 - what must not be seen
        if name.startswith(("METERHOUSE_", "HF_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def meterhouse(folder: Path, capsys: pytest.CaptureFixture[str]) -> Meterhouse:
    """Return a function that runs a command line in this process."""
    assert Path.cwd() == folder

    def run(*arguments: str) -> Done:
        capsys.readouterr()
        status = execute(create_app, arguments)
        captured = capsys.readouterr()
        return Done(status, captured.out, captured.err.splitlines())

    return run
