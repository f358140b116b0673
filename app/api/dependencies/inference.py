"""What the routes that call models ask for."""

from typing import Annotated

from fastapi import Depends

from app.api.dependencies.container import ContainerDep
from app.services.inference.service import InferenceService
from app.services.routing.model_directory import ModelDirectory


async def get_inference(container: ContainerDep) -> InferenceService:
    """Return the service that answers calls."""
    return container.inference


async def get_model_directory(container: ContainerDep) -> ModelDirectory:
    """Return the list of models that can be called."""
    return container.models


InferenceDep = Annotated[InferenceService, Depends(get_inference)]
ModelDirectoryDep = Annotated[ModelDirectory, Depends(get_model_directory)]
