"""How much is read of somebody who is nobody yet."""

from typing import Final

from starlette.requests import Request
from starlette.types import Message

from app.core.errors import TooLargeError

MAX_BYTES: Final = 8 * 1024


def with_small_body(request: Request) -> Request:
    """Return a request whose body is not read any further once it is too large.

    A body is parsed while everybody else waits, which nobody may ask for without a key or session.
    """
    size = 0

    async def receive() -> Message:
        nonlocal size
        message = await request.receive()
        size += len(message.get("body", b""))
        if size > MAX_BYTES:
            raise TooLargeError(
                f"The request body is over {MAX_BYTES:,} bytes, the most that is accepted here. "
                "Send less."
            )
        return message

    return Request(request.scope, receive)
