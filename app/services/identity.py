"""Who is calling, as they see themselves."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.db.repositories.people import People
from app.models.budgets import LimitRow
from app.models.teams import Team
from app.models.users import User
from app.services.admission.scopes import INSTANCE, scopes_of
from app.services.budget_accounts import BudgetAccount, BudgetAccounts
from app.services.principals import Principal


@dataclass(frozen=True, slots=True)
class Identity:
    """A principal with the names of what it belongs to."""

    who: Principal
    user: User | None  # None: no person's key
    teams: Sequence[Team]
    budgets: Sequence[BudgetAccount]  # those that bind the key; the instance's for admins alone
    limits: Sequence[LimitRow]  # in the same way


class IdentityService:
    """Tells callers who they are. Every good key may ask."""

    def __init__(self, people: People, who: Principal, accounts: BudgetAccounts) -> None:
        """Take where names and terms are, who asks, and what budgets have seen."""
        self._people = people
        self._who = who
        self._accounts = accounts

    async def describe(self) -> Identity:
        """Return who is calling, and what binds their key."""
        who, people = self._who, self._people
        scopes = [one for one in scopes_of(who) if one != INSTANCE or who.is_admin]
        return Identity(
            who=who,
            user=None if who.user_id is None else await people.users.get(who.user_id),
            teams=await people.teams.list_by_ids(who.member_of),
            budgets=[
                await self._accounts.open(row) for row in await people.budgets.list_binding(scopes)
            ],
            limits=await people.limits.list_binding(scopes),
        )
