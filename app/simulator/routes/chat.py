"""Chat, whole and streamed."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Header, Response

from app.simulator.dependencies import SimulatorDep, TokenDep
from app.simulator.journal import SeenCall, kind_of_token
from app.simulator.schemas.answers import ChatCompletion, ErrorAnswer
from app.simulator.schemas.requests import ChatRequest

router = APIRouter(prefix="/v1/chat", tags=["chat"])

_RESPONSES: Final[dict[int | str, dict[str, Any]]] = {
    200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}},
    "4XX": {"model": ErrorAnswer},
    "5XX": {"model": ErrorAnswer},
}


@router.post("/completions", response_model=ChatCompletion, responses=_RESPONSES)
async def complete_chat(
    body: ChatRequest,
    *,
    token: TokenDep,
    simulator: SimulatorDep,
    x_hf_bill_to: Annotated[str | None, Header()] = None,
    x_simulator_fault: Annotated[str, Header()] = "",
) -> Response:
    """Answer a conversation with made-up text, without calling any model.

    Model names such as `sim/cut-3`, the header `X-Simulator-Fault` and the script ask for faults.
    """
    seen = SeenCall(
        number=simulator.journal.next_number(),
        model=body.model,
        stream=bool(body.stream),
        include_usage=body.wants_usage,
        fields=sorted(body.model_fields_set),
        response_format=body.response_format.type if body.response_format else None,
        authorization=kind_of_token(token),
        bill_to=x_hf_bill_to,
    )
    simulator.journal.add(seen)
    return simulator.answer(body, seen, header=x_simulator_fault)
