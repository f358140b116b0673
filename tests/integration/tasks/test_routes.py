"""Each task is done at each of its routes, with what it may be sent there."""

import pytest

from app.core.tasks.catalogue import CHAT, TASKS
from app.utils.media import media_type_of
from tests.integration.tasks.asking import Gateway
from tests.integration.tasks.routes import ASKED, COMPLETIONS, PLACES, Asked


@pytest.mark.parametrize("name", TASKS)
def test_a_task_is_done_at_each_of_its_routes(gateway: Gateway, name: str) -> None:
    for asked in (one for one in ASKED if one.task == name):
        _try(gateway, asked)
        assert gateway.last_entry()["task"] == (CHAT if TASKS[name].is_chat else name), asked.place


def _try(gateway: Gateway, asked: Asked) -> None:
    task = TASKS[asked.task]
    answer = gateway.post(asked.place.url(asked.task), asked.body)
    assert answer.status_code == 200, (asked, answer.text)
    if task.file is not None:
        assert (media_type_of(answer.content) or "").startswith(f"{task.file}/"), asked
    elif task.is_chat or asked.place is COMPLETIONS:
        assert "[simulator]" in str(answer.json()["choices"][0]), asked
    else:
        task.answers.validate_python(answer.json())


def test_every_task_is_tried_at_every_route_with_every_form() -> None:
    assert {asked.place for asked in ASKED} == {*PLACES}
    for task in TASKS.values():
        forms = {type(asked.body) for asked in ASKED if asked.task == task.name}
        assert forms == ({bytes, dict} if task.raw else {dict}), task.name
