"""Who is calling, as they see themselves."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.db.repositories.people import People
from app.models.teams import Team
from app.models.users import User
from app.services.principals import Principal


@dataclass(frozen=True, slots=True)
class Identity:
    """A principal with the names of what it belongs to."""

    who: Principal
    user: User | None  # None: no person's key
    teams: Sequence[Team]


class IdentityService:
    """Tells callers who they are. Every good key may ask."""

    def __init__(self, people: People, who: Principal) -> None:
        """Take where names are, and who asks."""
        self._people = people
        self._who = who

    async def describe(self) -> Identity:
        """Return who is calling."""
        who = self._who
        user = None if who.user_id is None else await self._people.users.get(who.user_id)
        return Identity(who, user, await self._people.teams.list_by_ids(who.member_of))
