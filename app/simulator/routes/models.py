"""The models that the simulator tells about."""

from fastapi import APIRouter

from app.simulator.catalogue import MODELS, find_model
from app.simulator.errors import RefusedError, gate_error
from app.simulator.schemas.answers import ErrorAnswer
from app.simulator.schemas.models import Model, ModelList

router = APIRouter(prefix="/v1/models", tags=["models"])


@router.get("", response_model_exclude_none=True)
async def list_models() -> ModelList:
    """List chat models with their providers, prices and abilities. Needs no token."""
    return ModelList(object="list", data=[*MODELS])


@router.get(
    "/{model_id:path}", response_model_exclude_none=True, responses={404: {"model": ErrorAnswer}}
)
async def read_model(model_id: str) -> Model:
    """Return one of the listed models. Chat takes any model, listed or not."""
    model = find_model(model_id)
    if model is None:
        raise RefusedError(gate_error(404, f"Model {model_id} does not exist"))
    return model
