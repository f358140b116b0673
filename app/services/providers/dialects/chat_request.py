"""What of a chat request is rewritten on its way to an upstream; all else passes as it came."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from pydantic_core import to_json

from app.services.providers.provider import ChatRequest
from app.utils.json_values import object_in


def outgoing_body(
    request: ChatRequest,
    *,
    stream: bool,
    cap_field: str = "max_tokens",
    adapt: Callable[[dict[str, Any]], None] | None = None,
) -> bytes:
    """Return the body for the upstream: the caller's own bytes where nothing has to change.

    What may change: `model` to the upstream's name; a cap where the caller set none and one is
    needed; usage is always asked for on streams; a `response_format` that lost its form on the way;
    and what `adapt` does to the copy it gets. A metered request is always written anew: of two
    fields with one name, an upstream might read the other one.
    """
    payload = dict(request.payload)
    payload["model"] = request.model
    if request.output_cap is not None:
        payload[cap_field] = request.output_cap
    if stream:
        options = object_in(payload.get("stream_options"))
        payload["stream_options"] = {**options, "include_usage": True}
    restore_json_schema(payload)
    if adapt is not None:
        adapt(payload)
    if request.is_metered or payload != request.payload:
        return _to_json(payload)
    return request.body


def _to_json(payload: Mapping[str, Any]) -> bytes:
    try:
        return to_json(payload)
    except ValueError:  # half a surrogate pair, which JSON can escape and UTF-8 cannot hold
        return json.dumps(payload).encode()


def wants_usage(payload: Mapping[str, Any]) -> bool:
    """Return whether the caller of a stream asked for the usage chunk."""
    return object_in(payload.get("stream_options")).get("include_usage") is True


def restore_json_schema(payload: dict[str, Any]) -> None:
    """Turn `{"type": "json_object", "value": schema}` back into OpenAI's `json_schema`.

    `huggingface_hub` rewrites it to TGI's grammar form when it is given a `base_url`; some
    providers call the key `schema`. The name is lost on the way.
    """
    wanted = object_in(payload.get("response_format"))
    schema = object_in(wanted.get("value")) or object_in(wanted.get("schema"))
    if schema and wanted.get("type") in {"json_object", "json_schema"}:
        payload["response_format"] = {
            "type": "json_schema",
            "json_schema": {"name": "response", "schema": schema},
        }
