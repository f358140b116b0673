"""Who is calling, on the wire."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import BaseModel, Field

from app.api.v1.schemas.fields import moment
from app.api.v1.schemas.users import UserOut
from app.services.identity import Identity
from app.services.principals import PrincipalKind, Scope, TeamRole


class MyKey(BaseModel):
    """The key behind this very request."""

    id: str
    name: str
    kind: PrincipalKind
    scopes: list[Scope]
    team_id: Annotated[str | None, Field(description="The team that its calls are charged to.")]
    allowed_models: Annotated[
        list[str] | None, Field(description="Names, with `*` for any text. Null: every model.")
    ]
    tags: Annotated[dict[str, str], Field(description="Put on every call of the key.")]
    expires_at: datetime | None


class MyTeam(BaseModel):
    """A team that the caller belongs to."""

    id: str
    name: str
    role: TeamRole


class MeOut(BaseModel):
    """Who is calling, and what they may do."""

    user: Annotated[UserOut | None, Field(description="Null: the key is no person's.")]
    key: MyKey
    is_admin: bool
    teams: list[MyTeam]

    @classmethod
    def of(cls, identity: Identity) -> Self:
        """Build the wire form of whoever calls."""
        who = identity.who
        return cls(
            user=None if identity.user is None else UserOut.of(identity.user),
            key=MyKey(
                id=who.key_id,
                name=who.name,
                kind=who.kind,
                scopes=sorted(who.scopes),
                team_id=who.team_id,
                allowed_models=None if who.allowed_models is None else [*who.allowed_models],
                tags=dict(who.tags),
                expires_at=moment(who.expires_at_ms),
            ),
            is_admin=who.is_admin,
            teams=[
                MyTeam(
                    id=team.id,
                    name=team.name,
                    role=TeamRole.LEAD if team.id in who.leads else TeamRole.MEMBER,
                )
                for team in identity.teams
            ],
        )
