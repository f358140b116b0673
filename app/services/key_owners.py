"""Whose a new key may be."""

from dataclasses import dataclass

from app.core.errors import ConflictError, InvalidRequestError
from app.db.repositories.people import People
from app.models.users import User
from app.services.access import require_admin, require_lead
from app.services.principals import Principal
from app.services.teams import TeamService
from app.services.users import UserService


@dataclass(frozen=True, slots=True)
class KeyOwner:
    """A user, perhaps with a team that is charged; or a team, which is then a service key's."""

    user_id: str | None
    team_id: str | None


class KeyOwners:
    """Finds the owner that somebody names for a new key, if they may issue one for it."""

    def __init__(self, people: People, who: Principal) -> None:
        """Take where people are, and who issues the key."""
        self._people = people
        self._who = who

    async def find(self, user_id: str | None, team_id: str | None) -> KeyOwner:
        """Return an owner. Where none is named, it is the owner of the key that asks.

        Raises:
            NotFoundError: there is no such user or team in sight.
            ForbiddenError: the caller may issue no key for it.
            ConflictError: the owner could not use it.
            InvalidRequestError: none is named, and the key that asks is nobody's.
        """
        if team_id is not None:
            await TeamService(self._people.teams, self._who).fetch_team(team_id)
        if user_id is not None:
            await self._require_user(user_id, team_id)
        elif team_id is not None:
            require_lead(
                self._who, team_id, to="issue keys of the team (send `user_id` for one of your own)"
            )
        else:
            return self._default()
        return KeyOwner(user_id, team_id)

    def _default(self) -> KeyOwner:
        owner = KeyOwner(self._who.user_id, self._who.team_id)
        if owner == KeyOwner(None, None):
            raise InvalidRequestError(
                "Say whose key it is: `user_id` for a person's, `team_id` for a team's own.",
                param="user_id",
            )
        return owner

    async def _require_user(self, user_id: str, team_id: str | None) -> None:
        user = await self._fetch_user(user_id)
        if user.disabled_at_ms is not None:
            raise ConflictError("This user is disabled, so a key would not work.", param="user_id")
        if team_id is not None and await self._people.members.get(team_id, user_id) is None:
            raise ConflictError(
                "The user is no member of this team, so no key of theirs can be charged to it.",
                param="team_id",
            )

    async def _fetch_user(self, user_id: str) -> User:
        user = await UserService(self._people.users, self._who).fetch_user(user_id)
        if user_id != self._who.user_id:
            require_admin(self._who, to="issue keys of other users")
        return user
