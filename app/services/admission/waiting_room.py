"""Where calls wait for their turn that are refused only for now."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from typing import Any, Final, Generic, NamedTuple, TypeVar

from app.services.admission.refusals import Refusal
from app.services.admission.scopes import AccountScope
from app.services.admission.waiting_line import Crowd, Place, Waiter, WaitingLine

T = TypeVar("T")
_MOST: Final = Crowd(1_000, 64 * 1024 * 1024)
_MOST_OF_A_TEAM: Final = Crowd(200, 16 * 1024 * 1024)
_SOONEST_SECONDS: Final = 0.005  # loops round times, and nobody feels this


class _Freed(NamedTuple):
    """Which waiters have a reason to ask again."""

    scopes: frozenset[AccountScope] | None  # None: any
    now: float

    def concerns(self, waiter: Waiter[Any]) -> bool:
        """Say whether somebody made room where it was refused, or time did."""
        return (
            self.scopes is None
            or waiter.refusal.scope in self.scopes
            or waiter.opens_at <= self.now
        )


class WaitingRoom(Generic[T]):
    """Lets calls wait instead of being refused, in turn by team and by key.

    Nobody overtakes a call of its own key, nor one of its own team that waits for what the whole
    team needs. A call that may not wait takes what is free. One event loop uses it.
    """

    def __init__(self, *, most: Crowd = _MOST, most_of_a_team: Crowd = _MOST_OF_A_TEAM) -> None:
        """Begin with nobody in it. Who comes when it is full is refused as if it had waited."""
        self._most = most
        self._most_of_a_team = most_of_a_team
        self._line: WaitingLine[T] = WaitingLine()
        self._freed: set[AccountScope] | None = set()
        self._soon: asyncio.Handle | None = None
        self._timer: asyncio.TimerHandle | None = None

    async def wait(
        self,
        place: Place,
        attempt: Callable[[], T | Refusal],
        undo: Callable[[T], object],
        *,
        seconds: float,
        size_bytes: int = 0,
    ) -> T | Refusal:
        """Return what an attempt got, at once or when its turn has come, or why it got nothing.

        Args:
            place: Whose call it is.
            attempt: Takes what the call needs, or changes nothing and says who is in the way. An
                error that it raises ends the wait.
            undo: Gives it back: the call was cancelled the moment it got it.
            seconds: How long it may wait.
            size_bytes: How much memory waits with it.
        """
        ahead = self._line.ahead_of(place) if seconds > 0 else None
        result = attempt() if ahead is None else ahead.refusal
        if not isinstance(result, Refusal) or seconds <= 0:
            return result
        loop = asyncio.get_running_loop()
        opens_at = ahead.opens_at if ahead else loop.time() + result.retry_after_seconds
        waiter = Waiter(place, attempt, loop.create_future(), result, opens_at, size_bytes)
        if self._is_full_for(waiter):
            return _refusal_at(waiter, loop.time())
        self._line.add(waiter)
        self._come_back_at(loop, opens_at)
        deadline = loop.call_later(seconds, self._give_up, waiter)
        try:
            return await waiter.turn
        except asyncio.CancelledError:
            _take_back(waiter, undo)
            self.wake()
            raise
        finally:
            deadline.cancel()
            self._leave(waiter)

    def wake(self, scopes: Iterable[AccountScope] | None = None) -> None:
        """Let those try again who were refused by one of these scopes, or by any.

        Call it whenever something is given back or a limit changes.
        """
        if not self._line:
            return
        if scopes is None:
            self._freed = None
        elif self._freed is not None:
            self._freed.update(scopes)
        if self._soon is None:
            loop = asyncio.get_running_loop()
            self._soon = loop.call_soon(self._serve, loop)

    def _serve(self, loop: asyncio.AbstractEventLoop) -> None:
        """Give a turn to whoever may have one now, and come back when the next one may."""
        self._rest()
        freed = _Freed(None if self._freed is None else frozenset(self._freed), loop.time())
        self._freed = set()
        self._line.serve(partial(_ask, freed))
        for head in self._line.heads():
            self._come_back_at(loop, head.opens_at)

    def _come_back_at(self, loop: asyncio.AbstractEventLoop, moment: float) -> None:
        moment = max(moment, loop.time() + _SOONEST_SECONDS)
        if self._timer is not None and self._timer.when() <= moment:
            return
        if self._timer is not None:
            self._timer.cancel()
        self._timer = loop.call_at(moment, self._serve, loop)

    def _give_up(self, waiter: Waiter[T]) -> None:
        loop = asyncio.get_running_loop()
        if waiter.opens_at <= loop.time():  # its time has come together with its end
            self._serve(loop)
        if not waiter.turn.done():
            waiter.turn.set_result(_refusal_at(waiter, loop.time()))
            self.wake((waiter.refusal.scope,))
            self._leave(waiter)

    def _leave(self, waiter: Waiter[T]) -> None:
        self._line.remove(waiter)
        if not self._line:
            self._rest()

    def _rest(self) -> None:
        for handle in (self._soon, self._timer):
            if handle is not None:
                handle.cancel()
        self._soon = self._timer = None

    def _is_full_for(self, waiter: Waiter[T]) -> bool:
        team = self._line.crowd_of(waiter.place.team_id)
        size_bytes = waiter.size_bytes
        return not (
            self._line.crowd.may_grow(size_bytes, self._most)
            and team.may_grow(size_bytes, self._most_of_a_team)
        )


def _ask(freed: _Freed, waiter: Waiter[Any]) -> bool:
    """Return whether a waiter is done with waiting: it got what it needs, or failed."""
    if not freed.concerns(waiter):
        return False
    try:
        result = waiter.attempt()
    except Exception as error:  # noqa: BLE001 - whoever waits is told, and the others go on
        waiter.turn.set_exception(error)
        return True
    if isinstance(result, Refusal):
        waiter.refusal, waiter.opens_at = result, freed.now + result.retry_after_seconds
        return False
    waiter.turn.set_result(result)
    return True


def _refusal_at(waiter: Waiter[Any], now: float) -> Refusal:
    """Return what a waiter was last refused for, with what is left of the time since."""
    return replace(waiter.refusal, retry_after_seconds=max(0.0, waiter.opens_at - now))


def _take_back(waiter: Waiter[T], undo: Callable[[T], object]) -> None:
    """Give back what a waiter got that was cancelled before it heard of it."""
    turn = waiter.turn
    if turn.cancelled() or not turn.done() or turn.exception() is not None:
        return
    result = turn.result()
    if not isinstance(result, Refusal):
        undo(result)
