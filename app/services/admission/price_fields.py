"""Fields of a chat that change what it costs in ways that no price list here knows."""

from collections.abc import Mapping
from typing import Any, Final

from app.core.errors import PriceUnknownError
from app.utils.json_values import objects_in

# Priority tiers, searches billed by the use, other models at the upstream's choice, predicted
# tokens billed when rejected, sound billed by its own tokens, best of several answers.
_FIELDS: Final = (
    "service_tier",
    "web_search_options",
    "plugins",
    "models",
    "provider",
    "route",
    "transforms",
    "prediction",
    "audio",
    "best_of",
    "fallbacks",
)
_HARMLESS: Final[Mapping[str, tuple[object, ...]]] = {
    "service_tier": ("auto", "default"),
    "best_of": (1,),
}


def refuse_unpriced_fields(payload: Mapping[str, Any]) -> None:
    """Return if nothing in a chat changes its price in an unknown way.

    Raises:
        PriceUnknownError: a field does, which `param` names.
    """
    for name in _FIELDS:
        value = payload.get(name)
        if value is not None and value not in _HARMLESS.get(name, ()):
            raise _refusal(name, f"`{name}`")
    for tool in objects_in(payload.get("tools")):
        kind = tool.get("type", "function")
        if kind not in {"function", "custom"}:
            raise _refusal("tools", f"A tool of the type {kind!r}")


def _refusal(param: str, what: str) -> PriceUnknownError:
    return PriceUnknownError(
        f"{what} changes what a call costs in a way that this gateway has no price for, and a hard "
        "budget applies. Leave it out, or ask an admin about the budget.",
        param=param,
    )
