"""Fields of a chat that change what it costs in ways that no price list here knows."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from app.core.errors import PriceUnknownError
from app.utils.json_values import JsonObject, objects_in

# Priority tiers and places, searches billed by the use, texts that the upstream adds by itself,
# other models at its choice, switches for whoever stands behind it, caches billed for what they
# keep, predicted tokens billed when rejected, sounds and pictures billed by their own tokens, best
# of several answers.
_FIELDS: Final = frozenset(
    {
        "service_tier",
        "speed",
        "inference_geo",
        "web_search_options",
        "web_search",
        "search_parameters",
        "search_options",
        "search_settings",
        "enable_search",
        "data_sources",
        "plugins",
        "models",
        "fallbacks",
        "preset",
        "provider",
        "route",
        "transforms",
        "extra_body",
        "google",
        "cached_content",
        "cache_control",
        "prompt_cache_options",
        "prompt_cache_retention",
        "prediction",
        "modalities",
        "audio",
        "image_config",
        "best_of",
    }
)
_HARMLESS: Final[Mapping[str, tuple[object, ...]]] = {
    "service_tier": ("auto", "default"),
    "web_search": (False,),
    "enable_search": (False,),
    "prompt_cache_retention": ("in_memory", "in-memory"),
    "modalities": (["text"],),
    "best_of": (1,),
}
_OWN_TOOLS: Final = ("function", "custom")  # those that the caller runs
_PART_FIELDS: Final = ("cache_control", "prompt_cache_breakpoint")


def refuse_unpriced_fields(payload: Mapping[str, Any]) -> None:
    """Return if nothing in a chat changes its price in an unknown way.

    Raises:
        PriceUnknownError: a field does, which `param` names.
    """
    for name, value in payload.items():
        if name in _FIELDS and value is not None and value not in _HARMLESS.get(name, ()):
            raise _refusal(name, f"`{name}`")
    tools = objects_in(payload.get("tools"))
    for tool in tools:
        kind = tool.get("type", "function")
        if kind not in _OWN_TOOLS:
            raise _refusal("tools", f"A tool of the type {kind!r}")
    _refuse_in_parts(tools, "tools")
    for index, message in enumerate(objects_in(payload.get("messages"))):
        content = message.get("content")
        if not isinstance(content, str):
            _refuse_in_parts(objects_in(content), f"messages.{index}.content")


def _refuse_in_parts(parts: Sequence[JsonObject], path: str) -> None:
    for index, part in enumerate(parts):
        for name in _PART_FIELDS:
            if part.get(name) is not None:
                raise _refusal(f"{path}.{index}", f"`{name}`")


def _refusal(param: str, what: str) -> PriceUnknownError:
    return PriceUnknownError(
        f"{what} changes what a call costs in a way that this gateway has no price for, and a hard "
        "budget applies. Leave it out, or ask an admin about the budget.",
        param=param,
    )
