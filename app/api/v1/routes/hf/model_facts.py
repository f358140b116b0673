"""What Hugging Face's clients ask of a model besides its task, and its chat."""

from fastapi import APIRouter, Request, Response

from app.api.dependencies.hot_route import PlainRoute
from app.api.dependencies.inference import AnsweringDep
from app.api.dependencies.permissions import PrincipalDep
from app.api.dependencies.tasks import RouterDep, TaskFinderDep
from app.api.v1.routes.openai.chat import ANSWERS, answered
from app.api.v1.schemas.openai.chat import ChatCompletion, ChatCompletionRequest
from app.api.v1.schemas.tasks import ModelHealth, ModelInfo
from app.api.v1.translate import tags, urgency
from app.api.v1.translate.chat import to_call
from app.api.v1.translate.tasks import for_model, to_model

router = APIRouter(prefix="/hf-inference/models", tags=["tasks"], route_class=PlainRoute)


@router.get("/{model_id:path}/health")
async def check_model(model_id: str, principal: PrincipalDep, finder: TaskFinderDep) -> ModelHealth:
    """Say that somebody answers for a model. Nobody is asked to answer."""
    await finder.look(to_model(model_id), principal.allowed_models)
    return ModelHealth(status="ok")


@router.get("/{model_id:path}/info")
async def show_model(
    model_id: str, principal: PrincipalDep, finder: TaskFinderDep, router: RouterDep
) -> ModelInfo:
    """Say what is known of a model."""
    model, allowed = to_model(model_id), principal.allowed_models
    task = await finder.look(model, allowed)
    return ModelInfo.of(model, task, router.context_of(model, allowed))


@router.post(
    "/{model_id:path}/v1/chat/completions",
    response_model=ChatCompletion,
    responses=ANSWERS,
    openapi_extra={"parameters": [tags.PARAMETER, urgency.PARAMETER]},
)
async def chat_with_model(
    model_id: str,
    body: ChatCompletionRequest,
    request: Request,
    principal: PrincipalDep,
    *,
    answering: AnsweringDep,
) -> Response:
    """Complete a chat with the model that the URL names, unless the body names another one."""
    call = for_model(await to_call(body, request, principal), to_model(model_id))
    return await answered(call, request, answering)
