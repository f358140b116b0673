"""At most how many tokens a chat can use, before anybody has counted them.

Text has at most one token a byte. Pictures, sounds and files are sent as text too, but are read as
something else: each has a bound of its own, whatever its bytes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from app.core.gateway_file import ModelBounds
from app.utils.json_values import object_in, objects_in

BYTES_PER_TOKEN: Final = 4  # of ordinary text; for estimates, never for bounds
TEMPLATE_TOKENS: Final = 256  # what a model's own template may put around the messages

_MARKS: Final = (b'"image_url"', b'"input_audio"', b'"file"')


@dataclass(frozen=True, slots=True)
class Bound:
    """At most so many tokens; and about how many, where only an estimate is wanted."""

    input_tokens: int
    output_tokens: int  # of all answers together
    likely_input_tokens: int
    cap: int | None  # to be set as the cap of each answer; None: the caller has set one


def bound_of(
    payload: Mapping[str, Any], body: bytes, terms: ModelBounds, context: int | None
) -> Bound:
    """Return the bound of a chat in OpenAI's form, which also came as `body`.

    Args:
        payload: The chat.
        body: The same, as bytes.
        terms: What the operator says of the model.
        context: How many tokens it can hold in all, where that is known.
    """
    text_bytes, parts_tokens = len(body), 0
    if any(map(body.__contains__, _MARKS)):
        text_bytes, parts_tokens = _measure_parts(payload, text_bytes, terms)
    input_tokens = text_bytes + parts_tokens + TEMPLATE_TOKENS
    likely = -(-text_bytes // BYTES_PER_TOKEN) + parts_tokens
    asked = _asked_cap(payload)
    cap = terms.default_max_output if asked is None else asked
    if context is not None:
        input_tokens = min(input_tokens, context)
        cap = min(cap, max(1, context - likely) if asked is None else context)
    choices = payload.get("n")
    count = choices if isinstance(choices, int) and choices > 0 else 1
    return Bound(input_tokens, cap * count, likely, cap if asked is None else None)


def _asked_cap(payload: Mapping[str, Any]) -> int | None:
    """Return the caller's own cap: the larger one where both names are used."""
    caps = (payload.get("max_tokens"), payload.get("max_completion_tokens"))
    return max((cap for cap in caps if isinstance(cap, int)), default=None)


def _measure_parts(
    payload: Mapping[str, Any], body_bytes: int, terms: ModelBounds
) -> tuple[int, int]:
    """Return the bytes that are text, and the bound of all parts that are not."""
    tokens = 0
    for message in objects_in(payload.get("messages")):
        for part in objects_in(message.get("content")):
            match part.get("type"):
                case "image_url":
                    source, bound = object_in(part.get("image_url")).get("url"), terms.image_tokens
                case "input_audio":
                    source, bound = (
                        object_in(part.get("input_audio")).get("data"),
                        terms.audio_tokens,
                    )
                case "file":
                    source, bound = object_in(part.get("file")).get("file_data"), terms.file_tokens
                case _:
                    continue
            tokens += bound
            body_bytes -= len(source) if isinstance(source, str) else 0
    return max(body_bytes, 0), tokens
