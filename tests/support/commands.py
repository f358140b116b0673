"""Runs the real `meterhouse` command in a process of its own, in an empty home."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

_ROOT: Final = Path(__file__).parents[2]
_PATIENCE_SECONDS: Final = 25.0
_KEPT: Final = ("PATH", "COVERAGE_")  # names that begin so stay in the environment


class Command:
    """Runs `meterhouse` in one folder, as a user who has nothing but that folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.variables: dict[str, str] = {}

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command that ends by itself."""
        return subprocess.run(
            self._line(arguments),
            cwd=self.folder,
            env=self._environment(),
            capture_output=True,
            text=True,
            timeout=_PATIENCE_SECONDS,
            check=False,
        )

    @contextmanager
    def running(self, *arguments: str) -> Generator["Running"]:
        """Run a command that serves; whatever is left of it ends with the block."""
        reader, writer = os.pipe()
        with self._started(arguments, reader, writer) as running:
            yield running

    @contextmanager
    def running_on_a_terminal(self, *arguments: str) -> Generator["Running"]:
        """Run a command that serves and whose output is a terminal."""
        reader, writer = os.openpty()
        with self._started(arguments, reader, writer) as running:
            yield running

    @contextmanager
    def _started(
        self, arguments: tuple[str, ...], reader: int, writer: int
    ) -> Generator["Running"]:
        with (
            (self.folder / "stderr.log").open("w+", encoding="utf-8") as errors,
            subprocess.Popen(
                self._line(arguments),
                cwd=self.folder,
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=writer,
                stderr=errors,
                text=True,
            ) as process,
        ):
            try:
                os.close(writer)
                yield Running(process, reader, Path(errors.name))
            finally:
                process.kill()

    def shell(self, line: str, variables: Mapping[str, str] | None = None) -> str:
        """Paste a line into another terminal, and return what it prints."""
        done = subprocess.run(
            ["/bin/sh", "-c", line],
            cwd="/",
            env=self._environment() | dict(variables or {}),
            capture_output=True,
            text=True,
            timeout=_PATIENCE_SECONDS,
            check=True,
        )
        return done.stdout

    def _line(self, arguments: tuple[str, ...]) -> list[str]:
        return [sys.executable, "-m", "app", *arguments]

    def _environment(self) -> dict[str, str]:
        environment = os.environ.items()  # noqa: TID251 - what is not passed on
        kept = {name: text for name, text in environment if name.startswith(_KEPT)}
        home = {"HOME": str(self.folder / "home"), "PYTHONPATH": str(_ROOT)}
        return kept | home | self.variables


class Running:
    """A command that serves, whose output is read as it comes."""

    def __init__(self, process: subprocess.Popen[str], output: int, errors: Path) -> None:
        self.process = process
        self._output = output
        self.lines: list[str] = []
        self._errors = errors
        self._changed = threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def errors(self) -> str:
        """What it wrote to standard error so far."""
        return self._errors.read_text(encoding="utf-8")

    def wait_for(self, words: str) -> str:
        """Return the first line of output with these words, when it comes."""
        deadline = time.monotonic() + _PATIENCE_SECONDS
        with self._changed:
            while True:
                found = [line for line in self.lines if words in line]
                if found:
                    return found[0]
                left = deadline - time.monotonic()
                if left <= 0 or not self._reader.is_alive():
                    raise AssertionError(f"no {words!r} in {self.lines}\n{self.errors}")
                self._changed.wait(min(left, 0.2))

    def end(self, with_signal: signal.Signals = signal.SIGTERM) -> int:
        """Ask it to end, and return how it did."""
        self.process.send_signal(with_signal)
        status = self.process.wait(_PATIENCE_SECONDS)
        self._reader.join(_PATIENCE_SECONDS)
        return status

    def _read(self) -> None:
        with os.fdopen(self._output, encoding="utf-8") as output, suppress(OSError):
            for line in output:  # a terminal ends with an error when its last writer leaves
                with self._changed:
                    self.lines.append(line.rstrip("\n"))
                    self._changed.notify_all()
