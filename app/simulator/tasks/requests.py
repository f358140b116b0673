"""Reads what a task is sent, and puts the answer together."""

from collections.abc import Mapping
from typing import Final

from pydantic import ValidationError
from pydantic_core import from_json, to_json

from app.core.tasks.catalogue import find_task
from app.core.tasks.files import read_file
from app.core.tasks.units import Unit
from app.simulator.behaviour import Behaviour, UsageMode
from app.simulator.counting import count_tokens
from app.simulator.errors import RefusedError, gate_error
from app.simulator.tasks.answers import answer_to
from app.simulator.tasks.asked import Asked
from app.utils.media import media_type_of

JSON: Final = "application/json"
COMPUTE_SECONDS: Final = "0.05"  # of every task, for nobody computes


def read_asked(task_name: str | None, body: bytes, content_type: str | None) -> Asked:
    """Return what a request asks for, as strictly as the real backend's server.

    Raises:
        RefusedError: the model does no task that is known, or the body is not in its form.
    """
    task = None if task_name is None else find_task(task_name)
    if task is None or task.is_chat:
        raise RefusedError(gate_error(400, "Model not supported by provider hf-inference"))
    if content_type is None:
        raise RefusedError(gate_error(400, "Content-Type is missing: application/json, image/png"))
    said = content_type.partition(";")[0].strip()
    try:
        if said != JSON and task.raw is not None:
            return Asked(task, read_file(task.raw, body, said))
        return Asked(task, task.form.model_validate(from_json(body)))
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]
        where = ".".join(map(str, problem["loc"]))
        raise RefusedError(gate_error(400, f"{where}: {problem['msg']}")) from None
    except ValueError as error:
        raise RefusedError(gate_error(400, str(error))) from None


async def composed(asked: Asked, behaviour: Behaviour) -> tuple[bytes, str, Mapping[str, str]]:
    """Return the body of an answer, its media type, and the headers that go with it."""
    answer = await answer_to(asked)
    if isinstance(answer, bytes):
        return answer, media_type_of(answer) or "", usage_headers(asked, answer, behaviour)
    return to_json(answer), JSON, usage_headers(asked, answer, behaviour)


def usage_headers(asked: Asked, answer: object, behaviour: Behaviour) -> Mapping[str, str]:
    """Return what the headers say of the time it took, and of tokens where those count."""
    if behaviour.usage is UsageMode.MISSING:
        return {}
    return {"x-compute-time": COMPUTE_SECONDS, **_token_headers(asked, answer)}


def _token_headers(asked: Asked, answer: object) -> Mapping[str, str]:
    task = asked.task
    if task.reads is not Unit.TOKEN:
        return {}
    read = str(sum(map(count_tokens, asked.texts)))
    if task.writes is None:
        return {"x-compute-tokens": read}
    match answer:
        case [{"generated_text": str(text)}]:
            return {"x-prompt-tokens": read, "x-generated-tokens": str(count_tokens(text))}
        case _:
            return {}
