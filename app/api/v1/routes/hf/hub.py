"""What Hugging Face's clients ask the Hub before they call a model without a URL."""

from fastapi import APIRouter

from app.api.dependencies.permissions import PermittedRoute, PrincipalDep
from app.api.dependencies.tasks import TaskFinderDep
from app.api.v1.schemas.hub import HubModelOut, HubTasks
from app.api.v1.translate.tasks import to_model

router = APIRouter(prefix="/api", tags=["tasks"], route_class=PermittedRoute)


@router.get("/models/{model_id:path}")
async def read_model_as_of_hub(
    model_id: str, principal: PrincipalDep, finder: TaskFinderDep
) -> HubModelOut:
    """Say which task a model does, and that it is to be asked for here, in the Hub's form."""
    model = to_model(model_id)
    return HubModelOut.of(model, await finder.look(model, principal.allowed_models))


@router.get("/tasks")
async def list_tasks_as_of_hub(principal: PrincipalDep) -> HubTasks:
    """Name a model for each task, in the Hub's form."""
    del principal
    return HubTasks.build()
