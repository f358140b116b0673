"""Between OpenAI's form of completions and the task `text-generation`."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import replace
from typing import Final, Literal, NamedTuple, Self, cast

from pydantic import ValidationError
from pydantic_core import from_json

from app.api.v1.schemas.openai.chat import CompletionUsage
from app.api.v1.schemas.openai.completions import (
    Completion,
    CompletionChoice,
    CompletionRequest,
)
from app.api.v1.translate.task_bodies import JSON, Sent
from app.api.validation import as_domain_error
from app.core.clock import Clock
from app.core.errors import InvalidRequestError
from app.core.tasks.catalogue import TASKS
from app.core.tasks.task import Task
from app.services.call import Call
from app.utils.json_values import encoded, object_in
from app.utils.sse import parse_event

TASK: Final[Task] = TASKS["text-generation"]
# What is called otherwise there, or has no place there at all.
_NAMES: Final = {"prompt": "inputs", "max_tokens": "max_new_tokens", "echo": "return_full_text"}
_NO_PARAMETERS: Final = frozenset({"model", "prompt", "n", "stream", "stream_options", "user"})
_DONE: Final = b"data: [DONE]\n\n"


class Asking(NamedTuple):
    """A call for a completion, and what its answer is made with."""

    call: Call
    created: int  # seconds since 1970
    wants_usage: bool

    @classmethod
    def of(cls, call: Call, body: CompletionRequest, clock: Clock) -> Self:
        """Return what a call is asked for, and by whom."""
        wants_usage = bool(body.stream_options and body.stream_options.include_usage)
        call = replace(call, end_user=body.user or None)
        return cls(call, int(clock.now().timestamp()), wants_usage)


def to_generation(body: CompletionRequest) -> Sent:
    """Return what the task is sent for a completion.

    Raises:
        InvalidRequestError: a field is not known there, or has a wrong value.
    """
    unknown = [name for name in body.model_extra or {} if name not in TASK.parameters]
    if unknown:
        raise InvalidRequestError(
            f"`{unknown[0][:200]}` is not a field that is known here; remove it. Besides OpenAI's "
            "`prompt`, `max_tokens`, `temperature`, `stop`, `echo`, `stream` and `user`, the "
            "parameters of text-generation are (`GET /v1/tasks`).",
            param=unknown[0][:200],
        )
    said = body.model_dump(exclude_none=True)
    parameters = {_NAMES.get(name, name): said[name] for name in said.keys() - _NO_PARAMETERS}
    if isinstance(body.stop, str):
        parameters["stop"] = [body.stop]
    if body.temperature == 0:  # which TGI refuses: it has another word for it
        del parameters["temperature"]
        parameters["do_sample"] = False
    prompt = body.prompt if isinstance(body.prompt, str) else body.prompt[0]
    payload = {"inputs": prompt, "parameters": parameters, "stream": bool(body.stream)}
    try:
        form = TASK.form.model_validate(payload)
    except ValidationError as error:
        raise as_domain_error(
            [{**one, "loc": _place(one["loc"])} for one in error.errors(include_url=False)],
            body=payload,
            content_type=JSON,
        ) from None
    return Sent(form, payload, encoded(payload), JSON)


def to_completion(asking: Asking, answer: bytes) -> bytes:
    """Return a whole answer of the task as a completion."""
    value: object = from_json(answer)
    whole = object_in(cast("list[object]", value)[0] if isinstance(value, list) else value)
    reason = object_in(whole.get("details")).get("finish_reason")
    text = str(whole.get("generated_text", ""))
    return _encoded(asking, text, _finish_reason(asking.call, reason), with_usage=True)


async def to_completion_events(
    asking: Asking, events: AsyncGenerator[bytes]
) -> AsyncGenerator[bytes]:
    """Yield the events of the task's stream as those of a completion's; comments pass."""
    async with aclosing(events):
        async for some in events:
            yield b"".join(_to_event(asking, event) for event in some.split(b"\n\n") if event)
    if asking.wants_usage:
        yield _framed(_encoded(asking, None, None, with_usage=True))
    yield _DONE


def _to_event(asking: Asking, event: bytes) -> bytes:
    _, data = parse_event(event)
    if not data:
        return event + b"\n\n"
    token = object_in(from_json(data))
    piece = object_in(token.get("token"))
    text = "" if piece.get("special") else str(piece.get("text", ""))
    reason = None
    if token.get("generated_text") is not None:
        reason = _finish_reason(asking.call, asking.call.trace.answer.finish_reason)
    return _framed(_encoded(asking, text, reason, with_usage=False))


def _finish_reason(call: Call, said: object) -> Literal["stop", "length"]:
    """Return why a text ends; where the upstream does not say, whether it has reached its cap."""
    if isinstance(said, str):
        return "length" if said == "length" else "stop"
    answer = call.trace.answer
    used = answer.usage or answer.counted
    cap = object_in(call.payload["parameters"]).get("max_new_tokens")
    return "length" if used and isinstance(cap, int) and used.units_out >= cap else "stop"


def _encoded(
    asking: Asking, text: str | None, reason: Literal["stop", "length"] | None, *, with_usage: bool
) -> bytes:
    call = asking.call
    choices: list[CompletionChoice] = []
    if text is not None:
        choices = [CompletionChoice(index=0, text=text, logprobs=None, finish_reason=reason)]
    completion = Completion(
        id=f"cmpl-{call.id}",
        object="text_completion",
        created=asking.created,
        model=call.model or "",
        choices=choices,
        usage=_usage(call) if with_usage else None,
    )
    left_out = None if with_usage or asking.wants_usage else {"usage"}
    return completion.model_dump_json(exclude=left_out).encode()


def _usage(call: Call) -> CompletionUsage | None:
    answer = call.trace.answer
    used = answer.usage or answer.counted
    if used is None:
        return None
    return CompletionUsage(
        prompt_tokens=used.units_in,
        completion_tokens=used.units_out,
        total_tokens=used.units_in + used.units_out,
    )


def _framed(data: bytes) -> bytes:
    return b"data: " + data + b"\n\n"


def _place(path: tuple[int | str, ...]) -> tuple[int | str, ...]:
    """Return where a field of the task stands in a completion."""
    ours: Mapping[object, str] = {theirs: ours for ours, theirs in _NAMES.items()}
    inside = path[1:] if path[0] == "parameters" else path
    return ("body", *(ours.get(part, part) for part in inside))
