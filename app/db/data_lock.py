"""One process at a time writes to a data directory."""

import errno
import fcntl
import os
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from app.core.errors import ConfigurationError
from app.db.sqlite import display

_FILE_NAME: Final = "lock"
_LOOK_SECONDS: Final = 1.0  # a look by `is_held` is in the way for microseconds


@contextmanager
def hold(data_dir: Path) -> Generator[None]:
    """Be the only writer of a data directory, which is made (0700) if it is not there.

    The lock ends with the process, however that ends.

    Raises:
        ConfigurationError: another process holds it, or the directory cannot be used.
    """
    with _open_lock(data_dir) as lock:
        if not _lock(lock):
            raise ConfigurationError(
                f"The data directory {display(data_dir)} is in use by another Meterhouse"
                f"{_holder(lock)}. Stop that one, or choose another directory with --data."
            )
        os.ftruncate(lock, 0)
        os.pwrite(lock, str(os.getpid()).encode(), 0)
        yield


def is_held(data_dir: Path) -> bool:
    """Return whether a process, this one included, holds the data directory.

    Raises:
        ConfigurationError: the directory cannot be used.
    """
    try:
        lock = os.open(data_dir / _FILE_NAME, os.O_RDONLY)
    except FileNotFoundError:
        return False
    except OSError as error:
        raise _unusable(data_dir, error) from error
    try:
        return not _try(lock, fcntl.LOCK_SH)
    finally:
        os.close(lock)


@contextmanager
def _open_lock(data_dir: Path) -> Generator[int]:
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(data_dir / _FILE_NAME, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise _unusable(data_dir, error) from error
    try:
        yield lock
    finally:
        os.close(lock)


def _lock(lock: int) -> bool:
    deadline = time.monotonic() + _LOOK_SECONDS
    while not _try(lock, fcntl.LOCK_EX):
        if not _try(lock, fcntl.LOCK_SH) or time.monotonic() > deadline:
            return False
        fcntl.flock(lock, fcntl.LOCK_UN)  # nobody holds it: only a look was in the way
        time.sleep(0.001)
    return True


def _try(lock: int, kind: int) -> bool:
    try:
        fcntl.flock(lock, kind | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno not in {errno.EAGAIN, errno.EACCES}:
            raise
        return False
    return True


def _holder(lock: int) -> str:
    with suppress(ValueError):
        return f" (process {int(os.pread(lock, 20, 0))})"
    return ""


def _unusable(data_dir: Path, error: OSError) -> ConfigurationError:
    return ConfigurationError(
        f"The data directory {display(data_dir)} cannot be used: {error.strerror}. "
        "Make it writable for this user, or choose another one with --data."
    )
