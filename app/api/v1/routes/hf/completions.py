"""Completions of a text by one model, in OpenAI's older form."""

from typing import Any, Final

from fastapi import APIRouter, Request, Response

from app.api.dependencies.hot_route import PlainRoute
from app.api.dependencies.inference import Answering, AnsweringDep
from app.api.dependencies.permissions import PrincipalDep
from app.api.dependencies.tasks import TaskFinderDep
from app.api.responses.connection import WhileConnected
from app.api.responses.event_stream import EventStream
from app.api.responses.passed_json import PassedJson
from app.api.v1.schemas.openai.completions import Completion, CompletionRequest
from app.api.v1.translate import tags, urgency
from app.api.v1.translate.chat import answer_headers
from app.api.v1.translate.completions import (
    TASK,
    Asking,
    to_completion,
    to_completion_events,
    to_generation,
)
from app.api.v1.translate.tasks import Wanted, named_or, to_model, to_task_call

router = APIRouter(prefix="/hf-inference/models", tags=["tasks"], route_class=PlainRoute)

_ANSWERS: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "model": Completion,
        "description": "The whole text; with `stream`, one event per piece and `[DONE]` at the "
        "end.",
        "content": {"text/event-stream": {"itemSchema": Completion.model_json_schema()}},
    }
}


@router.post(
    "/{model_id:path}/v1/completions",
    response_model=Completion,
    responses=_ANSWERS,
    openapi_extra={"parameters": [tags.PARAMETER, urgency.PARAMETER]},
)
async def complete_with_model(
    model_id: str,
    body: CompletionRequest,
    request: Request,
    principal: PrincipalDep,
    *,
    finder: TaskFinderDep,
    answering: AnsweringDep,
) -> Response:
    """Continue a text with the model that the URL names, unless the body names another one.

    It is the task text-generation, and its entry says so.
    """
    model = named_or(body.model, to_model(model_id))
    sent = to_generation(body)
    task = await finder.check(TASK, model, principal.allowed_models)
    call = await to_task_call(Wanted(task, model, is_named=True), sent, request, principal)
    asking = Asking.of(call, body, answering.clock)
    return await _answered(asking, request, answering)


async def _answered(asking: Asking, request: Request, answering: Answering) -> Response:
    call = asking.call
    if call.stream:
        return EventStream(
            to_completion_events(asking, answering.inference.stream(call)),
            lambda: answer_headers(call.trace),
            patience=answering.patience,
        )
    async with WhileConnected(request.receive):
        answer = await answering.inference.answer(call)
    return PassedJson(to_completion(asking, answer), answer_headers(call.trace))
