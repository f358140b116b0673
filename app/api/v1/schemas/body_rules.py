"""Rules about stored bodies on the wire."""

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from app.api.v1.schemas.budgets import ScopeId
from app.api.v1.schemas.page import PageOut
from app.core.clock import from_epoch_ms
from app.models.bodies import BodyRule
from app.services.admission.scopes import ScopeKind
from app.services.body_rules import LEAST_BYTES, MOST_BYTES, MOST_DAYS, BodyRuleWish
from app.utils.paging import Page

_Scope = Literal["team", "key"]


class BodyRuleCreate(BaseModel):
    """What an admin sends to have the requests and answers of a team or a key stored."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "scope": "team",
                    "scope_id": "team_01k9ab7xw2m4n6p8q0r2s4t6v8",
                    "max_bytes": 65_536,
                    "keep_days": 30,
                }
            ]
        },
    )

    scope: Annotated[
        _Scope, Field(description="Whose calls. The rule of a key goes before its team's.")
    ]
    scope_id: ScopeId
    max_bytes: Annotated[
        int,
        Field(
            strict=True,
            ge=LEAST_BYTES,
            le=MOST_BYTES,
            description="Of each request and each answer; the rest is cut off.",
        ),
    ] = 65_536
    keep_days: Annotated[
        int, Field(strict=True, ge=1, le=MOST_DAYS, description="Then they are deleted.")
    ] = 30

    def to_wish(self) -> BodyRuleWish:
        """Return what is asked for."""
        kind = ScopeKind(self.scope)
        return BodyRuleWish(kind, self.scope_id, self.max_bytes, self.keep_days)


class BodyRuleOut(BaseModel):
    """What is seen of a rule."""

    id: str
    scope: _Scope
    scope_id: str
    max_bytes: int
    keep_days: int
    created_at: datetime

    @classmethod
    def of(cls, rule: BodyRule) -> Self:
        """Build the wire form of a stored rule."""
        return cls.model_validate(
            {
                "id": rule.id,
                "scope": rule.scope,
                "scope_id": rule.scope_id,
                "max_bytes": rule.max_bytes,
                "keep_days": rule.keep_days,
                "created_at": from_epoch_ms(rule.created_at_ms),
            }
        )


class BodyRuleList(PageOut[BodyRuleOut]):
    """One page of rules, newest first."""

    @classmethod
    def of(cls, page: Page[BodyRule]) -> Self:
        """Build the wire form of a page."""
        return cls.build(page, BodyRuleOut.of, lambda out: out.id)
