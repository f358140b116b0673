"""An answer's JSON, passed on as it came."""

from collections.abc import Mapping
from typing import Final

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

_CONTENT_TYPE: Final = (b"content-type", b"application/json")


class PassedJson(Response):
    """A response that is ready as it is made: Starlette's own does 20 us of work for any kind."""

    def __init__(self, body: bytes, headers: Mapping[str, str]) -> None:
        """Take the bytes of the answer, and its headers, whose names are in lower case."""
        self.body = body
        self.status_code = 200
        self.background = None
        self.raw_headers = [
            (b"content-length", b"%d" % len(body)),
            _CONTENT_TYPE,
            *[(name.encode(), value.encode("latin-1")) for name, value in headers.items()],
        ]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        del scope, receive
        await send(
            {"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers}
        )
        await send({"type": "http.response.body", "body": self.body})
