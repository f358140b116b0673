"""Writes down who changed what, in the transaction that changes it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from app.core.clock import Clock, epoch_ms
from app.core.ids import new_id
from app.db.repositories.people import People
from app.models.audit_log import AuditRow
from app.services.principals import Principal, PrincipalKind

Facts = Mapping[str, Any]


class Action(StrEnum):
    """Everything that is written down. The word before the point is the kind of its object."""

    USER_CREATE = "user.create"
    USER_UPDATE = "user.update"
    USER_DISABLE = "user.disable"
    USER_ENABLE = "user.enable"
    USER_RESET_PASSWORD = "user.reset_password"  # noqa: S105 - not a password
    USER_DELETE = "user.delete"
    USER_SIGN_IN = "user.sign_in"
    USER_SIGN_IN_FAILED = "user.sign_in_failed"  # once a minute at most, with how often it was
    USER_SIGN_IN_LINK = "user.sign_in_link"  # somebody can sign in with it
    USER_SIGN_OUT = "user.sign_out"
    USER_CHANGE_PASSWORD = "user.change_password"  # noqa: S105 - not a password
    TEAM_CREATE = "team.create"
    TEAM_UPDATE = "team.update"
    TEAM_DELETE = "team.delete"
    MEMBER_ADD = "member.add"
    MEMBER_UPDATE = "member.update"
    MEMBER_REMOVE = "member.remove"
    KEY_CREATE = "key.create"
    KEY_ROTATE = "key.rotate"
    KEY_REVOKE = "key.revoke"
    BUDGET_CREATE = "budget.create"
    BUDGET_UPDATE = "budget.update"
    BUDGET_ARCHIVE = "budget.archive"
    LIMIT_CREATE = "limit.create"
    LIMIT_UPDATE = "limit.update"
    LIMIT_DELETE = "limit.delete"
    PRICE_CREATE = "price.create"
    PRICE_IMPORT = "price.import"
    PRICE_DELETE = "price.delete"
    MODEL_CREATE = "model.create"
    MODEL_UPDATE = "model.update"
    MODEL_DELETE = "model.delete"
    UPSTREAM_DRAIN = "upstream.drain"
    UPSTREAM_RESTORE = "upstream.restore"
    BODY_RULE_CREATE = "body_rule.create"
    BODY_RULE_DELETE = "body_rule.delete"
    BODY_READ = "body.read"  # nothing is changed, but somebody has seen what users wrote


@dataclass(frozen=True, slots=True)
class Actor:
    """Who makes a change, and from where."""

    principal: Principal
    from_ip: str | None = None
    request_id: str | None = None


class AuditTrail:
    """Takes down each change of one transaction, and tells every process that there was one."""

    def __init__(self, people: People, clock: Clock, actor: Actor) -> None:
        """Take where rows and names are, what time it is, and who makes the changes."""
        self._people = people
        self._clock = clock
        self._actor = actor
        self.has_recorded = False

    @property
    def who(self) -> Principal:
        """Return who makes the changes."""
        return self._actor.principal

    async def record(
        self,
        action: Action,
        object_id: str,
        *,
        team_id: str | None = None,
        before: Facts | None = None,
        after: Facts | None = None,
    ) -> None:
        """Write one change down. The facts hold no secret, and nothing that is made of one."""
        who = self._actor.principal
        kind = PrincipalKind.USER if who.kind is PrincipalKind.SESSION else who.kind
        await self._people.audit_log.add(
            AuditRow(
                id=new_id("audit"),
                at_ms=epoch_ms(self._clock.now()),
                actor_kind=kind.value,
                actor_id=who.user_id or who.key_id,
                actor_key_id=who.key_id if who.is_key else None,
                actor_name=await self._name(who),
                action=action.value,
                object_type=action.partition(".")[0],
                object_id=object_id,
                team_id=team_id,
                before=None if before is None else dict(before),
                after=None if after is None else dict(after),
                from_ip=self._actor.from_ip,
                request_id=self._actor.request_id,
            )
        )
        await self._people.changes.bump_access()
        self.has_recorded = True

    async def _name(self, who: Principal) -> str:
        """Return the name of the person; where there is none, that of the key."""
        user = None if who.user_id is None else await self._people.users.get(who.user_id)
        return who.name if user is None else user.name
