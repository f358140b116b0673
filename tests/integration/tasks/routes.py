"""Where each task can be asked for, and what is sent there: `docs/tasks.md` shows what is tried."""

import base64
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from app.core.tasks.catalogue import TASKS
from app.core.tasks.files import Kind
from app.core.tasks.task import Task
from tests.integration.tasks.sent import IMAGE, SENT, SOUND, VIDEO

Body = dict[str, Any] | bytes


class Place(NamedTuple):
    """A route, as people read it and as it is asked."""

    letter: str
    path: str
    use: str

    def url(self, task: str) -> str:
        """Return the URL for a model that does a task."""
        return self.path.format(model=f"org/{task}", task=task)


class Asked(NamedTuple):
    """One task at one route."""

    task: str
    place: Place
    body: Body


MODEL: Final = Place(
    "A", "/hf-inference/models/{model}", "the task that the operator, or the Hub, says of the model"
)
NAMED: Final = Place("B", "/hf-inference/models/{model}/pipeline/{task}", "a task that is named")
RETIRED: Final = Place(
    "C", "/models/{model}", "the same as the first, for scripts of the retired API"
)
BY_HAND: Final = Place(
    "D", "/v1/tasks/{task}?model={model}", "a named task; `model` may stand in the body, too"
)
COMPLETIONS: Final = Place(
    "E",
    "/hf-inference/models/{model}/v1/completions",
    "text-generation in OpenAI's older form",
)
MODEL_CHAT: Final = Place(
    "F", "/hf-inference/models/{model}/v1/chat/completions", "chat with the model"
)
CHAT: Final = Place("G", "/v1/chat/completions", "chat; `model` stands in the body")
PLACES: Final = (MODEL, NAMED, RETIRED, BY_HAND, COMPLETIONS, MODEL_CHAT, CHAT)
_FILES: Final = {Kind.IMAGE: IMAGE, Kind.AUDIO: SOUND, Kind.VIDEO: VIDEO}
_COMPLETED: Final = "text-generation"


def _asked_of(task: Task) -> Iterator[Asked]:
    if task.is_chat:
        message = {"role": "user", "content": "Hello"}
        for place in (MODEL_CHAT, CHAT):
            yield Asked(task.name, place, {"model": task.example, "messages": [message]})
        return
    for place in (MODEL, NAMED, RETIRED, BY_HAND):
        for body in _forms(SENT[task.name][0], raw=task.raw):
            yield Asked(task.name, place, body)
    if task.name == _COMPLETED:
        yield Asked(task.name, COMPLETIONS, {"prompt": "Hello", "max_tokens": 3})


def _forms(body: Body, *, raw: Kind | None) -> Iterator[Body]:
    """Yield what is sent; where a file may come as it is, that and JSON both."""
    yield body
    if isinstance(body, bytes):
        yield {"inputs": base64.b64encode(body).decode()}
    elif raw is not None:
        yield _FILES[raw]


ASKED: Final = tuple(asked for task in TASKS.values() for asked in _asked_of(task))


def letters_of(task: Task) -> str:
    """Return at which routes a task is asked for here."""
    tried = {asked.place for asked in ASKED if asked.task == task.name}
    return " ".join(place.letter for place in PLACES if place in tried)
