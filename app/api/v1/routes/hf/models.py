"""Tasks of models, at the URLs of Hugging Face's own backend."""

from fastapi import APIRouter, Request, Response

from app.api.dependencies.inference import AnsweringDep
from app.api.dependencies.permissions import PermittedRoute, PrincipalDep
from app.api.dependencies.tasks import TaskFinderDep
from app.api.v1.routes.hf.answered import answered
from app.api.v1.routes.hf.shown import SHOWN
from app.api.v1.translate.task_bodies import read_body
from app.api.v1.translate.tasks import Wanted, to_model, to_task, to_task_call

router = APIRouter(tags=["tasks"], route_class=PermittedRoute)


@router.post("/hf-inference/models/{model_id:path}/pipeline/{task}", **SHOWN)
async def do_task_of_model(
    model_id: str,
    task: str,
    request: Request,
    principal: PrincipalDep,
    *,
    finder: TaskFinderDep,
    answering: AnsweringDep,
) -> Response:
    """Do a task with a model, in Hugging Face's form."""
    model, named = to_model(model_id), to_task(task)
    sent = await read_body(named, request)
    checked = await finder.check(named, model, principal.allowed_models)
    call = await to_task_call(Wanted(checked, model, is_named=True), sent, request, principal)
    return await answered(call, request, answering)


@router.post("/hf-inference/models/{model_id:path}", **SHOWN)
@router.post("/models/{model_id:path}", include_in_schema=False, **SHOWN)
async def do_task_of_its_own(
    model_id: str,
    request: Request,
    principal: PrincipalDep,
    *,
    finder: TaskFinderDep,
    answering: AnsweringDep,
) -> Response:
    """Do the task that a model is for, in Hugging Face's form.

    It is the one that `meterhouse.toml` says, or by which the Hub lists the model.
    """
    model = to_model(model_id)
    task = await finder.find(model, principal.allowed_models)
    sent = await read_body(task, request)
    call = await to_task_call(Wanted(task, model, is_named=False), sent, request, principal)
    return await answered(call, request, answering)
