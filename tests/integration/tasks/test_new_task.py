"""A task is added by one entry of the catalogue: all that is known of tasks follows from it."""

from typing import Any, Final

import pytest
from pydantic import BaseModel

from app.core.gateway_models import ModelFields
from app.core.tasks.catalogue import TASKS
from app.core.tasks.task import Switch, Task, Text
from app.core.tasks.units import Unit
from tests.contract.tasks.page import page
from tests.integration.tasks.asking import Gateway
from tests.integration.tasks.test_metering import SENT


class Backwards(BaseModel):
    """An answer that no other task gives."""

    reversed_text: str
    is_palindrome: bool


NEW: Final = Task(
    name="text-reversal",
    summary="Says a text backwards.",
    example="org/reverses",
    sample={"inputs": "Ada"},
    inputs=Text,
    parameters={"by_word": Switch},
    answer=Backwards,
    reads=Unit.CHARACTER,
)
NAME: Final = NEW.name
BODY: Final[dict[str, Any]] = {"inputs": "level", "parameters": {"by_word": True}}


@pytest.fixture(autouse=True)
def added(monkeypatch: pytest.MonkeyPatch) -> None:
    """Add the entry, before a gateway is made."""
    monkeypatch.setitem(TASKS, NAME, NEW)


@pytest.mark.parametrize(
    "path",
    [
        "/hf-inference/models/org/reverses",  # the simulator's Hub says what it does
        f"/hf-inference/models/any/model/pipeline/{NAME}",
        f"/models/org/{NAME}-2",
        f"/v1/tasks/{NAME}?model=org/reverses",
    ],
)
def test_it_is_done_at_every_route_of_tasks(gateway: Gateway, path: str) -> None:
    answer = gateway.post(path, BODY)

    assert answer.status_code == 200, answer.text
    Backwards.model_validate(answer.json())
    entry = gateway.last_entry()
    assert (entry["task"], entry["unit_in"], entry["units_in"]) == (NAME, "character", 5)
    gateway.assert_proven()


def test_its_parameters_are_checked(gateway: Gateway) -> None:
    wrong = gateway.ask(NAME, {"inputs": "level", "parameters": {"by_word": "perhaps"}})
    empty = gateway.ask(NAME, {"inputs": ""})

    assert (wrong.status_code, empty.status_code) == (400, 400)
    assert "`parameters.by_word`" in wrong.json()["error"]
    assert "`inputs`" in empty.json()["error"]
    assert gateway.entries() == []


def test_its_units_have_a_price_that_budgets_hold(gateway: Gateway) -> None:
    price = {"model": f"org/{NAME}", "input_characters": 1_000}
    assert gateway.client.post("/v1/admin/prices", json=price).status_code == 201
    gateway.budget(0.008)

    assert gateway.ask(NAME, BODY).status_code == 200
    assert gateway.last_entry()["cost_usd"] == pytest.approx(0.005)
    assert gateway.ask(NAME, BODY).status_code == 402


def test_it_is_listed_with_its_forms(gateway: Gateway) -> None:
    listed = {task["id"]: task for task in gateway.client.get("/v1/tasks").json()["data"]}
    forms = gateway.client.get("/openapi.json").json()["components"]["schemas"]

    assert "by_word" in str(listed[NAME]["input_schema"])
    assert "is_palindrome" in str(listed[NAME]["output_schema"])
    for group in ("TaskRequest", "TaskRequestWithModel", "TaskAnswer"):
        assert NAME in {one["title"] for one in forms[group]["anyOf"]}


def test_an_operator_can_state_it_and_a_list_shows_it(gateway: Gateway) -> None:
    targets = [{"upstream": "hub", "model": f"org/{NAME}-3"}]
    body = {"name": "backwards", "task": NAME, "targets": targets}
    assert gateway.client.post("/v1/admin/models", json=body).status_code == 201

    assert gateway.client.get("/v1/models/backwards").json()["tasks"] == [NAME]
    assert gateway.post("/hf-inference/models/backwards", BODY).status_code == 200
    assert ModelFields(task=NAME).task == NAME


def test_the_page_of_tasks_has_it_once_a_test_tries_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SENT, NAME, (BODY, 5, 0))

    line = next(line for line in page().splitlines() if NAME in line)

    assert "JSON | JSON | character | no method" in line
    assert line.endswith("| Says a text backwards. |")


def test_without_the_entry_there_is_no_such_task(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(TASKS, NAME)

    refused = gateway.post(f"/v1/tasks/{NAME}?model=org/reverses", BODY)

    assert refused.status_code == 400
    assert "There is no task" in refused.json()["error"]["message"], refused.text
