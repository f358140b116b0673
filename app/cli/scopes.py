"""Whose limits and budgets a command line means, and how lists name them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import typer

from app.api.v1.schemas.keys import KeyList, KeyOut
from app.cli.operator import OperatorApi
from app.cli.people import find_team, find_user, list_teams, list_users
from app.core.errors import InvalidRequestError
from app.services.admission.scopes import ScopeKind

TeamOption = Annotated[str | None, typer.Option(metavar="NAME", help="Of this team.")]
UserOption = Annotated[str | None, typer.Option(metavar="EMAIL", help="Of this user.")]
KeyOption = Annotated[
    str | None, typer.Option(metavar="ID", help="Of this key, and of those that take its place.")
]


@dataclass(frozen=True, slots=True)
class FoundScope:
    """A scope as the API knows it, and what to call it."""

    kind: ScopeKind
    id: str | None
    account_id: str | None  # of what is counted: of a key, its lineage
    name: str

    def fields(self) -> dict[str, str]:
        """Return what a request for a new limit or budget says of it."""
        named = {} if self.id is None else {"scope_id": self.id}
        return {"scope": self.kind.value, **named}


@dataclass(frozen=True, slots=True)
class ScopeWish:
    """A scope as a person names it: one of these, or none for the whole instance."""

    team: str | None
    user: str | None
    key: str | None

    def __post_init__(self) -> None:
        """Refuse several.

        Raises:
            InvalidRequestError: more than one is named.
        """
        if sum(one is not None for one in (self.team, self.user, self.key)) > 1:
            raise InvalidRequestError(
                "Name one of --team, --user and --key, or none for the whole instance."
            )

    async def find(self, api: OperatorApi) -> FoundScope:
        """Return the scope, which there must be.

        Raises:
            AppError: there is none.
        """
        if self.team is not None:
            team = await find_team(api, self.team)
            return FoundScope(ScopeKind.TEAM, team.id, team.id, f"team {team.name}")
        if self.user is not None:
            user = await find_user(api, self.user)
            return FoundScope(ScopeKind.USER, user.id, user.id, user.email)
        if self.key is not None:
            key = KeyOut.model_validate(await api.request("GET", "keys", self.key))
            return FoundScope(ScopeKind.KEY, key.id, key.lineage_id, f"key {key.name}")
        return FoundScope(ScopeKind.INSTANCE, None, None, "instance")


async def scope_names(api: OperatorApi) -> Mapping[str | None, str]:
    """Return what to call each scope there is, by its id."""
    users = {user.id: user.email for user in await list_users(api)}
    teams = {team.id: f"team {team.name}" for team in await list_teams(api)}
    keys = await api.list_all(KeyList.model_validate, "keys")
    return users | teams | {key.id: f"key {key.name}" for key in keys} | {None: "instance"}
