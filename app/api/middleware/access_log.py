"""One line in the log for every request."""

import time
from typing import Final

import structlog
from starlette.types import ASGIApp, Receive, Scope, Send

from app.api.middleware.route_template import route_of
from app.core.logging import REQUEST_ANSWERED

_log: Final = structlog.stdlib.get_logger(__name__)


class AccessLog:
    """Says what was asked and how it ended, when it has ended. Paths and queries stay out of it."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap an application."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and log it afterwards."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        try:
            await self._app(scope, receive, send)
        finally:
            _log.info(REQUEST_ANSWERED, **_facts(scope, time.perf_counter() - began))


def _facts(scope: Scope, seconds: float) -> dict[str, str | float | None]:
    state = scope["state"]
    facts: dict[str, str | float | None] = {
        "method": scope["method"][:16],
        "route": route_of(scope),
        "status": state.get("status"),  # None where the client left before there was one
        "ms": round(seconds * 1000, 1),
    }
    if "error_code" in state:
        facts["error"] = state["error_code"]
    return facts
