"""A real server process over one data folder: started, asked, killed, started again."""

import asyncio
import signal
import subprocess
from collections.abc import AsyncGenerator, Mapping
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, Final

import httpx2

from tests.faults.callers import Caller, Place
from tests.faults.ledger_file import LedgerFile
from tests.faults.scenario import BrokenPromiseError, expect_equal
from tests.faults.tariff import Tariff
from tests.support.commands import Command, Running
from tests.support.keys import bearer

ADMIN_KEY: Final = "an-admin-key-that-only-faults-know"
# What the ledger logs when a change is lost: never, whatever happens.
LOSSES: Final = ("ledger_change_refused", "ledger_change_fenced", "ledger_change_lost")

_NAME: Final = "upstream"


def gateway_file(url: str, models: Mapping[str, str], tariff: Tariff) -> str:
    """Return a `meterhouse.toml` with one upstream, and models of one price.

    Args:
        url: Of the upstream, up to and with `/v1`.
        models: What callers say, and what the upstream is told.
        tariff: What each of them costs.
    """
    upstream = f'[upstreams.{_NAME}]\nkind = "openai"\nbase_url = "{url}"\nsimulated = true\n'
    parts = [upstream, 'token = { file = "token" }\n']
    for name, target in models.items():
        parts += [
            f'[models.{name}]\ntargets = [{{ upstream = "{_NAME}", model = "{target}" }}]\n',
            f'[[prices]]\nmodel = "{name}"\ninput = {tariff.usd_in}\noutput = {tariff.usd_out}\n',
        ]
    return "".join(parts)


def write_config(folder: Path, config: str) -> Path:
    """Write a gateway file, and the token it speaks of, into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "token").write_text("any-token-will-do", encoding="utf-8")
    path = folder / "meterhouse.toml"
    path.write_text(config, encoding="utf-8")
    return path


class Gateway:
    """One data folder and the process that serves it, if one does."""

    def __init__(self, folder: Path, config: str) -> None:
        """Write a gateway file into an empty folder."""
        write_config(folder, config)
        self._command = Command(folder)
        self._command.variables = {
            "METERHOUSE_ADMIN_KEY": ADMIN_KEY,
            "METERHOUSE_LOG_FORMAT": "json",
        }
        self._run = ExitStack()
        self._running: Running | None = None
        self.url = ""
        self.ledger = LedgerFile(folder / "data")

    async def start(self) -> None:
        """Start a process, and wait until it serves."""
        self.begin()
        banner = await asyncio.to_thread(self._process.wait_for, "Meterhouse")
        self.url = banner.split()[2]

    def begin(self) -> None:
        """Start a process, and wait for nothing."""
        self._running = self._run.enter_context(self._command.running("serve", "--port", "0"))

    @property
    def is_running(self) -> bool:
        """Say whether a process was started that nobody has ended."""
        return self._running is not None

    @property
    def pid(self) -> int:
        """Return the number of the running process."""
        return self._process.process.pid

    async def kill(self) -> None:
        """End the process with no chance to do anything about it."""
        await self._ended(signal.SIGKILL, -signal.SIGKILL)

    async def stop(self) -> None:
        """Ask the process to end, and wait until it has."""
        await self._ended(signal.SIGTERM, 0)

    async def verify(self) -> subprocess.CompletedProcess[str]:
        """Run `meterhouse verify`."""
        return await asyncio.to_thread(self._command.run, "verify")

    def close(self) -> None:
        """End whatever still runs."""
        self._run.close()

    @property
    def _process(self) -> Running:
        if self._running is None:
            raise BrokenPromiseError("no server runs")
        return self._running

    async def _ended(self, with_signal: signal.Signals, wanted: int) -> None:
        running = self._process
        status = await asyncio.to_thread(running.end, with_signal)
        said = running.errors
        self._run.close()
        self._running = None
        expect_equal(status, wanted, f"exit status after {with_signal.name}; it said: {said}")
        lost = [line for line in said.splitlines() if any(one in line for one in LOSSES)]
        expect_equal(lost, [], "changes that the ledger lost")


class Admin:
    """The bootstrap admin, over the API."""

    def __init__(self, place: Place) -> None:
        """Manage whatever serves there."""
        self._place = place

    async def create(self, path: str, **body: Any) -> dict[str, Any]:
        """Create something and return it."""
        answer = await self._ask("POST", path, body)
        expect_equal(answer.status_code, 201, f"POST {path}: {answer.text}")
        return dict(answer.json())

    async def change(self, path: str, **body: Any) -> None:
        """Change something."""
        answer = await self._ask("PATCH", path, body)
        expect_equal(answer.status_code, 200, f"PATCH {path}: {answer.text}")

    async def get(self, path: str) -> httpx2.Response:
        """Read something."""
        return await self._ask("GET", path, None)

    async def caller(self, **owner: Any) -> tuple[Caller, str]:
        """Issue a key for inference, and return who has it, with its id."""
        key = await self.create("/v1/keys", name="faults", **owner)
        return Caller(self._place, key["secret"]), key["id"]

    async def budget(self, scope: str, scope_id: str | None, cap_usd: float, **terms: str) -> str:
        """Create a hard budget, for all time unless the terms say otherwise; return its id."""
        body = {"scope": scope, "scope_id": scope_id, "cap_usd": cap_usd, "period": "total"}
        return str((await self.create("/v1/budgets", **(body | terms)))["id"])

    async def _ask(self, method: str, path: str, body: dict[str, Any] | None) -> httpx2.Response:
        headers = {"authorization": bearer(ADMIN_KEY)}
        async with httpx2.AsyncClient(base_url=self._place.url, trust_env=False) as client:
            return await client.request(method, path, json=body, headers=headers)


@asynccontextmanager
async def open_gateway(folder: Path, config: str) -> AsyncGenerator[Gateway]:
    """Serve a new data folder, and in the end see that the server leaves in peace."""
    gateway = Gateway(folder, config)
    try:
        await gateway.start()
        yield gateway
        if gateway.is_running:
            await gateway.stop()
    finally:
        await asyncio.to_thread(gateway.close)
