"""Every request gets an id of ours, and every answer says it."""

import re
from typing import Final

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.core.ids import new_id

_HEADER: Final = b"x-request-id"
_THEIRS: Final = frozenset({_HEADER, b"x-amzn-trace-id"})
_PRINTABLE: Final = re.compile(rb"[\x21-\x7e](?:[\x20-\x7e]{0,126}[\x21-\x7e])?")


class RequestId:
    """Puts `request_id` into the state of a request, and notes the status of its answer there.

    The client's own id is kept as `client_request_id`, to be found again, never trusted.
    """

    def __init__(self, app: ASGIApp) -> None:
        """Wrap an application."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on under its new id."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        state = scope.setdefault("state", {})
        request_id = state["request_id"] = new_id("req")
        state["client_request_id"] = _client_request_id(scope)
        header = (_HEADER, request_id.encode())

        async def send_with_id(message: Message) -> None:
            if message["type"] == "http.response.start":
                state["status"] = message["status"]
                kept = [pair for pair in message.get("headers", ()) if pair[0] != _HEADER]
                message["headers"] = [*kept, header]
            await send(message)

        structlog.contextvars.bind_contextvars(request_id=request_id)
        await self._app(scope, receive, send_with_id)


def _client_request_id(scope: Scope) -> str | None:
    for name, value in scope["headers"]:
        if name in _THEIRS:
            return value.decode("ascii") if _PRINTABLE.fullmatch(value) else None
    return None
