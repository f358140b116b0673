"""Finds users and teams by what people call them."""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from app.api.v1.schemas.teams import TeamList, TeamOut
from app.api.v1.schemas.users import UserList, UserOut
from app.cli.operator import OperatorApi
from app.core.errors import NotFoundError
from app.core.ids import is_id
from app.services.principals import UserRole
from app.services.teams import fold_name

_FIRST_ADMIN: Final[Mapping[str, str]] = {
    "email": "admin@localhost",
    "name": "Admin",
    "role": UserRole.ADMIN,
}


async def list_users(api: OperatorApi) -> Sequence[UserOut]:
    """Return every user, the newest first."""
    return await api.list_all(UserList.model_validate, "users")


async def list_teams(api: OperatorApi) -> Sequence[TeamOut]:
    """Return every team, the newest first."""
    return await api.list_all(TeamList.model_validate, "teams")


async def find_user(api: OperatorApi, wanted: str) -> UserOut:
    """Return the user with an address or id.

    Raises:
        NotFoundError: there is none.
    """
    if is_id(wanted, "user"):
        return UserOut.model_validate(await api.request("GET", "users", wanted))
    address = unicodedata.normalize("NFC", wanted.strip()).lower()
    for user in await list_users(api):
        if user.email == address:
            return user
    raise NotFoundError(f"There is no user {wanted!r}. `meterhouse users list` shows who there is.")


async def find_team(api: OperatorApi, wanted: str) -> TeamOut:
    """Return the team with a name, in whatever case, or with an id.

    Raises:
        NotFoundError: there is none.
    """
    if is_id(wanted, "team"):
        return TeamOut.model_validate(await api.request("GET", "teams", wanted))
    for team in await list_teams(api):
        if fold_name(team.name) == fold_name(wanted.strip()):
            return team
    raise NotFoundError(f"There is no team {wanted!r}. `meterhouse teams list` shows them.")


async def require_admin(api: OperatorApi) -> UserOut:
    """Return the first admin who is not disabled; where there is none, make one."""
    users = await list_users(api)
    return _oldest_admin(users) or UserOut.model_validate(
        await api.request("POST", "users", json=_FIRST_ADMIN)
    )


def _oldest_admin(users: Iterable[UserOut]) -> UserOut | None:
    admins = [one for one in users if one.role is UserRole.ADMIN and one.disabled_at is None]
    return admins[-1] if admins else None
