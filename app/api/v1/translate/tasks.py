"""Between Hugging Face's form of tasks and the domain's `Call`."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Final, NamedTuple

from fastapi import Request, Response
from pydantic_core import from_json, to_json

from app.api.clients import is_javascript
from app.api.v1.translate.chat import answer_headers, error_headers
from app.api.v1.translate.tags import tags_of
from app.api.v1.translate.task_bodies import Sent
from app.api.v1.translate.urgency import read_urgency
from app.core.errors import InvalidRequestError
from app.core.redaction import one_line
from app.core.tasks.catalogue import TASKS, find_task
from app.core.tasks.model_ids import is_model_id
from app.core.tasks.task import Task
from app.services.call import Call
from app.services.principals import Principal
from app.services.routing.catalogue import is_absent
from app.services.tasks.work import Manner, work_of
from app.utils.json_values import object_in
from app.utils.nearest import nearest

_OPTIONS: Final = ("wait_for_model", "use_cache")  # of old scripts
_SWITCHES: Final = {"true": "true", "1": "true", "false": "false", "0": "false"}


class Wanted(NamedTuple):
    """Which task of which model is wanted."""

    task: Task
    model: str | None
    is_named: bool  # the task, by the caller


def to_model(model_id: str) -> str:
    """Return a model's id out of a URL.

    Raises:
        InvalidRequestError: it is none that the Hub could have.
    """
    if not is_model_id(model_id):
        raise InvalidRequestError(
            "The URL names no model: an id is `name` or `organisation/name`, of letters, digits "
            "and `-`, `_` and `.`, with a suffix such as `:hf-inference` or without.",
            param="model_id",
        )
    return model_id


def to_task(name: str) -> Task:
    """Return a task by the name that a caller gives it.

    Raises:
        InvalidRequestError: there is no such task, or its way is another one.
    """
    task = find_task(name)
    if task is None:
        meant = nearest(name, TASKS)
        way_out = f"Did you mean `{meant}`?" if meant else "`GET /v1/tasks` lists them."
        raise InvalidRequestError(f"There is no task {name[:80]!r}. {way_out}", param="task")
    if task.is_chat:
        raise InvalidRequestError(
            f"{task.name} is asked for at `/v1/chat/completions`.", param="task"
        )
    return task


async def to_task_call(wanted: Wanted, sent: Sent, request: Request, principal: Principal) -> Call:
    """Return the call that a request asks for.

    Raises:
        InvalidRequestError: its tags or switches are bad, or its class is none.
    """
    state = request.scope["state"]
    call = Call(
        id=state["request_id"],
        client_request_id=state["client_request_id"],
        principal=principal,
        task=wanted.task.name,
        model=wanted.model,
        payload=sent.payload,
        body=sent.data,
        stream=wanted.task.is_streamed and sent.payload.get("stream") is True,
        tags=tags_of(request.scope["headers"], None, principal.tags),
        urgency=read_urgency(request.scope["headers"], principal),
        work=await work_of(
            wanted.task,
            sent.body,
            Manner(sent.media_type, wanted.is_named, _switches(sent, request)),
        ),
    )
    state["call_headers"] = partial(error_headers, call.trace)
    return call


def _switches(sent: Sent, request: Request) -> Mapping[str, str]:
    """Return the headers that say what old scripts say in headers, or in their bodies.

    Raises:
        InvalidRequestError: a header says neither yes nor no.
    """
    in_body = object_in(sent.payload.get("options"))
    switches: dict[str, str] = {}
    for option in _OPTIONS:
        name = f"x-{option.replace('_', '-')}"
        said = request.headers.get(name, in_body.get(option))
        if said is None:
            continue
        value = _SWITCHES.get(str(said).lower())
        if value is None:
            raise InvalidRequestError(f"The header `{name}` must be true or false.", param=name)
        switches[name] = value
    return switches


def to_answer(call: Call, answer: bytes, request: Request) -> Response:
    """Return an answer as its caller's client wants it."""
    assert call.work is not None
    task = call.work.task
    shape = task.in_javascript if is_javascript(request.scope) else task.in_python
    return Response(
        answer if shape is None else to_json(shape(from_json(answer))),
        media_type=call.trace.answer.media_type,
        headers=dict(answer_headers(call.trace)),
    )


def named_or(named: str | None, model: str) -> str:
    """Return the model that a body names, or the other one where it names none."""
    return model if named is None or is_absent(named) else named


def for_model(call: Call, model: str) -> Call:
    """Return a call as one of a model, unless it names one itself."""
    return replace(call, model=named_or(call.model, model))


def to_nowhere(request: Request) -> InvalidRequestError:
    """Return why a URL that names no task cannot be asked for one."""
    base = f"{request.url.scheme}://{request.url.netloc}"
    return InvalidRequestError(
        f"This URL names no task. Use base_url='{one_line(base)}/hf-inference/models/ORG/NAME', "
        "see docs/clients.md."
    )
