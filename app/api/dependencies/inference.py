"""What the routes that call models ask for."""

from typing import Annotated, NamedTuple

from fastapi import Depends
from starlette.requests import HTTPConnection

from app.api.dependencies.container import ContainerDep, get_container
from app.api.responses.event_line import Patience, patience_of
from app.core.clock import Clock
from app.services.inference.service import InferenceService
from app.services.routing.model_directory import ModelDirectory


class Answering(NamedTuple):
    """What a route answers calls with."""

    inference: InferenceService
    patience: Patience
    clock: Clock


async def get_answering(connection: HTTPConnection) -> Answering:
    """Return the service that answers calls, how long clients are waited for, and the clock.

    They come together, and ask for the container themselves: a dependency costs 15 us a call.
    """
    container = await get_container(connection)
    return Answering(container.inference, patience_of(container.settings), container.clock)


async def get_model_directory(container: ContainerDep) -> ModelDirectory:
    """Return the list of models that can be called."""
    return container.models


AnsweringDep = Annotated[Answering, Depends(get_answering)]
ModelDirectoryDep = Annotated[ModelDirectory, Depends(get_model_directory)]
