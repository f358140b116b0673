"""Who waits, and in which order they get their turn: team by team, key by key, first come."""

from asyncio import Future
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Generic, NamedTuple, TypeVar

from app.services.admission.refusals import Refusal
from app.services.admission.scopes import ScopeKind

T = TypeVar("T")
_AT_ONCE: Final = float("-inf")
_OF_THE_WHOLE_TEAM: Final = (ScopeKind.INSTANCE, ScopeKind.TEAM)


class Place(NamedTuple):
    """Where a call queues: behind those of its key, and that in turn with its team's others."""

    team_id: str | None
    key_id: str


class Crowd(NamedTuple):
    """So many calls, with so many bytes of bodies."""

    calls: int
    size_bytes: int

    def may_grow(self, size_bytes: int, most: "Crowd") -> bool:
        """Say whether one more may come. One alone always may, however large it is."""
        return self.calls == 0 or (
            self.calls < most.calls and self.size_bytes + size_bytes <= most.size_bytes
        )


@dataclass(slots=True, eq=False)
class Waiter(Generic[T]):
    """One call that waits, and what it was last refused for: by itself or whom it queues behind."""

    place: Place
    attempt: Callable[[], T | Refusal]
    turn: "Future[T | Refusal]"
    refusal: Refusal
    opens_at: float  # when time alone may let it in, on the loop's clock
    size_bytes: int  # of what it came with, which waits with it

    @property
    def holds_up_team(self) -> bool:
        """Say whether it waits for what every call of its team needs."""
        return self.refusal.scope.kind in _OF_THE_WHOLE_TEAM


_Keys = OrderedDict[str, dict[Waiter[T], None]]  # the waiters of a key, in order


class WaitingLine(Generic[T]):
    """All calls that wait. Nobody in it has been let in, and no team or key in it is empty."""

    def __init__(self) -> None:
        """Begin with nobody."""
        self._teams: OrderedDict[str | None, _Keys[T]] = OrderedDict()  # who was served last: last
        self._crowd = Crowd(0, 0)

    def __len__(self) -> int:
        return self._crowd.calls

    @property
    def crowd(self) -> Crowd:
        """Return what waits in all."""
        return self._crowd

    def crowd_of(self, team_id: str | None) -> Crowd:
        """Return what waits of a team."""
        waiting: _Keys[T] = self._teams.get(team_id, OrderedDict())
        sizes = [waiter.size_bytes for waiters in waiting.values() for waiter in waiters]
        return Crowd(len(sizes), sum(sizes))

    def heads(self) -> Iterator[Waiter[T]]:
        """Yield who is first of its key, for every key."""
        for keys in self._teams.values():
            yield from _heads(keys)

    def ahead_of(self, place: Place) -> Waiter[T] | None:
        """Return whom a newcomer may not overtake: of its key, or held up with its whole team."""
        keys = self._teams.get(place.team_id)
        if keys is None:
            return None
        if place.key_id in keys:
            return _first(keys[place.key_id])
        return next((head for head in _heads(keys) if head.holds_up_team), None)

    def add(self, waiter: Waiter[T]) -> None:
        """Let a call queue."""
        team_id, key_id = waiter.place
        self._teams.setdefault(team_id, OrderedDict()).setdefault(key_id, {})[waiter] = None
        self._count(waiter, 1)

    def remove(self, waiter: Waiter[T]) -> None:
        """Let a call leave, if it is still there. Who was behind it may ask at once."""
        team_id, key_id = waiter.place
        keys: _Keys[T] = self._teams.get(team_id, OrderedDict())
        waiters = keys.get(key_id, {})
        if waiter not in waiters:
            return
        del waiters[waiter]
        self._count(waiter, -1)
        if waiters:
            _first(waiters).opens_at = _AT_ONCE
        else:
            del keys[key_id]
        if not keys:
            del self._teams[team_id]

    def _count(self, waiter: Waiter[T], sign: int) -> None:
        calls, size_bytes = self._crowd
        self._crowd = Crowd(calls + sign, size_bytes + sign * waiter.size_bytes)

    def serve(self, ask: Callable[[Waiter[T]], bool]) -> None:
        """Give everybody a turn who may have one now: one call of each team, and around again.

        Args:
            ask: Says whether a call is done with waiting. If it is not, it knows a refusal.
        """
        rounds = deque((team_id, self._turns(keys, ask)) for team_id, keys in self._teams.items())
        while rounds:
            team_id, turns = rounds.popleft()
            if next(turns, False):
                rounds.append((team_id, turns))
                if team_id in self._teams:
                    self._teams.move_to_end(team_id)

    def _turns(self, keys: _Keys[T], ask: Callable[[Waiter[T]], bool]) -> Iterator[bool]:
        """Yield each time that a call of a team has had its turn; one of each key, and again."""
        key_ids = deque(keys)
        while key_ids:
            key_id = key_ids.popleft()
            head = _first(keys[key_id])
            if head.turn.done() or ask(head):  # done: cancelled, and its task has not run since
                self.remove(head)
                if key_id in keys:
                    keys.move_to_end(key_id)
                    key_ids.append(key_id)
                yield True
            elif head.holds_up_team:
                _queue_behind(head, (_first(keys[other]) for other in key_ids))
                return


def _queue_behind(head: Waiter[T], others: Iterable[Waiter[T]]) -> None:
    for other in others:
        other.refusal, other.opens_at = head.refusal, head.opens_at


def _heads(keys: _Keys[T]) -> Iterator[Waiter[T]]:
    return map(_first, keys.values())


def _first(waiters: dict[Waiter[T], None]) -> Waiter[T]:
    return next(iter(waiters))
