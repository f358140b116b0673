"""Refuses requests that are too large to be read."""

from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.dependencies.container import find_container
from app.api.errors import render
from app.core.errors import (
    AppError,
    HeadTooLargeError,
    InvalidRequestError,
    TooLargeError,
    UnsupportedMediaTypeError,
)

MAX_HEAD_BYTES: Final = 32 * 1024
_NO_CONTAINER_MAX_BODY_BYTES: Final = 64 * 1024  # nothing but an error is answered then


class RequestLimits:
    """Bounds the head and the body of a request, whether its size is announced or not."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap an application."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on if it is announced small enough, and watch it if it is not."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        container = find_container(scope)
        limit = container.settings.max_body_bytes if container else _NO_CONTAINER_MAX_BODY_BYTES
        head = _Head(scope)
        refused = head.refusal(limit)
        if refused is not None:
            await render(scope, refused)(scope, receive, send)
            return
        await self._app(scope, _counted(receive, limit) if head.is_chunked else receive, send)


class _Head:
    """What the head of a request says about its size."""

    __slots__ = ("content_length", "encoding", "is_chunked", "size")

    def __init__(self, scope: Scope) -> None:
        self.size = len(scope.get("raw_path") or b"") + len(scope["query_string"])
        self.content_length, self.encoding, self.is_chunked = b"0", b"", False
        for name, value in scope["headers"]:
            self.size += len(name) + len(value)
            if name == b"content-length":
                self.content_length = value
            elif name == b"content-encoding":
                self.encoding = value
            elif name == b"transfer-encoding":
                self.is_chunked = True

    def refusal(self, limit: int) -> AppError | None:
        if self.size > MAX_HEAD_BYTES:
            return HeadTooLargeError(
                f"The URL and headers are {self.size} bytes; at most {MAX_HEAD_BYTES} are read."
            )
        if self.encoding and self.encoding.lower() != b"identity":
            return UnsupportedMediaTypeError(
                "Send the body uncompressed, without Content-Encoding."
            )
        if not self.content_length.isdigit():
            return InvalidRequestError("The Content-Length is not a number.")
        # Compared by length first: a number of many digits is slow to read.
        if len(self.content_length) > len(str(limit)) + 20 or int(self.content_length) > limit:
            return _too_large(limit)
        return None


def _counted(receive: Receive, limit: int) -> Receive:
    seen = 0

    async def receive_counted() -> Message:
        nonlocal seen
        message = await receive()
        if message["type"] == "http.request":
            seen += len(message.get("body", b""))
            if seen > limit:
                raise _too_large(limit)
        return message

    return receive_counted


def _too_large(limit: int) -> TooLargeError:
    return TooLargeError(
        f"The request body is over {limit:,} bytes, the most that is accepted. "
        "Send less, or ask whoever runs this gateway to raise METERHOUSE_MAX_BODY_BYTES."
    )
