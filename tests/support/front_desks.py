"""Limits with a waiting room before them, as calls meet them."""

# pyright: reportPrivateUsage=false

import asyncio
from dataclasses import dataclass

from app.services.admission.limits import Grant, Limiter
from app.services.admission.refusals import Refusal
from app.services.admission.scopes import INSTANCE, AccountScope, ScopeKind
from app.services.admission.terms import Limit
from app.services.admission.waiting_line import Place
from app.services.admission.waiting_room import WaitingRoom
from tests.support.skipped_time import BEGINNING


def now() -> float:
    """Return how many seconds the running loop has been there for."""
    return asyncio.get_running_loop().time() - BEGINNING


def is_empty(room: WaitingRoom[Grant]) -> bool:
    """Say whether nobody is in a room, and nothing else of those who were."""
    return not room._line._teams and room._soon is None and room._timer is None


def team(name: str) -> AccountScope:
    return AccountScope(ScopeKind.TEAM, name)


def key(name: str) -> AccountScope:
    return AccountScope(ScopeKind.KEY, name)


@dataclass(eq=False)
class Visit:
    """One call: who makes it, and what has become of it."""

    key: str
    team: str = "a"
    tokens: int = 1
    seconds: float = 60.0
    size_bytes: int = 0
    attempts: int = 0
    grant: Grant | None = None
    refusal: Refusal | None = None

    @property
    def scopes(self) -> tuple[AccountScope, ...]:
        return (INSTANCE, team(self.team), key(self.key))


class FrontDesk:
    """Lets calls in, in order, and notes who came in when."""

    def __init__(self, *limits: Limit, room: WaitingRoom[Grant] | None = None) -> None:
        self.limiter = Limiter()
        self.limiter.set_terms(limits)
        self.room: WaitingRoom[Grant] = room or WaitingRoom()
        self.let_in: list[Visit] = []
        self.undone = 0

    async def visit(self, visit: Visit) -> Visit:
        """Wait for one call's turn."""

        def attempt() -> Grant | Refusal:
            visit.attempts += 1
            now = asyncio.get_running_loop().time()
            refusal = self.limiter.check(visit.scopes, visit.tokens, now)
            if refusal is not None:
                return refusal
            self.let_in.append(visit)
            return self.limiter.take(visit.scopes, visit.tokens, now)

        def undo(grant: Grant) -> None:
            self.undone += 1
            self.limiter.give_back(grant)

        place = Place(visit.team, visit.key)
        result = await self.room.wait(
            place, attempt, undo, seconds=visit.seconds, size_bytes=visit.size_bytes
        )
        if isinstance(result, Refusal):
            visit.refusal = result
        else:
            visit.grant = result
        return visit

    def leave(self, visit: Visit, used: int | None = None) -> None:
        """Let a call out."""
        assert visit.grant is not None
        self.limiter.settle(visit.grant, used, asyncio.get_running_loop().time())
        self.room.wake(visit.scopes)

    def would_fit(self, visit: Visit) -> bool:
        return self.refusal_of(visit) is None

    def refusal_of(self, visit: Visit) -> Refusal | None:
        now = asyncio.get_running_loop().time()
        return self.limiter.check(visit.scopes, visit.tokens, now)


async def turns(count: int = 10) -> None:
    """Let the other tasks go as far as they can without time passing."""
    for _ in range(count):
        await asyncio.sleep(0)
