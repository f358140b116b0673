"""The audit log on the wire."""

from datetime import datetime
from typing import Annotated, Any, Self

from pydantic import BaseModel, Field

from app.api.v1.schemas.page import PageOut
from app.core.clock import from_epoch_ms
from app.models.audit_log import AuditRow
from app.services.audit_trail import Action
from app.services.principals import PrincipalKind
from app.utils.paging import Page

_Facts = Annotated[
    dict[str, Any] | None, Field(description="What the change is about. Never a secret.")
]


class ActorOut(BaseModel):
    """Who made a change."""

    kind: PrincipalKind
    id: Annotated[str, Field(description="Of the user; without one, of the key or credential.")]
    key_id: Annotated[str | None, Field(description="Null: a credential that is no row.")]
    name: Annotated[str, Field(description="As it was then.")]


class ObjectOut(BaseModel):
    """What was changed."""

    type: str
    id: str
    team_id: Annotated[str | None, Field(description="The team whose it is.")]


class AuditRowOut(BaseModel):
    """One change: who did what to what, when and from where."""

    id: str
    at: datetime
    actor: ActorOut
    action: Action
    object: ObjectOut
    before: _Facts
    after: _Facts
    from_ip: str | None
    request_id: str | None

    @classmethod
    def of(cls, row: AuditRow) -> Self:
        """Build the wire form of a stored row."""
        return cls(
            id=row.id,
            at=from_epoch_ms(row.at_ms),
            actor=ActorOut(
                kind=PrincipalKind(row.actor_kind),
                id=row.actor_id,
                key_id=row.actor_key_id,
                name=row.actor_name,
            ),
            action=Action(row.action),
            object=ObjectOut(type=row.object_type, id=row.object_id, team_id=row.team_id),
            before=row.before,
            after=row.after,
            from_ip=row.from_ip,
            request_id=row.request_id,
        )


class AuditLogPage(PageOut[AuditRowOut]):
    """One page of the audit log, newest first."""

    @classmethod
    def of(cls, page: Page[AuditRow]) -> Self:
        """Build the wire form of a page."""
        return cls.build(page, AuditRowOut.of, lambda out: out.id)
