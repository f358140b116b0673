"""Lets so many calls through at once; a few others wait in line, the urgent ones first."""

import asyncio
from collections import deque
from typing import Final

from app.core.errors import OverloadedError
from app.services.urgency import Urgency
from app.utils.chance import chance

MAX_WAIT_SECONDS: Final = 2.0  # who waits longer is better told so
_MAX_RETRY_AFTER_SECONDS: Final = 3.0  # from nothing up: those who wait come back one by one

_Turn = asyncio.Future[None]


class Gate:
    """Has room for so many calls, and a line for a bounded number of others.

    A more urgent call that finds the line full takes the place of the last one of the least urgent.
    """

    def __init__(
        self,
        name: str,
        room: int | None,
        *,
        max_waiting: int | None = None,
        max_wait_seconds: float = MAX_WAIT_SECONDS,
    ) -> None:
        """Begin empty.

        Args:
            name: What is behind it, for those who are turned away.
            room: How many may be inside at once. None: any number.
            max_waiting: How many may wait; as many as there is room for, unless it is said.
            max_wait_seconds: How long they do.
        """
        self._name = name
        self._room = float("inf") if room is None else room
        self._max_waiting = room or 0 if max_waiting is None else max_waiting
        self._max_wait_seconds = max_wait_seconds
        self._lines: tuple[deque[_Turn], ...] = tuple(deque() for _ in Urgency)
        self.inside = 0

    @property
    def has_room(self) -> bool:
        """Say whether a call could enter without waiting."""
        return self.inside < self._room and not any(self._lines)

    @property
    def waiting(self) -> int:
        """Return how many wait."""
        return sum(map(len, self._lines))

    async def enter(self, urgency: Urgency = Urgency.INTERACTIVE) -> None:
        """Return when a call may go on. Each that does has to `leave`.

        Raises:
            OverloadedError: the line is full, or its turn does not come in time.
        """
        if self.has_room:
            self.inside += 1
            return
        if self.waiting >= self._max_waiting and not self._make_place(urgency):
            raise self._refusal()
        await self._wait(self._lines[urgency])

    def leave(self) -> None:
        """Make room for the next one."""
        for line in self._lines:
            while line:
                turn = line.popleft()
                if not turn.done():
                    turn.set_result(None)  # who leaves hands its place over
                    return
        self.inside -= 1

    async def _wait(self, line: deque[_Turn]) -> None:
        loop = asyncio.get_running_loop()
        turn: _Turn = loop.create_future()
        line.append(turn)
        timer = loop.call_later(self._max_wait_seconds, self._turn_away, turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled() and turn.exception() is None:
                self.leave()
            raise
        finally:
            timer.cancel()
            if turn in line:
                line.remove(turn)

    def _make_place(self, urgency: Urgency) -> bool:
        """Turn away the last of those that are less urgent; return whether there was one."""
        for line in reversed(self._lines[urgency + 1 :]):
            while line:
                turn = line.pop()
                if not turn.done():
                    self._turn_away(turn)
                    return True
        return False

    def _turn_away(self, turn: _Turn) -> None:
        if not turn.done():
            turn.set_exception(self._refusal())

    def _refusal(self) -> OverloadedError:
        return OverloadedError(
            f"{self._name} has no room for this call: {self.inside} are running and "
            f"{self.waiting} wait. Try again soon.",
            retry_after_seconds=_MAX_RETRY_AFTER_SECONDS * chance(),
        )
