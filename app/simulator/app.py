"""The simulator as an ASGI app: `create_simulator()`."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import TypedDict

from fastapi import FastAPI

from app.simulator import errors
from app.simulator.routes import calls, chat, models
from app.simulator.script import Script
from app.simulator.simulator import Simulator


class SimulatorState(TypedDict):
    """What the lifespan hands to every request."""

    simulator: Simulator


def create_simulator(script: Script | None = None) -> FastAPI:
    """Build a fake Hugging Face router that answers by a script, or by its own rules."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncGenerator[SimulatorState]:
        yield {"simulator": Simulator(script or Script())}

    app = FastAPI(
        title="Meterhouse simulator",
        description="A fake Hugging Face router: made-up text, no model, no cost.",
        lifespan=lifespan,
        docs_url=None,  # its pages would load scripts from the internet
        redoc_url=None,
        redirect_slashes=False,
    )
    errors.install(app)
    for routes in (chat, models, calls):
        app.include_router(routes.router)
    return app
