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

    __slots__ = ("_head", "_is_over", "_lock", "_patience", "_quiet_since", "_send", "is_open")

    def __init__(self, send: Send, head: Callable[[], Message], patience: Patience) -> None:
        """Take how to send; the head is asked for when it is to leave."""
        self._send = send
        self._head = head
        self._patience = patience
        self._lock = asyncio.Lock()
        self._quiet_since = 0.0
        self._is_over = False
        self.is_open = False  # the head has left

    async def send(
        self, piece: bytes, *, is_last: bool = False, seconds: float | None = None
    ) -> None:
        """Send a piece once what was sent before it is on its way.

        Raises:
            ClientDisconnect: the client does not read: it is as good as gone.
        """
        try:
            async with asyncio.timeout(seconds or self._patience.stall_seconds), self._lock:
                await self._send_next(piece, is_last=is_last)
        except TimeoutError:
            raise ClientDisconnect from None
        self._quiet_since = asyncio.get_running_loop().time()

    async def keep_alive(self) -> None:
        """Send a comment whenever nothing was sent for a while, until this is cancelled."""
        now, period = asyncio.get_running_loop().time, self._patience.keepalive_seconds
        left = period
        while True:
            await asyncio.sleep(left)
            left = self._quiet_since + period - now()
            if left <= 0:
                left = period
                if not self._lock.locked():  # else there is a piece, and the client is slow
                    await self.send(KEEPALIVE)

    async def _send_next(self, piece: bytes, *, is_last: bool) -> None:
        if self._is_over:
            return
        if not self.is_open:
            self.is_open = True
            await self._send(self._head())
        self._is_over = is_last
        await self._send({"type": "http.response.body", "body": piece, "more_body": not is_last})
