"""The models that can be called."""

from fastapi import APIRouter

from app.api.dependencies.inference import ModelDirectoryDep
from app.api.dependencies.permissions import PermittedRoute, PrincipalDep
from app.api.v1.schemas.openai.models import Model, ModelList

router = APIRouter(prefix="/v1/models", tags=["models"], route_class=PermittedRoute)


@router.get("")
async def list_models(_: PrincipalDep, directory: ModelDirectoryDep) -> ModelList:
    """List every model: the configured ones first, then those that upstreams name themselves."""
    entries = await directory.list_models()
    return ModelList(object="list", data=[Model.of(entry) for entry in entries], has_more=False)


@router.get("/{model_id:path}")
async def get_model(model_id: str, _: PrincipalDep, directory: ModelDirectoryDep) -> Model:
    """Show one model. A suffix such as `:fastest` is allowed and kept."""
    return Model.of(await directory.require_model(model_id))
