"""The route that a request was matched to, as a word of a closed set."""

from typing import Any, Final

from starlette.types import Scope

UNMATCHED: Final = "unmatched"


def route_of(scope: Scope) -> str:
    """Return the template of the matched route, such as `/v1/models/{model_id}`.

    A path is never returned: it may hold anything, in any number.
    """
    context: Any = scope.get("fastapi", {}).get("effective_route_context")
    route: Any = context or scope.get("route")
    return getattr(route, "path_format", None) or UNMATCHED
