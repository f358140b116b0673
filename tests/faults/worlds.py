"""A gateway between an upstream and clients of the scenario."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pydantic import SecretStr
from starlette.types import ASGIApp, Receive, Scope, Send
from structlog.testing import capture_logs

from app.core.clock import Clock
from app.core.config import Settings
from app.core.gateway_file import load_gateway
from app.db.schema import upgrade
from app.main import create_app
from app.services.container import Container
from tests.faults.callers import Caller, Place
from tests.faults.gateways import (
    ADMIN_KEY,
    LOSSES,
    Admin,
    Gateway,
    gateway_file,
    open_gateway,
    write_config,
)
from tests.faults.ledger_file import LedgerFile
from tests.faults.scenario import expect_equal
from tests.faults.tariff import Tariff
from tests.faults.upstreams import Answer, Upstream, open_upstream
from tests.faults.waiting import until
from tests.support.servers import running

MODEL: Final = "priced"
TARIFF: Final = Tariff(usd_in="1.5", usd_out="10")
PLENTY_USD: Final = 1_000


@dataclass(frozen=True, slots=True)
class World:
    """What every scenario meets."""

    upstream: Upstream
    place: Place
    ledger: LedgerFile

    @property
    def admin(self) -> Admin:
        """Return who manages it."""
        return Admin(self.place)

    async def caller(self, name: str) -> tuple[Caller, str]:
        """Return somebody with a key of a new team, and the key's id."""
        team = await self.admin.create("/v1/teams", name=name)
        return await self.admin.caller(team_id=team["id"])

    async def rich_caller(self) -> Caller:
        """Return somebody under a hard budget that is not going to be spent."""
        caller, key_id = await self.caller("rich")
        await self.admin.budget("key", key_id, PLENTY_USD)
        return caller

    async def all_ended(self) -> None:
        """Wait until nothing is held any more."""
        await until(self.ledger.open_holds, lambda holds: holds == 0, "nothing held")

    async def expect_sound(self, now_ms: int | None = None) -> None:
        """Wait until nothing is held; go on only if all that was sent has a row, and adds up.

        Raises:
            BrokenPromiseError: it is not so.
        """
        await self.all_ended()
        self.ledger.expect_one_row_each(markers=self.upstream.markers)
        self.ledger.expect_clean(now_ms)


@dataclass(frozen=True, slots=True)
class OuterWorld(World):
    """A gateway in a process of its own, which can be killed."""

    gateway: Gateway


@dataclass(frozen=True, slots=True)
class InnerWorld(World):
    """A gateway in a thread of this process, whose parts can be touched."""

    container: Container


@asynccontextmanager
async def open_world(
    folder: Path, answer: Answer, tariff: Tariff = TARIFF
) -> AsyncGenerator[OuterWorld]:
    """Serve a new data folder in a process, over an upstream that answers so."""
    async with open_upstream(answer) as upstream:
        config = gateway_file(upstream.url, {MODEL: MODEL}, tariff)
        async with open_gateway(folder / "gateway", config) as gateway:
            yield OuterWorld(upstream, gateway, gateway.ledger, gateway)


@asynccontextmanager
async def open_inner_world(
    folder: Path, answer: Answer, clock: Clock | None = None
) -> AsyncGenerator[InnerWorld]:
    """Serve a data folder, new or not, in this process, over an upstream that answers so."""
    async with open_upstream(answer) as upstream:
        place = folder / "gateway"
        config = write_config(place, gateway_file(upstream.url, {MODEL: MODEL}, TARIFF))
        settings = Settings(
            data_dir=place / "data",
            admin_key=SecretStr(ADMIN_KEY),
            config_file=config,
            port=0,
            secrets_dir=place / "no-secrets",
        )
        upgrade(settings.data_dir)
        with capture_logs() as logs:
            door = _Door(create_app(settings, load_gateway(settings), clock=clock))
            with running(door) as door.url:
                await Admin(door).get("/v1/me")  # so that the door sees a request
                ledger = LedgerFile(settings.data_dir)
                yield InnerWorld(upstream, door, ledger, door.container)
        lost = [log for log in logs if log["event"] in LOSSES]
        expect_equal(lost, [], "changes that the ledger lost")


class _Door:
    """Passes everything on, and keeps what the application gives to its requests."""

    container: Container

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.url = ""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            state: dict[str, Any] = scope["state"]
            self.container = state["container"]
        await self._app(scope, receive, send)
