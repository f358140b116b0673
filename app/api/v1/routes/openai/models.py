"""The models that can be called."""

from fastapi import APIRouter

from app.api.dependencies.inference import ModelDirectoryDep
from app.api.dependencies.permissions import PermittedRoute, PrincipalDep
from app.api.dependencies.tasks import ModelTasksDep
from app.api.v1.schemas.openai.models import Model, ModelList

router = APIRouter(prefix="/v1/models", tags=["models"], route_class=PermittedRoute)


@router.get("")
async def list_models(
    principal: PrincipalDep, directory: ModelDirectoryDep, models: ModelTasksDep
) -> ModelList:
    """List the models that your key may call.

    The configured ones come first, then those that upstreams name themselves.
    """
    entries = await models.list_models(principal.allowed_models)
    return ModelList(
        object="list",
        data=[Model.of(entry) for entry in entries],
        has_more=False,
        default_model=directory.catalogue.default_for(principal.allowed_models),
    )


@router.get("/{model_id:path}")
async def get_model(model_id: str, principal: PrincipalDep, models: ModelTasksDep) -> Model:
    """Show one model that your key may call. A suffix such as `:fastest` is allowed and kept."""
    return Model.of(await models.require_model(model_id, principal.allowed_models))
