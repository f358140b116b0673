"""Refuses requests that are too large to be read, or do not come to an end."""

import asyncio
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.dependencies.container import find_container
from app.api.errors import render
from app.core.errors import (
    AppError,
    HeadTooLargeError,
    InvalidRequestError,
    RequestTimeoutError,
    TooLargeError,
    UnsupportedMediaTypeError,
)

MAX_HEAD_BYTES: Final = 32 * 1024
# Nothing but an error is answered without a container.
_NO_CONTAINER_MAX_BODY_BYTES: Final = 64 * 1024
_NO_CONTAINER_STALL_SECONDS: Final = 10.0


class RequestLimits:
    """Bounds the head and the body of a request, and the time in which nothing of it comes."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap an application."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on if it is announced small enough, and watch it come."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        container = find_container(scope)
        limit, stall_seconds = (
            (container.settings.max_body_bytes, container.settings.client_stall_seconds)
            if container
            else (_NO_CONTAINER_MAX_BODY_BYTES, _NO_CONTAINER_STALL_SECONDS)
        )
        refused = _Head(scope).refusal(limit)
        if refused is not None:
            await render(scope, refused)(scope, receive, send)
            return
        await self._app(scope, _bounded(receive, limit, stall_seconds), send)


class _Head:
    """What the head of a request says about its size."""

    __slots__ = ("content_length", "encoding", "size")

    def __init__(self, scope: Scope) -> None:
        self.size = len(scope.get("raw_path") or b"") + len(scope["query_string"])
        self.content_length, self.encoding = b"0", b""
        for name, value in scope["headers"]:
            self.size += len(name) + len(value)
            if name == b"content-length":
                self.content_length = value
            elif name == b"content-encoding":
                self.encoding = value

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


def _bounded(receive: Receive, limit: int, stall_seconds: float) -> Receive:
    """Return what receives a request's body within its bounds, and then what comes after it."""
    size, is_whole = 0, False

    async def receive_bounded() -> Message:
        nonlocal size, is_whole
        if is_whole:
            return await receive()
        try:
            async with asyncio.timeout(stall_seconds):
                message = await receive()
        except TimeoutError:
            raise _too_slow(stall_seconds) from None
        size += len(message.get("body", b""))
        is_whole = not message.get("more_body", False)
        if size > limit:
            raise _too_large(limit)
        return message

    return receive_bounded


def _too_slow(stall_seconds: float) -> RequestTimeoutError:
    return RequestTimeoutError(
        f"Nothing more of the request body has come for {stall_seconds:g} s. Send it again, or ask "
        "whoever runs this gateway to raise METERHOUSE_CLIENT_STALL_SECONDS.",
        headers={"connection": "close"},
    )


def _too_large(limit: int) -> TooLargeError:
    return TooLargeError(
        f"The request body is over {limit:,} bytes, the most that is accepted. "
        "Send less, or ask whoever runs this gateway to raise METERHOUSE_MAX_BODY_BYTES."
    )
