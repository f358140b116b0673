"""The simulator as an ASGI app: `create_simulator()`."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import TypedDict

from fastapi import FastAPI

from app.core.clock import Clock, SystemClock
from app.simulator import errors
from app.simulator.routes import calls, chat, models, openai_tasks, tasks, tei
from app.simulator.script import Script
from app.simulator.simulator import Simulator


class SimulatorState(TypedDict):
    """What the lifespan hands to every request."""

    simulator: Simulator


def create_simulator(
    script: Script | None = None,
    *,
    clock: Clock | None = None,
    closing: asyncio.Event | None = None,
) -> FastAPI:
    """Build a fake Hugging Face router that answers by a script, or by its own rules.

    Whoever serves it sets `closing` when it is to end: then no answer waits for anything.
    """

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncGenerator[SimulatorState]:
        simulator = Simulator(
            script or Script(), clock or SystemClock(), closing or asyncio.Event()
        )
        yield {"simulator": simulator}

    app = FastAPI(
        title="Meterhouse simulator",
        description="A fake Hugging Face router: made-up text, no model, no cost.",
        lifespan=lifespan,
        docs_url=None,  # its pages would load scripts from the internet
        redoc_url=None,
        redirect_slashes=False,
    )
    errors.install(app)
    for routes in (chat, models, tasks, openai_tasks, tei, calls):
        app.include_router(routes.router)
    return app
