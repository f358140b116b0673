"""The application. Importing this module opens and reads nothing."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import TypedDict

import structlog
from fastapi import FastAPI

from app import __version__
from app.api import errors
from app.api.application import Application
from app.api.middleware import stack
from app.api.ops.router import routers as ops_routers
from app.api.ui.router import router as ui_router
from app.api.v1.router import routers as v1_routers
from app.core.clock import Clock
from app.core.config import Settings, get_settings
from app.core.gateway_file import GatewayConfig
from app.core.logging import configure as configure_logging
from app.services.container import Container, open_container


class State(TypedDict):
    """What the lifespan gives to every request."""

    container: Container


def create_app(
    settings: Settings | None = None,
    gateway: GatewayConfig | None = None,
    operator_secret: str | None = None,
    *,
    operator_only: bool = False,
    clock: Clock | None = None,
    closing: asyncio.Event | None = None,
) -> FastAPI:
    """Build an application. What is not given is read when it starts, not now.

    With `operator_only` it starts where it could not serve anybody else, to be mended. Without a
    `clock`, the machine's own counts. Whoever serves it sets `closing` when it is to end.
    """

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncGenerator[State]:
        chosen = settings or get_settings()
        if not structlog.is_configured():  # the command has done it by now, a bare server has not
            configure_logging(chosen)
        async with open_container(
            chosen,
            gateway,
            operator_secret,
            operator_only=operator_only,
            clock=clock,
            closing=closing,
        ) as container:
            yield {"container": container}

    app = Application(
        title="Meterhouse",
        version=__version__,
        summary="One endpoint for a team's AI calls.",
        lifespan=lifespan,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    errors.install(app)
    stack.install(app)
    # Not `include_router`: each inclusion is matched anew for each request, 25 us of a call.
    for router in (*v1_routers, *ops_routers, ui_router):
        app.router.routes.extend(router.routes)
    return app


app = create_app()
