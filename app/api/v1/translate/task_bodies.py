"""Reading what a task is sent: JSON in its form, or a file as it is."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from fastapi import Request
from pydantic import ValidationError

from app.api.dependencies.plain_json import read_plain
from app.api.validation import as_domain_error, is_json
from app.core.errors import AppError, InvalidRequestError, UnsupportedMediaTypeError
from app.core.tasks.files import File, read_file
from app.core.tasks.task import Task, TaskBody
from app.utils.json_values import encoded, object_in

JSON: Final = "application/json"
# What programs say of any body where nobody has told them what it is.
_SAYS_NOTHING: Final = frozenset(
    {"", "application/octet-stream", "application/x-www-form-urlencoded"}
)
_SPACE: Final = b" \t\r\n"


class Sent(NamedTuple):
    """A body that was found to be in the form of its task."""

    body: TaskBody | File
    payload: Mapping[str, Any]  # the JSON; nothing where there is none
    data: bytes  # the same, as it goes on
    media_type: str


async def read_body(task: Task, request: Request) -> Sent:
    """Return what a request sends to a task.

    Raises:
        InvalidRequestError: it makes no sense to the task.
        UnsupportedMediaTypeError: the task takes nothing like it.
    """
    body, said = await request.body(), _said_by(request)
    if _is_json(body, said):
        return _read_json(task, _parsed(body), body)
    return _read_file(task, body, said)


async def read_body_and_model(
    task: Task, request: Request, model: str | None
) -> tuple[Sent, str | None]:
    """Return what a request sends to a task, and the model that it names.

    Args:
        task: The task.
        request: The request. Where its body is JSON, that may name the model, too.
        model: The one that the URL names, if it does.

    Raises:
        InvalidRequestError: it makes no sense to the task, or names two models.
        UnsupportedMediaTypeError: the task takes nothing like it.
    """
    body, said = await request.body(), _said_by(request)
    if not _is_json(body, said):
        return _read_file(task, body, said), model
    value = _parsed(body)
    fields = dict(object_in(value))
    named = fields.pop("model", None)
    if named is None:
        return _read_json(task, value, body), model
    if not isinstance(named, str) or model not in {None, named}:
        raise InvalidRequestError(
            "`model` must be a text, the same in the body and in the URL where both have it.",
            param="model",
        )
    return _read_json(task, fields, encoded(fields)), named


def _said_by(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def _is_json(body: bytes, said: str) -> bool:
    return is_json(said) or (said in _SAYS_NOTHING and body.lstrip(_SPACE)[:1] == b"{")


def _read_file(task: Task, body: bytes, said: str) -> Sent:
    if task.raw is None:
        raise UnsupportedMediaTypeError(
            f"{task.name} takes JSON. Send it with `Content-Type: application/json`."
        )
    if not body:
        raise InvalidRequestError(f"The body is missing. {_wanted(task)}", param="inputs")
    try:
        file = read_file(task.raw, body, None if said in _SAYS_NOTHING else said)
    except ValueError as error:
        raise InvalidRequestError(f"The body {error}. {_wanted(task)}", param="inputs") from None
    if task.needs:
        raise InvalidRequestError(
            f"{task.name} needs the parameter `{task.needs[0]}`, which stands in JSON beside "
            "`inputs`, the file in base64.",
            param=f"parameters.{task.needs[0]}",
        )
    return Sent(file, {}, body, file.media_type)


def _read_json(task: Task, value: Any, data: bytes) -> Sent:
    try:
        form = task.form.model_validate(value)
    except ValidationError as error:
        raise _domain_error(error, value) from None
    return Sent(form, value, data, JSON)


def _domain_error(error: ValidationError, value: Any) -> AppError:
    problems = [{**one, "loc": ("body", *one["loc"])} for one in error.errors(include_url=False)]
    return as_domain_error(problems, body=value, content_type=JSON)


def _parsed(body: bytes) -> Any:
    try:
        return read_plain(body)
    except RecursionError:
        raise InvalidRequestError("The JSON of the body is nested too deeply.") from None
    except UnicodeDecodeError as error:
        raise InvalidRequestError(
            f"The body is not UTF-8 text: byte {error.start} cannot be read."
        ) from None
    except ValueError as error:
        raise InvalidRequestError(f"The body is not valid JSON: {error}.") from None


def _wanted(task: Task) -> str:
    return (
        f"{task.name} takes the bytes of a file of the kind {task.raw}, or JSON with the file in "
        "base64 as `inputs`."
    )
