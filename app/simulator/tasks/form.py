"""A task in a dialect of its own, as another server than Hugging Face's backend takes it."""

from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict
from pydantic_core import to_json

from app.simulator.behaviour import Behaviour
from app.simulator.tasks.answers import answer_to
from app.simulator.tasks.asked import Asked
from app.simulator.tasks.requests import JSON, read_asked, usage_headers


class Form(BaseModel):
    """What such a server is sent, and how it puts the answer. Unknown fields are accepted."""

    model_config = ConfigDict(extra="allow", frozen=True, protected_namespaces=())

    task: ClassVar[str]

    def inputs(self) -> Any:
        """Return what the task is done with."""
        raise NotImplementedError

    def told(self) -> Mapping[str, Any]:
        """Return the parameters of the task."""
        return {}

    def put(self, asked: Asked, answer: Any) -> object:
        """Return the task's answer as this server puts it."""
        del asked
        return answer


async def composed_in(form: Form, behaviour: Behaviour) -> tuple[bytes, str, Mapping[str, str]]:
    """Return the body of an answer, its media type, and the headers that go with it.

    Raises:
        RefusedError: the task cannot be done with this.
    """
    told = {name: value for name, value in form.told().items() if value is not None}
    beside = told if form.task == "feature-extraction" else {"parameters": told} if told else {}
    asked = read_asked(form.task, to_json({"inputs": form.inputs(), **beside}), JSON)
    answer = await answer_to(asked)
    headers = usage_headers(asked, answer, behaviour)
    return to_json(form.put(asked, answer), exclude_none=True), JSON, headers
