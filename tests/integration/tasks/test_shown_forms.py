"""The API reference shows the form of each task, and it is the one that requests are held to."""

import json
from collections.abc import Iterator
from typing import Any, Final, cast

import pytest
from jsonschema import Draft202012Validator

from app.core.tasks.catalogue import TASKS
from app.main import app
from tests.integration.tasks.asking import Gateway

DOCUMENT: Final[dict[str, Any]] = app.openapi()
FORMS: Final[dict[str, Any]] = DOCUMENT["components"]["schemas"]
NAMES: Final = [task.name for task in TASKS.values() if not task.is_chat]
SAMPLES: Final = {name: dict(TASKS[name].sample) for name in NAMES if TASKS[name].sample}
PATHS: Final = {
    "/v1/tasks/{task}": "TaskRequestWithModel",
    "/hf-inference/models/{model_id}": "TaskRequest",
    "/hf-inference/models/{model_id}/pipeline/{task}": "TaskRequest",
}


def shown(group: str, task: str) -> dict[str, Any]:
    """Return the form that is shown of a task, with all that it refers to."""
    form = next(one for one in FORMS[group]["anyOf"] if one["title"] == task)
    return {**form, "components": {"schemas": FORMS}}


def accepts(form: dict[str, Any], value: Any) -> bool:
    validator: Any = Draft202012Validator(form)
    return bool(validator.is_valid(value))


def references(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        fields = cast("dict[str, object]", value)
        yield from (str(fields[name]) for name in fields if name == "$ref")
        yield from (found for inner in fields.values() for found in references(inner))
    elif isinstance(value, list):
        yield from (found for inner in cast("list[object]", value) for found in references(inner))


def test_every_task_is_shown_at_every_route_of_tasks() -> None:
    for path, group in PATHS.items():
        operation = DOCUMENT["paths"][path]["post"]
        body = operation["requestBody"]["content"]
        assert body["application/json"]["schema"] == {"$ref": f"#/components/schemas/{group}"}
        assert {"image/*", "audio/*", "video/*"} < body.keys()
        assert [one["title"] for one in FORMS[group]["anyOf"]] == NAMES
        assert body["application/json"]["examples"].keys() == SAMPLES.keys()
        answers = operation["responses"]["200"]["content"]
        assert answers["application/json"]["schema"] == {"$ref": "#/components/schemas/TaskAnswer"}
    in_json = [name for name in NAMES if TASKS[name].file is None]
    assert [one["title"] for one in FORMS["TaskAnswer"]["anyOf"]] == in_json


def test_whatever_is_referred_to_is_there() -> None:
    start = "#/components/schemas/"
    named = {one.removeprefix(start) for one in references(DOCUMENT) if one.startswith(start)}

    assert named <= {*FORMS}


def test_every_task_without_files_of_its_own_has_a_sample() -> None:
    assert [name for name in NAMES if TASKS[name].raw or name in SAMPLES] == NAMES


@pytest.mark.parametrize("task", SAMPLES)
def test_a_sample_is_valid_as_shown_and_is_answered_as_shown(gateway: Gateway, task: str) -> None:
    body = SAMPLES[task]

    answer = gateway.ask(task, body)
    named = gateway.post(f"/v1/tasks/{task}", {**body, "model": f"org/{task}"})

    assert accepts(shown("TaskRequest", task), body)
    assert accepts(shown("TaskRequestWithModel", task), {**body, "model": f"org/{task}"})
    assert (answer.status_code, named.status_code) == (200, 200), answer.text
    if TASKS[task].file is None:
        assert accepts(shown("TaskAnswer", task), answer.json())


@pytest.mark.parametrize("task", SAMPLES)
def test_what_is_not_valid_as_shown_is_refused(gateway: Gateway, task: str) -> None:
    sample = SAMPLES[task]
    wrong: list[dict[str, Any]] = [
        {**sample, "nonsense": 1},
        {**sample, "inputs": 5},
        {**sample, "parameters": "x", "normalize": "x"},
    ]

    for body in wrong:
        answer = gateway.ask(task, json.loads(json.dumps(body)))
        assert not accepts(shown("TaskRequest", task), body)
        assert answer.status_code == 400, (body, answer.text)
    assert not accepts(shown("TaskRequest", task), {**sample, "model": "org/x"})
