"""A response that comes slowly, may break off, and notices a client that leaves."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from app.simulator.journal import Outcome, SeenCall
from app.utils.background import running_beside


@dataclass(frozen=True, slots=True)
class Pace:
    """Waits in seconds: before the status line, and before each part of the body."""

    start_seconds: float = 0.0
    part_seconds: float = 0.0


class PacedResponse(Response):
    """Sends parts one after another.

    With `breaks_off` the end of the body is never sent; then the server closes the connection.
    """

    def __init__(
        self,
        parts: Sequence[bytes],
        seen: SeenCall,
        *,
        pace: Pace,
        breaks_off: bool = False,
        status_code: int = 200,
        headers: Mapping[str, str],
    ) -> None:
        super().__init__(status_code=status_code)
        del self.headers["content-length"]  # of an empty body
        self.headers.update(headers)
        self._parts = parts
        self._seen = seen
        self._pace = pace
        self._breaks_off = breaks_off
        seen.status = status_code

    async def __call__(
        self,
        scope: Scope,  # noqa: ARG002 - the signature is Starlette's
        receive: Receive,
        send: Send,
    ) -> None:
        """Send the response, unless the client leaves before its end."""
        try:
            async with running_beside(_until_gone(receive)):
                await self._send_all(send)
        except ClientDisconnect:
            self._seen.outcome = Outcome.LEFT

    async def _send_all(self, send: Send) -> None:
        await asyncio.sleep(self._pace.start_seconds)
        await send(
            {
                "type": "http.response.start",
                "status": self.status_code,
                "headers": self.raw_headers,
            }
        )
        for part in self._parts:
            await asyncio.sleep(self._pace.part_seconds)
            await send({"type": "http.response.body", "body": part, "more_body": True})
            self._seen.events_sent += 1
        if self._breaks_off:
            self._seen.outcome = Outcome.CUT
            return
        # Noted first: who has read the end may ask for the journal at once.
        self._seen.outcome = Outcome.FINISHED
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    raise ClientDisconnect
