"""Who is calling, on the wire."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import BaseModel, Field

from app.api.v1.schemas.budgets import BudgetMode, mode_of
from app.api.v1.schemas.fields import moment
from app.api.v1.schemas.limits import LimitOut
from app.api.v1.schemas.users import UserOut
from app.core.money import usd_of
from app.services.admission.scopes import ScopeKind
from app.services.admission.terms import Period
from app.services.budget_accounts import BudgetAccount
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


class MyBudget(BaseModel):
    """A budget that the calls of the key count into."""

    id: str
    scope: ScopeKind
    scope_id: Annotated[str | None, Field(description="Null: the whole instance.")]
    period: Period
    mode: BudgetMode
    cap_usd: float
    left_usd: Annotated[float, Field(description="What neither is spent nor held.")]
    resets_at: Annotated[datetime | None, Field(description="Null: it does not begin anew.")]

    @classmethod
    def of(cls, account: BudgetAccount) -> Self:
        """Build the wire form of a budget, as those see it whom it binds."""
        row = account.row
        return cls(
            id=row.id,
            scope=ScopeKind(row.scope),
            scope_id=row.scope_id or None,
            period=Period(row.period),
            mode=mode_of(account),
            cap_usd=usd_of(row.cap_nusd),
            left_usd=usd_of(account.left_nusd),
            resets_at=moment(account.resets_at_ms),
        )


class MeOut(BaseModel):
    """Who is calling, what they may do, and what binds their key."""

    user: Annotated[UserOut | None, Field(description="Null: the key is no person's.")]
    key: MyKey
    is_admin: bool
    teams: list[MyTeam]
    budgets: Annotated[
        list[MyBudget],
        Field(description="Of the key, its user and its team; admins see the instance's too."),
    ]
    limits: Annotated[list[LimitOut], Field(description="In the same way.")]

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
            budgets=[MyBudget.of(account) for account in identity.budgets],
            limits=[LimitOut.of(limit) for limit in identity.limits],
        )
