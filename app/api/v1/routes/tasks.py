"""Tasks, for people who write HTTP by hand."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from app.api.dependencies.inference import AnsweringDep
from app.api.dependencies.permissions import PermittedRoute, PrincipalDep
from app.api.dependencies.tasks import TaskFinderDep
from app.api.v1.routes.hf.answered import answered
from app.api.v1.routes.hf.shown import SHOWN_WITH_MODEL
from app.api.v1.schemas.tasks import TaskList
from app.api.v1.translate.task_bodies import read_body_and_model
from app.api.v1.translate.tasks import Wanted, to_task, to_task_call

router = APIRouter(prefix="/v1/tasks", tags=["tasks"], route_class=PermittedRoute)


@router.get("")
async def list_tasks(principal: PrincipalDep) -> TaskList:
    """List the tasks: what each takes and gives, and what it is measured in."""
    del principal
    return TaskList.build()


@router.post("/{task}", **SHOWN_WITH_MODEL)
async def do_task(
    task: str,
    request: Request,
    principal: PrincipalDep,
    *,
    finder: TaskFinderDep,
    answering: AnsweringDep,
    model: Annotated[
        str | None, Query(max_length=256, description="Or `model` in the body, where it is JSON.")
    ] = None,
) -> Response:
    """Do a task with any model that does it."""
    named = to_task(task)
    sent, model = await read_body_and_model(named, request, model)
    checked = await finder.check(named, model, principal.allowed_models)
    call = await to_task_call(Wanted(checked, model, is_named=True), sent, request, principal)
    return await answered(call, request, answering)
