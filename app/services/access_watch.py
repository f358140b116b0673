"""Learns of changes in who may do what, whichever process made them."""

import asyncio
from collections.abc import Callable
from typing import Final

import structlog

from app.core.clock import Clock
from app.core.errors import NotReadyError
from app.db.repositories.key_directory import KeyDirectory

LOOK_SECONDS: Final = 1.0
TRUST_SECONDS: Final = 5.0  # no call goes on what was certain longer ago than this

_log: Final = structlog.stdlib.get_logger(__name__)


class AccessWatch:
    """Looks whether anything has changed, and remembers since when that is certain."""

    def __init__(
        self, directory: KeyDirectory, clock: Clock, on_change: Callable[[], None]
    ) -> None:
        """Take where changes are counted, and whom to tell. Nothing is certain yet."""
        self._directory = directory
        self._clock = clock
        self._listeners = [on_change]
        self._counter: int | None = None
        self._certain_at = float("-inf")  # when the last question that was answered was asked
        self._failed_at = float("-inf")
        self._fails = False
        self._looking = asyncio.Lock()

    def is_certain(self, now: float) -> bool:
        """Say whether every change of five seconds ago and longer is known at a moment."""
        return now - self._certain_at < TRUST_SECONDS

    async def make_certain(self) -> bool:
        """Look, once for all who ask together, and say whether it is certain now.

        A process that was stopped for seconds, as a machine that sleeps is, has looked too long ago
        although the database answers.
        """
        asked_at = self._clock.monotonic()
        if self.is_certain(asked_at):
            return True
        async with self._looking:
            if not self.is_certain(asked_at) and self._failed_at < asked_at:
                await self._look()
        return self.is_certain(self._clock.monotonic())

    def also_tell(self, on_change: Callable[[], None]) -> None:
        """Tell somebody else too, from now on."""
        self._listeners.append(on_change)

    def announce(self) -> None:
        """Tell everybody that something has changed. Call it after the change is committed."""
        for on_change in self._listeners:
            on_change()

    async def look(self) -> None:
        """Look once. A database that does not answer leaves everything as it was, for a while."""
        async with self._looking:
            await self._look()

    async def _look(self) -> None:
        asked_at = self._clock.monotonic()
        try:
            counter = await self._directory.count_changes()
        except NotReadyError as error:
            if not self._fails:
                _log.warning("access_changes_unreadable", reason=error.message)
            self._fails = True
            self._failed_at = self._clock.monotonic()
            return
        if self._fails:
            _log.info("access_changes_readable")
        self._fails = False
        if counter != self._counter:
            self._counter = counter
            self.announce()
        self._certain_at = asked_at

    async def look_for_ever(self) -> None:
        """Look each second."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            await self.look()
