"""What the routes of tasks ask for."""

from typing import Annotated

from fastapi import Depends

from app.api.dependencies.container import ContainerDep
from app.services.routing.model_tasks import ModelTasks
from app.services.routing.router import Router
from app.services.routing.task_finder import TaskFinder


async def get_task_finder(container: ContainerDep) -> TaskFinder:
    """Return who knows which task a model does."""
    return container.tasks.finder


async def get_model_tasks(container: ContainerDep) -> ModelTasks:
    """Return the list of models that can be called, with their tasks."""
    return container.tasks


async def get_router(container: ContainerDep) -> Router:
    """Return who knows whom a model can be asked of."""
    return container.router


RouterDep = Annotated[Router, Depends(get_router)]
TaskFinderDep = Annotated[TaskFinder, Depends(get_task_finder)]
ModelTasksDep = Annotated[ModelTasks, Depends(get_model_tasks)]
