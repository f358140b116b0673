"""Does what a newcomer does, in a fresh clone and an empty home, and says how long each step took.

`make run`, the curl that it prints, Ctrl-C, `make run` again, a taken port, one test. Needs the
package index and git; standard library only.
"""

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
FIRST_START_SECONDS: Final = 120  # promised: 60 on a machine with nothing else to do
LATER_START_SECONDS: Final = 15
STOP_SECONDS: Final = 15
CURL: Final = re.compile(r"^ *(curl .*(?:\\\n.*)*)\n", re.MULTILINE)


class Newcomer:
    """Somebody with a clone, an empty home and a free port."""

    def __init__(self, folder: Path) -> None:
        """Clone the project as committed."""
        self.clone, self.home = folder / "meterhouse", folder / "home"
        self.home.mkdir()
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(self.clone)], check=True)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = str(probe.getsockname()[1])

    def environment(self) -> dict[str, str]:
        """Return the machine's environment, with another home and nothing of Meterhouse."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("METERHOUSE_", "HF_"))}
        return kept | {"HOME": str(self.home), "PORT": self.port}

    @contextmanager
    def running(self, limit: float) -> Generator[str]:
        """Run `make run` until its curl is printed; give what it said; stop it with Ctrl-C."""
        began, waited = time.monotonic(), 0.0
        with tempfile.NamedTemporaryFile() as file:
            said = Path(file.name)
            process = subprocess.Popen(
                ["make", "run"],
                cwd=self.clone,
                env=self.environment(),
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            try:
                while not CURL.search(read(said)) and process.poll() is None and waited < limit:
                    time.sleep(0.05)
                    waited = time.monotonic() - began
                found = CURL.search(read(said)) is not None
                expect(found, f"prints a curl after {waited:.1f} s, of {limit}", read(said))
                yield read(said)
            finally:
                os.killpg(process.pid, signal.SIGINT)
                process.wait(STOP_SECONDS)
            expect("Traceback" not in read(said), "Ctrl-C ends it cleanly", read(said))

    def page(self) -> str:
        """Return what a browser gets at the start."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/") as answer:
            return str(answer.read(), "utf-8")

    def make(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run make to its end."""
        return subprocess.run(
            ["make", *arguments],
            cwd=self.clone,
            env=self.environment(),
            capture_output=True,
            text=True,
            check=False,
        )


def main() -> int:
    """Walk the whole way; stop at the first thing that is not as promised."""
    with tempfile.TemporaryDirectory() as folder:
        newcomer = Newcomer(Path(folder).resolve())
        print("make run, for the first time")
        with newcomer.running(FIRST_START_SECONDS) as said:
            expect("Installing" in said, "says what it installs", said)
            try_curl(newcomer, said)
            expect("main.js" in newcomer.page(), "shows the web UI", said)
            taken = newcomer.make("run")
            expect(taken.returncode == 2, "a taken port is exit 2", taken.stderr)  # noqa: PLR2004
            expect(newcomer.port in taken.stderr, "a taken port is named", taken.stderr)
        print("make run, again")
        with newcomer.running(LATER_START_SECONDS) as said:
            expect("Installing" not in said, "installs nothing twice", said)
        print("make test")
        tested = newcomer.make("test", "T=tests/test_guide.py")
        expect(tested.returncode == 0, "the guide's test passes", tested.stdout + tested.stderr)
    return 0


def try_curl(newcomer: Newcomer, said: str) -> None:
    """Paste the printed command into a shell, from another folder."""
    command = CURL.search(said)
    assert command is not None
    pasted = subprocess.run(
        ["bash", "-c", command[1]],
        cwd=newcomer.home,
        env=newcomer.environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    expect(pasted.stdout.rstrip().endswith("data: [DONE]"), "the curl streams", pasted.stdout)
    expect("meterhouse-simulator" in pasted.stdout, "says that it is made up", pasted.stdout)


def read(path: Path) -> str:
    """Return everything written so far."""
    return path.read_text(encoding="utf-8", errors="replace")


def expect(holds: bool, what: str, seen: str) -> None:  # noqa: FBT001 - a check reads best in order
    """Say that something holds, or end and show what was seen instead."""
    if not holds:
        sys.exit(f"newcomer: not so: {what}. Seen:\n{seen}")
    print(f"  {what}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
