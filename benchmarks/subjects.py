"""What is measured: the mock upstream directly, a null route, and the gateway before the mock."""

import json
import os
import socket
import sys
import urllib.request
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.processes import Process, running, wait_until_ready
from benchmarks.programs import build

ADMIN_KEY = "the-operator-of-the-benchmark"


@dataclass(frozen=True, slots=True)
class Cores:
    """One core for what is measured, one for the mock upstream and the clients."""

    measured: int
    load: int


@dataclass(frozen=True, slots=True)
class Subject:
    """Something that answers chats."""

    name: str
    process: Process
    port: int
    path: str = "/v1/chat/completions"
    headers: tuple[str, ...] = ()


def choose_cores() -> Cores:
    """Take the last and the first core that this process may use."""
    usable = sorted(os.sched_getaffinity(0))
    return Cores(measured=usable[-1], load=usable[0])


@contextmanager
def direct(cores: Cores) -> Generator[Subject]:
    """Run the mock upstream."""
    with running([build("upstream")], core=cores.load) as process:
        yield Subject("direct", process, process.read_port())


@contextmanager
def null_route(cores: Cores) -> Generator[Subject]:
    """Run an application that does nothing, with the gateway's server and options."""
    command = [sys.executable, "-m", "benchmarks.null_route"]
    with running(command, core=cores.measured) as process:
        port = process.read_port()
        wait_until_ready(process, f"http://127.0.0.1:{port}/ready")
        yield Subject("null route", process, port)


class GatewayFolder:
    """A folder with the gateway's configuration, data and log, for as many starts as wanted."""

    def __init__(self, folder: Path, cores: Cores, *, upstream_port: int) -> None:
        """Write a configuration whose only upstream is the mock."""
        self._folder = folder
        self._core = cores.measured
        (folder / "meterhouse.toml").write_text(
            '[upstreams.mock]\nkind = "openai"\n'
            f'base_url = "http://127.0.0.1:{upstream_port}/v1"\n',
            encoding="utf-8",
        )

    @contextmanager
    def running(self) -> Generator[tuple[Process, int, float]]:
        """Start the gateway; yield process, port, and the seconds until it was ready."""
        port = _free_port()
        command = [
            *(sys.executable, "-m", "app", "serve", "--port", str(port)),
            *("--data", str(self._folder / "data")),
            *("--config", str(self._folder / "meterhouse.toml")),
        ]
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self._folder),
            "PYTHONPATH": str(Path(__file__).parent.parent),
            "METERHOUSE_ADMIN_KEY": ADMIN_KEY,
        }
        with running(
            command,
            core=self._core,
            environment=environment,
            log=self._folder / "gateway.log",
            folder=self._folder,
        ) as process:
            seconds = wait_until_ready(process, f"http://127.0.0.1:{port}/ready")
            yield process, port, seconds


@contextmanager
def gateway(folder: GatewayFolder) -> Generator[Subject]:
    """Run the gateway with everything it has: keys in the database, validation, ledger, log."""
    with folder.running() as (process, port, _):
        team = _post(port, "/v1/teams", {"name": "benchmark"})["id"]
        key = _post(port, "/v1/keys", {"name": "benchmark", "team_id": team})["secret"]
        headers = (f"Authorization: Bearer {key}",)
        yield Subject("gateway", process, port, headers=headers)


def _free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port


def _post(port: int, path: str, body: Mapping[str, str]) -> dict[str, str]:
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}{path}",
        json.dumps(body).encode(),
        {"Authorization": f"Bearer {ADMIN_KEY}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
        parsed: dict[str, str] = json.load(answer)
        return parsed
