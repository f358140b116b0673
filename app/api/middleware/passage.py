"""What every request passes first: it gets an id, is logged and counted, its answer completed."""

import time
from typing import Final

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.dependencies.container import find_container
from app.api.middleware.request_id import HEADER, client_request_id
from app.api.middleware.route_template import route_of
from app.api.middleware.security_headers import completed
from app.core.ids import new_id
from app.core.logging import REQUEST_ANSWERED

_CLIENT_LEFT: Final = 499  # nothing was answered

_log: Final = structlog.stdlib.get_logger(__name__)


class Passage:
    """Leaves in the state of a request its `request_id`, and the `status` once it is answered.

    Paths and queries stay out of log and metrics: they may hold anything. It is one class, for
    each layer that looks at the pieces of an answer costs a stream 1 us a piece.
    """

    def __init__(self, app: ASGIApp) -> None:
        """Wrap an application."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on under its new id."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        state = scope.setdefault("state", {})
        request_id = state["request_id"] = new_id("req")
        state["client_request_id"] = client_request_id(scope["headers"])

        async def send_completed(message: Message) -> None:
            if message["type"] == "http.response.start":
                state["status"] = message["status"]
                own = (HEADER, request_id.encode())
                message["headers"] = completed(message.get("headers", ()), own)
            await send(message)

        structlog.contextvars.bind_contextvars(request_id=request_id)
        try:
            await self._app(scope, receive, send_completed)
        finally:
            _note_end(scope, time.perf_counter() - began)


def _note_end(scope: Scope, seconds: float) -> None:
    """Count a request, and write the one line that the log has for each."""
    state, route = scope["state"], route_of(scope)
    status = state.get("status")  # None where the client left before there was one
    container = find_container(scope)
    if container is not None:
        container.metrics.request_ended(
            method=scope["method"], route=route, status=status or _CLIENT_LEFT, seconds=seconds
        )
    facts: dict[str, str | float | None] = {
        "method": scope["method"][:16],
        "route": route,
        "status": status,
        "ms": round(seconds * 1000, 1),
        "request_id": state["request_id"],
    }
    if "error_code" in state:
        facts["error"] = state["error_code"]
    _log.info(REQUEST_ANSWERED, **facts)
