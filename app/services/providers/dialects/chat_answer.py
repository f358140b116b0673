"""Reading a whole `chat.completion`, and turning one into a stream."""

from collections.abc import Iterator, Mapping
from typing import Any, Final, TypeGuard

from pydantic_core import from_json, to_json

from app.core.errors import UpstreamProtocolError
from app.services.providers.dialects.written import measure_choices
from app.services.providers.provider import AnswerFacts, Usage
from app.services.providers.upstream_errors import error_from_event
from app.utils.json_values import JsonObject, object_in, objects_in

_LARGEST_COUNT: Final = 100_000_000  # tokens: no model reads or writes so many for one call


def read_completion(upstream: str, body: bytes, facts: AnswerFacts) -> Mapping[str, Any]:
    """Check that a body is a `chat.completion` and note its usage and finish reason.

    Raises:
        UpstreamError: it is an error inside a 200.
        UpstreamProtocolError: it is something else.
    """
    try:
        completion = object_in(from_json(body))
    except ValueError:
        completion = {}
    choices = objects_in(completion.get("choices"))
    if not choices:
        if completion.get("error"):
            raise error_from_event(upstream, completion)
        raise UpstreamProtocolError(
            f"The upstream {upstream!r} answered something that is not a chat completion."
        )
    facts.usage = read_usage(completion)
    if facts.usage is None:
        measure_choices(completion, facts)
    reasons = [reason for choice in choices if (reason := read_finish_reason(choice))]
    facts.finish_reason = reasons[0] if reasons else None
    return completion


def read_usage(answer: Mapping[str, Any]) -> Usage | None:
    """Return the usage of an answer or chunk, or None where it has none that can be believed.

    Some upstreams leave what a model thinks out of `completion_tokens`, but not out of the total.
    """
    usage = object_in(answer.get("usage"))
    if not usage:
        return None
    units_in, total = usage.get("prompt_tokens"), usage.get("total_tokens")
    units_out = usage.get("completion_tokens", 0 if _is_count(total) else None)
    if not (_is_count(units_in) and _is_count(units_out)):
        return None
    if _is_count(total):
        units_out = max(units_out, total - units_in)
    cached = object_in(usage.get("prompt_tokens_details")).get("cached_tokens")
    return Usage(units_in, units_out, min(cached, units_in) if _is_count(cached) else 0)


def _is_count(value: object) -> TypeGuard[int]:
    return type(value) is int and 0 <= value <= _LARGEST_COUNT


def read_finish_reason(choice: Mapping[str, Any]) -> str | None:
    """Return the finish reason of one choice, or None."""
    reason = choice.get("finish_reason")
    return reason if isinstance(reason, str) and reason else None


def as_events(completion: Mapping[str, Any], *, with_usage: bool) -> Iterator[bytes]:
    """Yield a whole answer as the events of a stream, for upstreams that do not stream.

    A JSON body as the answer to a stream request is silently an empty stream in two clients.
    """
    common = {key: completion.get(key) for key in ("id", "created", "model")}
    chunk = {**common, "object": "chat.completion.chunk"}
    if completion.get("system_fingerprint"):
        chunk["system_fingerprint"] = completion["system_fingerprint"]
    for choice in objects_in(completion["choices"]):
        delta = _delta(choice.get("message"))
        rest = {key: choice[key] for key in choice.keys() - {"message"}}
        yield _event({**chunk, "choices": [{**rest, "delta": delta}]})
    if with_usage and completion.get("usage"):
        yield _event({**chunk, "choices": [], "usage": completion["usage"]})


def _delta(message: object) -> JsonObject:
    delta = dict(object_in(message))
    calls = enumerate(objects_in(delta.get("tool_calls")))
    if numbered := [{"index": index, **call} for index, call in calls]:
        delta["tool_calls"] = numbered
    return delta


def _event(chunk: Mapping[str, Any]) -> bytes:
    return b"data: " + to_json(chunk) + b"\n\n"
