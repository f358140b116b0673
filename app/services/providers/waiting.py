"""Waiting for something to happen on a connection, until a time."""

import asyncio
import math
from abc import ABC, abstractmethod


class Waiting(asyncio.Protocol, ABC):
    """What one reader or writer of a connection waits for; times are the event loop's."""

    def __init__(self) -> None:
        """Wait for nothing."""
        self._loop = asyncio.get_running_loop()
        self._waiter: asyncio.Future[None] | None = None
        self._until = math.inf  # when who waits gives up
        self._alarm: asyncio.TimerHandle | None = None
        self._alarm_at = math.inf
        self._may_write = True

    def pause_writing(self) -> None:
        """Send no more for now."""
        self._may_write = False

    def resume_writing(self) -> None:
        """Go on sending."""
        self._may_write = True
        self._wake()

    def _event(self, until: float) -> asyncio.Future[None]:
        """Return what ends when something has happened, or the time is over."""
        self._until = until
        if until < self._alarm_at:
            self._set_alarm(until)
        self._waiter = self._loop.create_future()
        return self._waiter

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    @abstractmethod
    def _give_up(self) -> None:
        """End the wait whose time is over."""

    def _set_alarm(self, at: float) -> None:
        self._cancel_alarm()
        self._alarm_at = at
        self._alarm = self._loop.call_at(at, self._ring)

    def _cancel_alarm(self) -> None:
        if self._alarm is not None:
            self._alarm.cancel()

    def _ring(self) -> None:
        """Look whether the time of who waits is over.

        An alarm is not taken back when a wait ends well. It rings too early for a later wait, and
        is set again: so nearly none of them sets one.
        """
        self._alarm, self._alarm_at = None, math.inf
        if self._waiter is None or self._waiter.done():
            return
        if self._loop.time() < self._until:
            self._set_alarm(self._until)
        else:
            self._give_up()
