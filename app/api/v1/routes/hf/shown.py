"""How routes of tasks are shown in the API reference."""

from typing import Any, Final

from app.api.task_forms import (
    ANSWER,
    REQUEST,
    REQUEST_WITH_MODEL,
    ref_to,
    samples,
)
from app.api.v1.translate import tags, urgency

_FILE: Final[dict[str, Any]] = {"schema": {"type": "string", "format": "binary"}}
_FILES: Final = {f"{kind}/*": _FILE for kind in ("image", "audio", "video")}
_EVENTS: Final = {"schema": {"type": "string", "description": "The tokens of a streamed text."}}


def _shown(request: str, *, with_model: bool) -> dict[str, Any]:
    body = {"schema": ref_to(request), "examples": samples(with_model=with_model)}
    return {
        "response_model": None,
        "responses": {
            200: {
                "description": "The answer in the form of its task, or its file.",
                "content": {
                    "application/json": {"schema": ref_to(ANSWER)},
                    "text/event-stream": _EVENTS,
                    **_FILES,
                },
            }
        },
        "openapi_extra": {
            "parameters": [tags.PARAMETER, urgency.PARAMETER],
            "requestBody": {"required": True, "content": {"application/json": body, **_FILES}},
        },
    }


# For the decorator of a route: one whose URL names the model, and one whose body may.
SHOWN: Final = _shown(REQUEST, with_model=False)
SHOWN_WITH_MODEL: Final = _shown(REQUEST_WITH_MODEL, with_model=True)
