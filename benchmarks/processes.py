"""Child processes on a core of their own: start, look at, end. Only what was started is ended."""

import os
import subprocess
import time
import urllib.request
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from urllib.error import URLError

ROOT = Path(__file__).parent.parent
_STOP_SECONDS = 10
_SCHEDULED = 2  # all that the scheduler gave a process, in nanoseconds


@dataclass(frozen=True, slots=True)
class Process:
    """A running child."""

    popen: subprocess.Popen[str]
    started: float

    def cpu_seconds(self) -> float:
        """Return the processor time of all its threads so far."""
        clock = (~self.popen.pid << 3) | _SCHEDULED  # as clock_getcpuclockid(3) makes it
        return time.clock_gettime(clock)

    def memory_mb(self) -> float:
        """Return its resident memory."""
        pages = Path(f"/proc/{self.popen.pid}/statm").read_text(encoding="ascii").split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE") / 1e6

    def read_port(self) -> int:
        """Return the port that it prints as its first line."""
        assert self.popen.stdout is not None
        return int(self.popen.stdout.readline())


@contextmanager
def running(
    command: Sequence[str | Path],
    *,
    core: int,
    environment: Mapping[str, str] | None = None,
    folder: Path = ROOT,
    log: Path | None = None,
) -> Generator[Process]:
    """Start a program on one core and end it with the block. Its output goes to `log`."""
    started = time.perf_counter()
    with (
        nullcontext(subprocess.PIPE) if log is None else log.open("a") as output,
        subprocess.Popen(
            command,
            cwd=folder,
            env=None if environment is None else dict(environment),
            stdout=output,
            stderr=None if log is None else subprocess.STDOUT,
            text=True,
        ) as popen,
    ):
        os.sched_setaffinity(popen.pid, {core})
        try:
            yield Process(popen, started)
        finally:
            popen.terminate()
            try:
                popen.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                popen.kill()


def wait_until_ready(process: Process, url: str, *, seconds: float = 30) -> float:
    """Ask until a URL answers 200; return the seconds since the process was started.

    Raises:
        RuntimeError: it ended, or did not get ready in time.
    """
    while not _is_ready(url):
        if process.popen.poll() is not None:
            raise RuntimeError(f"{process.popen.args} ended with {process.popen.returncode}.")
        if time.perf_counter() - process.started > seconds:
            raise RuntimeError(f"{url} was not ready within {seconds:g} s.")
        time.sleep(0.002)
    return time.perf_counter() - process.started


def _is_ready(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=1) as answer:  # noqa: S310 - our own URL
            return answer.status == HTTPStatus.OK
    except (URLError, ConnectionError, TimeoutError):
        return False


def machine_ticks() -> tuple[int, int]:
    """Return the clock ticks that all cores were busy, and those that passed on all cores."""
    line = Path("/proc/stat").read_text(encoding="ascii").partition("\n")[0]
    ticks = [int(value) for value in line.split()[1:9]]  # user ... steal; guests are in user
    idle = ticks[3] + ticks[4]
    return sum(ticks) - idle, sum(ticks)
