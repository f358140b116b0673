"""The forms of what tasks are sent and answer, for the API reference: out of the catalogue."""

from typing import Any, Final

from pydantic import TypeAdapter
from pydantic.json_schema import models_json_schema

from app.core.tasks.catalogue import TASKS

REQUEST: Final = "TaskRequest"
REQUEST_WITH_MODEL: Final = "TaskRequestWithModel"
ANSWER: Final = "TaskAnswer"

_PLACE: Final = "#/components/schemas/{model}"
_MODEL: Final = {"type": "string", "maxLength": 256, "description": "Or `model` in the query."}


def ref_to(name: str) -> dict[str, Any]:
    """Return what stands for a form that is told of elsewhere in the reference."""
    return {"$ref": _PLACE.format(model=name)}


def task_forms() -> dict[str, Any]:
    """Return all forms by name: one of any task's request, one of any task's answer, their parts.

    They are what requests and answers are checked by.
    """
    tasks = [task for task in TASKS.values() if not task.is_chat]
    requests, parts = models_json_schema(
        [(task.form, "validation") for task in tasks], ref_template=_PLACE
    )
    answers, more = TypeAdapter.json_schemas(
        [(task.name, "validation", task.answers) for task in tasks if task.file is None],
        ref_template=_PLACE,
    )
    bodies = {task.name: requests[task.form, "validation"] for task in tasks}
    forms: dict[str, Any] = {**parts["$defs"], **more["$defs"]}
    with_model = {name: forms[body["$ref"].rpartition("/")[2]] for name, body in bodies.items()}
    return {
        **forms,
        REQUEST: _any_of(bodies),
        REQUEST_WITH_MODEL: _any_of(
            {
                name: {**form, "properties": {"model": _MODEL, **form["properties"]}}
                for name, form in with_model.items()
            }
        ),
        ANSWER: _any_of({name: form for (name, _), form in answers.items()}),
    }


def samples(*, with_model: bool) -> dict[str, Any]:
    """Return an example of a request to each task."""
    return {
        task.name: {
            "summary": task.summary,
            "value": {**({"model": task.example} if with_model else {}), **task.sample},
        }
        for task in TASKS.values()
        if task.sample
    }


def _any_of(forms: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [{**form, "title": name} for name, form in forms.items()]}
