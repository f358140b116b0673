"""How routes of tasks are shown in the API reference."""

from typing import Any, Final

from app.api.v1.translate import tags, urgency

_FILE: Final[dict[str, Any]] = {"schema": {"type": "string", "format": "binary"}}
_FORM: Final[dict[str, Any]] = {"schema": {"description": "`GET /v1/tasks` has each task's form."}}
_FILES: Final = {f"{kind}/*": _FILE for kind in ("image", "audio", "video")}
# For the decorator of a route.
SHOWN: Final[dict[str, Any]] = {
    "response_model": None,
    "responses": {
        200: {
            "description": "The answer in the form of its task, or its file.",
            "content": {"application/json": _FORM, **_FILES},
        }
    },
    "openapi_extra": {
        "parameters": [tags.PARAMETER, urgency.PARAMETER],
        "requestBody": {"required": True, "content": {"application/json": _FORM, **_FILES}},
    },
}
