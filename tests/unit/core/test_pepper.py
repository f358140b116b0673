"""Where the pepper of the key digests comes from, and when the gateway refuses to start on it."""

import os
import threading
from pathlib import Path

import pytest
from pydantic import SecretStr

from app.core.errors import ConfigurationError
from app.core.security import load_pepper


def test_it_is_made_at_first_start_for_the_owner_alone_and_stays(tmp_path: Path) -> None:
    folder = tmp_path / "data"

    first = load_pepper(folder, None)

    assert len(first) == 64
    assert load_pepper(folder, None) == first
    assert (folder / "secret.key").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in folder.iterdir()] == ["secret.key"]


def test_two_first_starts_at_once_agree(tmp_path: Path) -> None:
    together = threading.Barrier(8)
    seen: set[bytes] = set()

    def start() -> None:
        together.wait()
        seen.add(load_pepper(tmp_path, None))

    threads = [threading.Thread(target=start) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(seen) == 1


def test_a_configured_one_needs_no_file(tmp_path: Path) -> None:
    text = "0123456789abcdef" * 2

    assert load_pepper(tmp_path, SecretStr(text + "\n")) == text.encode()
    assert list(tmp_path.iterdir()) == []


def test_the_file_moved_to_a_setting_is_the_same_pepper(tmp_path: Path) -> None:
    made = load_pepper(tmp_path, None)

    assert load_pepper(tmp_path, SecretStr((tmp_path / "secret.key").read_text("ascii"))) == made


def test_a_short_configured_one_is_refused_without_repeating_it(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as refusal:
        load_pepper(tmp_path, SecretStr("hunter2"))

    assert "METERHOUSE_KEY_PEPPER" in refusal.value.message
    assert "openssl rand -hex 32" in refusal.value.message
    assert "hunter2" not in refusal.value.message


def test_an_emptied_file_is_refused_and_not_replaced(tmp_path: Path) -> None:
    path = tmp_path / "secret.key"
    path.touch(0o600)

    with pytest.raises(ConfigurationError, match=r"secret\.key: the key pepper has 0 characters"):
        load_pepper(tmp_path, None)
    assert path.read_bytes() == b""


def test_a_file_open_to_everybody_is_refused_with_the_command_that_helps(tmp_path: Path) -> None:
    load_pepper(tmp_path, None)
    path = tmp_path / "secret.key"
    path.chmod(0o644)

    with pytest.raises(ConfigurationError, match=f"chmod 600 {path}"):
        load_pepper(tmp_path, None)


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "secret.key"
    path.touch(0o600)
    path.write_bytes(b"\xff" * 64)

    with pytest.raises(ConfigurationError, match="it is no text"):
        load_pepper(tmp_path, None)


def test_a_path_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret.key").mkdir()

    with pytest.raises(ConfigurationError, match=r"cannot use the key pepper \(Is a directory\)"):
        load_pepper(tmp_path, None)


def test_a_failed_write_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)

    with pytest.raises(ConfigurationError, match="No space left on device"):
        load_pepper(tmp_path, None)
    assert list(tmp_path.iterdir()) == []
