"""The way into the gateway for calls: so many at once, and none once it is stopping."""

import asyncio
from collections.abc import Coroutine
from typing import Final

from app.core.errors import NotReadyError
from app.services.routing.gate import Gate
from app.services.urgency import Urgency

_RESTART_SECONDS: Final = 5.0  # about what another one needs to be there


class FrontDoor:
    """Lets calls in, the urgent ones first. Whoever manages the gateway does not pass here."""

    def __init__(self, max_calls: int | None = None, closing: asyncio.Event | None = None) -> None:
        """Have room for so many calls, until `closing` is set."""
        self._closing = closing or asyncio.Event()
        self._gate = Gate("The gateway", max_calls)

    def ensure_open(self) -> None:
        """Go on, unless the gateway is about to end.

        Raises:
            NotReadyError: it takes nothing new.
        """
        if self._closing.is_set():
            raise NotReadyError(
                "The gateway is draining: it finishes what runs and takes nothing new. "
                "Try again soon.",
                retry_after_seconds=_RESTART_SECONDS,
            )

    def enter(self, urgency: Urgency) -> Coroutine[None, None, None]:
        """Return what to await at once, until a call may go on. Each that does has to `leave`.

        Raises:
            NotReadyError: the gateway is stopping.
            OverloadedError: there is no room, and none in time.
        """
        self.ensure_open()
        return self._gate.enter(urgency)

    def leave(self) -> None:
        """Make room for the next one."""
        self._gate.leave()
