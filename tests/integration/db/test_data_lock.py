"""One process at a time holds a data directory."""

import fcntl
import os
import subprocess
import sys
import time
from collections.abc import Generator
from pathlib import Path
from typing import Final

import pytest

from app.core.errors import ConfigurationError
from app.db.data_lock import hold, is_held

HOLDER: Final = """
import sys
from pathlib import Path
from app.db.data_lock import hold

with hold(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def holder(tmp_path: Path) -> Generator[subprocess.Popen[str]]:
    """Return another process that holds the directory until it is told to end."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_a_second_process_is_told_who_holds_it(
    holder: subprocess.Popen[str], tmp_path: Path
) -> None:
    with pytest.raises(ConfigurationError) as caught, hold(tmp_path):
        pass

    (problem,) = caught.value.problems
    assert problem == (
        f"The data directory {tmp_path} is in use by another Meterhouse (process {holder.pid}). "
        "Stop that one, or choose another directory with --data."
    )
    assert is_held(tmp_path)


def test_the_lock_ends_with_its_process(holder: subprocess.Popen[str], tmp_path: Path) -> None:
    holder.kill()
    holder.wait()

    assert not is_held(tmp_path)
    with hold(tmp_path):
        assert is_held(tmp_path)
        assert (tmp_path / "lock").read_text() == str(os.getpid())
    assert not is_held(tmp_path)


def test_one_process_cannot_hold_it_twice(tmp_path: Path) -> None:
    with hold(tmp_path), pytest.raises(ConfigurationError, match="in use"), hold(tmp_path):
        pass


def test_holding_makes_a_private_directory(tmp_path: Path) -> None:
    data_dir = tmp_path / "new" / "data"

    with hold(data_dir):
        assert data_dir.stat().st_mode & 0o777 == 0o700


def test_looking_makes_nothing(tmp_path: Path) -> None:
    assert not is_held(tmp_path / "data")
    assert list(tmp_path.iterdir()) == []


def test_a_look_is_not_in_the_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    look = os.open(tmp_path / "lock", os.O_RDWR | os.O_CREAT)
    fcntl.flock(look, fcntl.LOCK_SH)  # another process is just looking

    def end_look(_: float) -> None:
        os.close(look)

    monkeypatch.setattr(time, "sleep", end_look)

    with hold(tmp_path):
        assert is_held(tmp_path)


def test_a_lock_file_without_a_number_is_no_obstacle(tmp_path: Path) -> None:
    with hold(tmp_path):
        (tmp_path / "lock").write_text("not a number")

        with (
            pytest.raises(ConfigurationError, match=r"by another Meterhouse\. Stop"),
            hold(tmp_path),
        ):
            pass


def test_a_directory_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with (
        pytest.raises(ConfigurationError, match="cannot be used: Not a directory"),
        hold(tmp_path / "file" / "data"),
    ):
        pass


def test_a_directory_that_cannot_be_looked_at_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(ConfigurationError, match="cannot be used: Not a directory"):
        is_held(tmp_path / "file" / "data")
