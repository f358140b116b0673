"""An instance, its teams, their users, their keys, with a random budget on nearly each."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

from app.core.money import usd_of
from tests.faults.callers import Caller
from tests.faults.gateways import Admin
from tests.faults.ledger_file import LedgerFile

_WITHOUT_BUDGET: Final = 0.2  # of the scopes


@dataclass(frozen=True, slots=True)
class Node:
    """One scope, with its budget where it has one."""

    budget_id: str | None
    parts: Sequence["Node"] = ()
    caller: Caller | None = None  # of a key

    @property
    def callers(self) -> Sequence[Caller]:
        """Return who calls, here and below."""
        below = [caller for part in self.parts for caller in part.callers]
        return below if self.caller is None else [self.caller]

    def most(self, wanted: Callable[[Caller], int], left: Callable[[str], int]) -> int:
        """Return how many calls fit, where so many are wanted and so many are left."""
        fit = sum(part.most(wanted, left) for part in self.parts)
        if self.caller is not None:
            fit = wanted(self.caller)
        return fit if self.budget_id is None else min(fit, left(self.budget_id))


class Tree:
    """Made over the API. All calls hold the same amount."""

    def __init__(self, admin: Admin, random: Random, hold_nusd: int) -> None:
        """Take who makes it, what decides, and what a call holds."""
        self._admin = admin
        self._random = random
        self._hold_nusd = hold_nusd
        self._caps: dict[str, int] = {}
        self.root = Node(None)

    async def grow(self) -> None:
        """Make all of it."""
        teams = [await self._team(name) for name in ("red", "blue")]
        self.root = Node(await self._budget("instance", None, 25, 50), teams)

    def fitting(self, callers: Sequence[Caller], ledger: LedgerFile) -> int:
        """Return how many calls must be let in, where each of these makes one."""
        used = {one.budget_id: one.held_nusd + one.settled_nusd for one in ledger.periods()}

        def left(budget_id: str) -> int:
            return (self._caps[budget_id] - used.get(budget_id, 0)) // self._hold_nusd

        return self.root.most(callers.count, left)

    async def _team(self, name: str) -> Node:
        team = await self._admin.create("/v1/teams", name=name)
        users = [await self._user(f"{name}-{number}", team["id"]) for number in range(2)]
        return Node(await self._budget("team", team["id"], 10, 30), users)

    async def _user(self, name: str, team_id: str) -> Node:
        user = await self._admin.create("/v1/users", email=f"{name}@example.com", name=name)
        await self._admin.create(f"/v1/teams/{team_id}/members", user_id=user["id"])
        keys = [await self._key(user["id"], team_id) for _ in range(2)]
        return Node(await self._budget("user", user["id"], 6, 18), keys)

    async def _key(self, user_id: str, team_id: str) -> Node:
        caller, key_id = await self._admin.caller(user_id=user_id, team_id=team_id)
        return Node(await self._budget("key", key_id, 3, 12), caller=caller)

    async def _budget(self, scope: str, scope_id: str | None, least: int, most: int) -> str | None:
        """Create a budget that fits some calls and a bit, or none."""
        if self._random.random() < _WITHOUT_BUDGET:
            return None
        cap_nusd = int(self._random.uniform(least, most) * self._hold_nusd)
        budget_id = await self._admin.budget(scope, scope_id, usd_of(cap_nusd))
        self._caps[budget_id] = cap_nusd
        return budget_id
