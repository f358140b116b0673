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

# The gateway without limits and budgets; and with them on the instance, the team, the user and the
# key of every call, all wide enough. Calls under hard budgets wait for durable intents.
GATEWAY = "gateway"
SOFT = "with soft budgets"
HARD = "with hard budgets"
_LIMITS = {
    "requests_per_minute": 100_000_000,
    "tokens_per_minute": 1_000_000_000,
    "parallel_calls": 1_000,
}
PRICES = """
[[prices]]
model = "bench-0ms"
input = 0.25
output = 2

[[prices]]
model = "bench-5ms"
input = 0.25
output = 2
"""


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
    start_seconds: float = 0.0
    is_gateway: bool = False  # of ours: it writes intents, and says how long that takes


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
    with _null("route", cores) as subject:
        yield subject


@contextmanager
def null_asgi(cores: Cores) -> Generator[Subject]:
    """Run an ASGI application without FastAPI that does nothing, with the same server."""
    with _null("asgi", cores) as subject:
        yield subject


@contextmanager
def _null(name: str, cores: Cores) -> Generator[Subject]:
    command = [sys.executable, "-m", "benchmarks.null_route", name]
    with running(command, core=cores.measured) as process:
        port = process.read_port()
        seconds = wait_until_ready(process, f"http://127.0.0.1:{port}/ready")
        yield Subject(f"null {name}", process, port, start_seconds=seconds)


class GatewayFolder:
    """A folder with the gateway's configuration, data and log, for as many starts as wanted."""

    def __init__(self, folder: Path, cores: Cores, *, upstream_port: int, more: str = "") -> None:
        """Write a configuration whose upstream is the mock, and what more it shall say."""
        folder.mkdir(exist_ok=True, parents=True)
        self._folder = folder
        self._core = cores.measured
        (folder / "meterhouse.toml").write_text(
            '[upstreams.mock]\nkind = "openai"\n'
            f'base_url = "http://127.0.0.1:{upstream_port}/v1"\n{more}',
            encoding="utf-8",
        )

    @contextmanager
    def running(self, profile: Path | None = None) -> Generator[tuple[Process, int, float]]:
        """Start the gateway; yield process, port, and the seconds until it was ready.

        With a `profile` its main thread is profiled from start to end, into that file.
        """
        port = free_port()
        profiler = ("-m", "cProfile", "-o", str(profile)) if profile else ()
        command = [
            *(sys.executable, *profiler, "-m", "app", "serve", "--port", str(port)),
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
def gateway(
    folder: GatewayFolder, name: str, *, budgets: str | None = None, profile: Path | None = None
) -> Generator[Subject]:
    """Run the gateway with all it has: keys in the database, validation, ledger, log.

    Args:
        folder: Where it lives, for itself alone.
        name: What it is called.
        budgets: Which mode they have, at all scopes and with limits; None: nothing limits a call.
        profile: Where a profile of its main thread goes.
    """
    with folder.running(profile) as (process, port, seconds):
        user = _post(port, "/v1/users", {"name": "Ben", "email": "ben@example.com"})["id"]
        team = _post(port, "/v1/teams", {"name": "benchmark"})["id"]
        _post(port, f"/v1/teams/{team}/members", {"user_id": user})
        wish = {"name": "benchmark", "team_id": team, "user_id": user}
        key = _post(port, "/v1/keys", wish)
        if budgets is not None:
            scopes = {"instance": None, "team": team, "user": user, "key": key["id"]}
            for scope, scope_id in scopes.items():
                _bind(port, {"scope": scope, "scope_id": scope_id}, mode=budgets)
        headers = (f"Authorization: Bearer {key['secret']}",)
        yield Subject(name, process, port, headers=headers, start_seconds=seconds, is_gateway=True)


def _bind(port: int, scope: Mapping[str, str | None], *, mode: str) -> None:
    """Set limits and a budget that nobody reaches."""
    _post(port, "/v1/limits", {**scope, **_LIMITS})
    _post(port, "/v1/budgets", {**scope, "cap_usd": 1_000_000, "period": "month", "mode": mode})


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port


def _post(port: int, path: str, body: Mapping[str, object]) -> dict[str, str]:
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}{path}",
        json.dumps(body).encode(),
        {"Authorization": f"Bearer {ADMIN_KEY}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
        parsed: dict[str, str] = json.load(answer)
        return parsed
