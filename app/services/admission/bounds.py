"""At most how many tokens a chat can use, before anybody has counted them.

Text has at most one token a byte. Pictures, sounds and files are sent as text too, but are read as
something else: each has a bound of its own, whatever its bytes.
"""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from app.core.gateway_models import ModelBounds
from app.services.prices.quote import Context
from app.utils.json_values import JsonObject, object_in, objects_in

BYTES_PER_TOKEN: Final = 4  # of ordinary text; for estimates, never for bounds
TEMPLATE_TOKENS: Final = 256  # what a model's own template may put around the messages

_TEXTS: Final = ("text", "refusal", "input_text", "output_text", "thinking")  # kinds of parts


class Bound(NamedTuple):
    """At most so many tokens; and about how many, where only an estimate is wanted."""

    input_tokens: int
    output_tokens: int  # of all answers together
    likely_input_tokens: int
    cap: int  # of each answer


def bound_of(
    payload: Mapping[str, Any], size_bytes: int, terms: ModelBounds, context: Context
) -> Bound:
    """Return the bound of a chat in OpenAI's form.

    Args:
        payload: The chat.
        size_bytes: How long it is at most, as it came and as it is sent.
        terms: What the operator says of the model.
        context: How many tokens it can hold in all.
    """
    text_bytes, parts_tokens = _measure(payload, size_bytes, terms)
    input_tokens = text_bytes + parts_tokens + TEMPLATE_TOKENS
    likely = -(-text_bytes // BYTES_PER_TOKEN) + parts_tokens
    cap = _asked_cap(payload)
    if cap is None:
        cap = terms.default_max_output
        if context.smallest is not None:
            cap = min(cap, max(1, context.smallest - likely))
    if context.largest is not None:
        input_tokens, cap = min(input_tokens, context.largest), min(cap, context.largest)
    choices = payload.get("n")
    count = choices if isinstance(choices, int) and choices > 0 else 1
    return Bound(input_tokens, cap * count, likely, cap)


def _asked_cap(payload: Mapping[str, Any]) -> int | None:
    """Return the caller's own cap: the larger one where both names are used."""
    cap, other = payload.get("max_tokens"), payload.get("max_completion_tokens")
    if not isinstance(other, int):
        return cap if isinstance(cap, int) else None
    return max(cap, other) if isinstance(cap, int) else other


def _measure(payload: Mapping[str, Any], size_bytes: int, terms: ModelBounds) -> tuple[int, int]:
    """Return how many bytes are text, and the bound of everything that is not."""
    tokens = 0
    for message in objects_in(payload.get("messages")):
        if message.get("audio") is not None:  # an answer that was spoken before
            tokens += terms.audio_tokens
        for field in ("content", "images"):
            parts = message.get(field)
            if parts is None or isinstance(parts, str):
                continue
            for part in objects_in(parts):
                source, bound = _measure_part(part, terms)
                tokens += bound
                size_bytes -= len(source) if isinstance(source, str) else 0
    return max(size_bytes, 0), tokens


def _measure_part(part: JsonObject, terms: ModelBounds) -> tuple[object, int]:
    """Return what of a part is not read as text, and its bound. What is unknown may be anything."""
    match part.get("type"):
        case str(kind) if kind in _TEXTS:
            return None, 0
        case "image_url":
            return object_in(part.get("image_url")).get("url"), terms.image_tokens
        case "input_audio":
            return object_in(part.get("input_audio")).get("data"), terms.audio_tokens
        case "file":
            return object_in(part.get("file")).get("file_data"), terms.file_tokens
        case _:
            return None, max(terms.image_tokens, terms.audio_tokens, terms.file_tokens)
