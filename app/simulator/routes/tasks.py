"""Hugging Face's own backend: tasks, by the name of a model; and what the Hub says of models."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Header, Request, Response

from app.simulator.dependencies import SimulatorDep, require_token
from app.simulator.errors import RefusedError, gate_error
from app.simulator.journal import SeenCall, kind_of_token
from app.simulator.schemas.answers import ErrorAnswer
from app.simulator.schemas.models import HubModel
from app.simulator.tasks.models import task_of

router = APIRouter(tags=["tasks"])

_WITH_TOKEN: Final = [Depends(require_token)]
_ANY: Final[dict[str, Any]] = {"schema": {"description": "As the task says."}}
_RESPONSES: Final[dict[int | str, dict[str, Any]]] = {
    200: {"content": {"application/json": _ANY, "image/png": _ANY, "audio/wav": _ANY}},
    "4XX": {"model": ErrorAnswer},
    "5XX": {"model": ErrorAnswer},
}


@router.post(
    "/hf-inference/models/{model_id:path}/pipeline/{task}",
    response_model=None,
    responses=_RESPONSES,
    dependencies=_WITH_TOKEN,
)
async def do_named_task(
    model_id: str,
    task: str,
    request: Request,
    *,
    simulator: SimulatorDep,
    x_simulator_fault: Annotated[str, Header()] = "",
) -> Response:
    """Answer a task that is named, whatever the model is called."""
    seen = _seen(simulator.journal.next_number(), model_id, task, request)
    simulator.journal.add(seen)
    return await simulator.do(task, request, seen, header=x_simulator_fault)


@router.post(
    "/hf-inference/models/{model_id:path}",
    response_model=None,
    responses=_RESPONSES,
    dependencies=_WITH_TOKEN,
)
async def do_task(
    model_id: str,
    request: Request,
    *,
    simulator: SimulatorDep,
    x_simulator_fault: Annotated[str, Header()] = "",
) -> Response:
    """Answer the task that the model's name says."""
    known = task_of(model_id)
    task = None if known is None else known.name
    seen = _seen(simulator.journal.next_number(), model_id, task, request)
    simulator.journal.add(seen)
    return await simulator.do(task, request, seen, header=x_simulator_fault)


@router.get("/api/models/{model_id:path}", responses={404: {"model": ErrorAnswer}})
async def read_hub_model(model_id: str) -> HubModel:
    """Say which task a model does, as the Hub does. Needs no token."""
    task = task_of(model_id)
    if task is None:
        raise RefusedError(gate_error(404, "Repository not found"))
    return HubModel(id=model_id, pipeline_tag=task.name, tags=[task.name])


def _seen(number: int, model: str, task: str | None, request: Request) -> SeenCall:
    headers = request.headers
    return SeenCall(
        number=number,
        model=model,
        stream=False,
        authorization=kind_of_token(headers["authorization"].partition(" ")[2]),
        bill_to=headers.get("x-hf-bill-to"),
        task=task,
        path=request.url.path,
        content_type=headers.get("content-type"),
        options={name: headers[name] for name in _OPTIONS if name in headers},
    )


_OPTIONS: Final = ("x-wait-for-model", "x-use-cache")
