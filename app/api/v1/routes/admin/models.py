"""Models over the configured upstreams, besides those of `meterhouse.toml`."""

from fastapi import APIRouter, status

from app.api.dependencies.models import ModelEditorDep, ModelServiceDep
from app.api.dependencies.permissions import PermittedRoute
from app.api.v1.schemas.models import ModelCreate, ModelList, ModelOut, ModelUpdate

router = APIRouter(prefix="/v1/admin/models", tags=["routing"], route_class=PermittedRoute)


@router.post("", status_code=status.HTTP_201_CREATED)
async def create_model(body: ModelCreate, models: ModelEditorDep) -> ModelOut:
    """Make a model. A name that `meterhouse.toml` defines is the file's."""
    return ModelOut.of(await models.create(body.name, body.to_terms()))


@router.get("")
async def list_configured_models(models: ModelServiceDep) -> ModelList:
    """List configured models, those of `meterhouse.toml` first. Only admins may."""
    return ModelList.of(await models.list_all())


@router.get("/{name:path}")
async def read_configured_model(name: str, models: ModelServiceDep) -> ModelOut:
    """Show one configured model; its name may hold slashes."""
    return ModelOut.of(await models.fetch(name))


@router.patch("/{name:path}")
async def update_model(name: str, body: ModelUpdate, models: ModelEditorDep) -> ModelOut:
    """Change a model. Calls under way keep the targets that they began with."""
    return ModelOut.of(await models.update(name, body.model_dump(exclude_unset=True)))


@router.delete("/{name:path}", status_code=status.HTTP_204_NO_CONTENT)
async def delete_model(name: str, models: ModelEditorDep) -> None:
    """Delete a model. Calls under way end as they would have."""
    await models.delete(name)
