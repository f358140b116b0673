"""Where commands change something: the running server, or its application where none runs."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final, Protocol, TypeVar

import httpx2
import typer
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.types import Receive, Scope, Send

from app.cli.data_folder import make_ready
from app.cli.operator import OperatorApi, find_server, open_operator_api
from app.cli.settings import read_quiet_settings
from app.core.config import Settings
from app.core.gateway_file import GatewayConfig, load_gateway
from app.core.security import new_secret
from app.db.data_lock import hold
from app.db.schema import require_head

Result = TypeVar("Result")
Work = Callable[[OperatorApi], Awaitable[Result]]

_HERE: Final = "http://localhost"


class AppFactory(Protocol):
    """Builds the gateway's application; `app.main.create_app` is one."""

    def __call__(
        self,
        settings: Settings,
        gateway: GatewayConfig,
        operator_secret: str,
        *,
        operator_only: bool = False,
        closing: asyncio.Event | None = None,
    ) -> Starlette:
        """Build it; nothing is opened before it is started."""
        ...


def at_desk(
    context: typer.Context,
    data: Path | None,
    work: Work[Result],
    *,
    may_begin: bool = False,
    with_gateway: bool = False,
) -> Result:
    """Do a command's work with the API of a data folder's gateway, and return what comes of it.

    Args:
        context: Knows how the application is built.
        data: The data folder, where the command line names one.
        work: What to do.
        may_begin: Make a database where there is none yet.
        with_gateway: The work needs the gateway file, where no server runs that has read it.

    Raises:
        AppError: the folder cannot be used, or the gateway refuses.
    """
    settings = read_quiet_settings(data_dir=data)

    async def run() -> Result:
        gateway = load_gateway if with_gateway else _no_gateway
        async with _open_api(settings, context.obj, gateway, may_begin=may_begin) as api:
            return await work(api)

    return asyncio.run(run())


@asynccontextmanager
async def _open_api(
    settings: Settings,
    create_app: AppFactory,
    gateway: Callable[[Settings], GatewayConfig],
    *,
    may_begin: bool,
) -> AsyncGenerator[OperatorApi]:
    server = find_server(settings.data_dir)
    if server is not None:
        async with open_operator_api(server.url, server.operator_secret) as api:
            yield api
        return
    if may_begin:
        make_ready(settings.data_dir)
    require_head(settings.data_dir)
    with hold(settings.data_dir):
        async with open_own_api(settings, create_app, gateway(settings)) as api:
            yield api


@asynccontextmanager
async def open_own_api(
    settings: Settings, create_app: AppFactory, gateway: GatewayConfig | None = None
) -> AsyncGenerator[OperatorApi]:
    """Start the application for its operator alone, inside this process and without a socket."""
    secret = SecretStr(new_secret())
    app = create_app(
        settings, gateway or GatewayConfig(), secret.get_secret_value(), operator_only=True
    )
    async with app.router.lifespan_context(app) as state:
        transport = httpx2.ASGITransport(_Started(app, state or {}), raise_app_exceptions=False)
        async with open_operator_api(_HERE, secret, transport) as api:
            yield api


def _no_gateway(_: Settings) -> GatewayConfig:
    return GatewayConfig()


class _Started:
    """Gives requests what the lifespan opened, as a server does."""

    def __init__(self, app: Starlette, state: Mapping[str, Any]) -> None:
        self._app = app
        self._state = state

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["state"] = dict(self._state)
        await self._app(scope, receive, send)
