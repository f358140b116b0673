"""Chat completions."""

from typing import Any, Final

from fastapi import APIRouter, Request, Response

from app.api.dependencies.hot_route import HotRoute
from app.api.dependencies.inference import Answering, AnsweringDep
from app.api.dependencies.permissions import PrincipalDep
from app.api.responses.connection import WhileConnected
from app.api.responses.event_stream import EventStream
from app.api.responses.passed_json import PassedJson
from app.api.v1.schemas.openai.chat import (
    ChatCompletion,
    ChatCompletionChunk,
    ChatCompletionRequest,
)
from app.api.v1.translate import tags, urgency
from app.api.v1.translate.chat import answer_headers, to_call
from app.services.call import Call

router = APIRouter(prefix="/v1/chat", tags=["chat"], route_class=HotRoute)

ANSWERS: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "model": ChatCompletion,
        "description": "The whole answer; with `stream`, one event per "
        "`chat.completion.chunk` and `[DONE]` at the end.",
        "content": {"text/event-stream": {"itemSchema": ChatCompletionChunk.model_json_schema()}},
    }
}


@router.post(
    "/completions",
    response_model=ChatCompletion,
    responses=ANSWERS,
    openapi_extra={"parameters": [tags.PARAMETER, urgency.PARAMETER]},
)
async def create_chat_completion(
    body: ChatCompletionRequest,
    request: Request,
    principal: PrincipalDep,
    answering: AnsweringDep,
) -> Response:
    """Complete a chat, whole or streamed, as OpenAI's API does.

    Every field of OpenAI's API is accepted; those that the gateway does not know are passed on to
    the upstream untouched. A stream that cannot be finished ends with one `error` event.
    """
    call = await to_call(body, request, principal)
    return await answered(call, request, answering)


async def answered(call: Call, request: Request, answering: Answering) -> Response:
    """Return what a chat is answered."""
    if call.stream:
        return EventStream(
            answering.inference.stream(call),
            lambda: answer_headers(call.trace),
            patience=answering.patience,
        )
    async with WhileConnected(request.receive):
        answer = await answering.inference.answer(call)
    return PassedJson(answer, answer_headers(call.trace))
