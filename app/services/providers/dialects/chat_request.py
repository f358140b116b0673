"""What of a chat request is rewritten on its way to an upstream; all else passes as it came."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from app.services.providers.provider import ChatRequest
from app.utils.json_values import encoded, object_in

CAP_FIELDS: Final = ("max_tokens", "max_completion_tokens")


def outgoing_body(
    request: ChatRequest,
    *,
    stream: bool,
    cap_field: str = "max_tokens",
    adapt: Callable[[dict[str, Any]], None] | None = None,
) -> bytes:
    """Return the body for the upstream: the caller's own bytes where nothing has to change.

    What may change: `model` to the upstream's name; the cap where one is needed, which then stands
    in the field that the upstream reads, and nowhere else; usage is always asked for on streams; a
    `response_format` that lost its form on the way; and what `adapt` does to the copy it gets. A
    metered request is always written anew: of two fields with one name, an upstream might read the
    other one.
    """
    payload = dict(request.payload)
    payload["model"] = request.model
    if request.output_cap is not None:
        for field in CAP_FIELDS:
            payload.pop(field, None)
        payload[cap_field] = request.output_cap
    if stream:
        options = object_in(payload.get("stream_options"))
        payload["stream_options"] = {**options, "include_usage": True}
    restore_json_schema(payload)
    if adapt is not None:
        adapt(payload)
    if request.is_metered or payload != request.payload:
        return encoded(payload)
    return request.body


def wants_usage(payload: Mapping[str, Any]) -> bool:
    """Return whether the caller of a stream asked for the usage chunk."""
    return object_in(payload.get("stream_options")).get("include_usage") is True


def restore_json_schema(payload: dict[str, Any]) -> None:
    """Turn `{"type": "json_object", "value": schema}` back into OpenAI's `json_schema`.

    `huggingface_hub` rewrites it to TGI's grammar form when it is given a `base_url`; some
    providers call the key `schema`. The name is lost on the way.
    """
    wanted = object_in(payload.get("response_format"))
    if not wanted:
        return
    schema = object_in(wanted.get("value")) or object_in(wanted.get("schema"))
    if schema and wanted.get("type") in {"json_object", "json_schema"}:
        payload["response_format"] = {
            "type": "json_schema",
            "json_schema": {"name": "response", "schema": schema},
        }
