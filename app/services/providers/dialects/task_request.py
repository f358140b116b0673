"""What of a task's request is rewritten on its way to an upstream of Hugging Face's form."""

from typing import Any

from app.services.providers.provider import ChatRequest
from app.services.tasks.work import Work
from app.utils.json_values import encoded, object_in


def outgoing_task(request: ChatRequest, work: Work, *, stream: bool) -> bytes:
    """Return the body for the upstream: the caller's own bytes where nothing has to change.

    What may change: where money is held, the cap that was held for is said, and the JSON is written
    anew, for of two fields with one name an upstream might read the other one; and a stream is
    always asked for its details, which say what it used.
    """
    told = object_in(request.payload.get("parameters"))
    added: dict[str, Any] = {}
    cap = work.task.cap
    if request.is_metered and cap is not None and told.get(cap.name) is None:
        added[cap.name] = cap.otherwise
    if stream:
        added["details"] = True
    if added:
        return encoded({**request.payload, "parameters": {**told, **added}})
    # What was measured is what is sent.
    rewrites = request.is_metered and bool(request.payload)
    return encoded(request.payload) if rewrites else request.body


def wants_details(request: ChatRequest) -> bool:
    """Return whether the caller of a stream asked for its details."""
    return object_in(request.payload.get("parameters")).get("details") is True
