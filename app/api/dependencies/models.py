"""Services about configured models, as routes ask for them."""

from typing import Annotated

from fastapi import Depends

from app.api.dependencies.container import ContainerDep
from app.api.dependencies.people import ChangeDep, PeopleDep
from app.api.dependencies.permissions import AdminDep
from app.services.model_editor import ModelEditor, ModelService


async def get_model_service(
    people: PeopleDep, admin: AdminDep, container: ContainerDep
) -> ModelService:
    """Build what shows configured models."""
    del admin
    return ModelService(people.models, container.made_models.live.of_file)


async def get_model_editor(change: ChangeDep, container: ContainerDep) -> ModelEditor:
    """Build what makes, changes and deletes models."""
    return ModelEditor(
        change.people.models,
        change.trail,
        container.clock,
        of_file=container.made_models.live.of_file,
        upstreams=container.gateway.upstreams,
    )


ModelServiceDep = Annotated[ModelService, Depends(get_model_service)]
ModelEditorDep = Annotated[ModelEditor, Depends(get_model_editor, scope="function")]
