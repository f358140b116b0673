"""The way to the client of a stream: one message after another, and none for too long."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from starlette.requests import ClientDisconnect
from starlette.types import Message, Send

from app.core.config import Settings

KEEPALIVE: Final = b": keepalive\n\n"


@dataclass(frozen=True, slots=True)
class Patience:
    """How long there may be nothing, in seconds."""

    stall_seconds: float  # that the client reads
    keepalive_seconds: float  # that it is sent


def patience_of(settings: Settings) -> Patience:
    """Return how long there may be nothing, as it is set."""
    return Patience(settings.client_stall_seconds, settings.keepalive_seconds)


class EventLine:
    """Sends the head of an answer with its first piece, and a comment where no piece comes."""

    __slots__ = (
        *("_freed", "_head", "_is_over", "_loop", "_patience", "_quiet_since", "_send"),
        *("_sending_since", "is_open", "is_stuck"),
    )

    def __init__(self, send: Send, head: Callable[[], Message], patience: Patience) -> None:
        """Take how to send; the head is asked for when it is to leave."""
        self._send = send
        self._head = head
        self._patience = patience
        self._loop = asyncio.get_running_loop()
        self._freed: asyncio.Event | None = None  # made by whoever waits for the piece before
        self._quiet_since = self._loop.time()
        self._sending_since: float | None = None
        self._is_over = False
        self.is_open = False  # the head has left
        self.is_stuck = False  # the client does not read

    async def send(self, piece: bytes, *, is_last: bool = False) -> None:
        """Send a piece once what was sent before it is on its way."""
        while self._sending_since is not None:
            self._freed = self._freed or asyncio.Event()
            await self._freed.wait()
        if self._is_over:
            return
        self._is_over = is_last
        self._sending_since = self._loop.time()
        try:
            if not self.is_open:
                self.is_open = True
                await self._send(self._head())
            await self._send(
                {"type": "http.response.body", "body": piece, "more_body": not is_last}
            )
        finally:
            self._quiet_since, self._sending_since = self._sending_since, None
            if self._freed is not None:
                self._freed.set()
                self._freed = None

    async def watch(self) -> None:
        """Send a comment whenever nothing was sent for a while, until this is cancelled.

        Raises:
            ClientDisconnect: the client does not read: it is as good as gone.
        """
        patience = self._patience
        while True:
            now, sending_since = self._loop.time(), self._sending_since
            if sending_since is None:
                left = self._quiet_since + patience.keepalive_seconds - now
                if left <= 0:
                    await self._send_comment()
                    continue
            else:
                left = sending_since + patience.stall_seconds - now
                if left <= 0:
                    self.is_stuck = True
                    raise ClientDisconnect
            await asyncio.sleep(min(left, patience.stall_seconds))

    async def _send_comment(self) -> None:
        """Send a comment, within the time that a piece has.

        Raises:
            ClientDisconnect: the client does not read.
        """
        try:
            async with asyncio.timeout(self._patience.stall_seconds):
                await self.send(KEEPALIVE)
        except TimeoutError:
            self.is_stuck = True
            raise ClientDisconnect from None
