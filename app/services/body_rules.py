"""Rules that say whose requests and answers are stored, and what an admin does with them."""

from dataclasses import dataclass
from typing import Any, Final

from app.core.clock import Clock, epoch_ms
from app.core.errors import ConflictError, NotFoundError
from app.core.ids import new_id
from app.db.repositories.body_rules import BodyRuleRepository
from app.db.repositories.people import People
from app.models.bodies import BodyRule
from app.services.access import require_admin
from app.services.account_scopes import AccountScopes
from app.services.admission.scopes import ScopeKind
from app.services.audit_trail import Action, AuditTrail
from app.services.pages import require_start
from app.utils.paging import Cursor, Page, cut

LEAST_BYTES: Final = 1_024
MOST_BYTES: Final = 256 * 1_024  # what takes longer to look through would hold up other calls
MOST_DAYS: Final = 3_650


@dataclass(frozen=True, slots=True)
class BodyRuleWish:
    """What is asked for in a new rule."""

    scope: ScopeKind
    scope_id: str
    max_bytes: int
    keep_days: int


class BodyRuleService:
    """Shows rules to admins."""

    def __init__(self, rules: BodyRuleRepository) -> None:
        """Take where rules are."""
        self._rules = rules

    async def list_page(self, cursor: Cursor) -> Page[BodyRule]:
        """Return rules, newest first.

        Raises:
            InvalidRequestError: the page begins after something that is no rule's id.
        """
        require_start(cursor, "rule")
        return cut(await self._rules.list_after(cursor), cursor)


class BodyRuleEditor:
    """Creates and deletes rules inside the caller's transaction. Only admins may."""

    def __init__(self, people: People, trail: AuditTrail, clock: Clock) -> None:
        """Take where rules are, who changes them, and what time it is."""
        self._rules = people.body_rules
        self._scopes = AccountScopes(people, trail.who)
        self._trail = trail
        self._clock = clock

    async def create(self, wish: BodyRuleWish) -> BodyRule:
        """Store the bodies of one team's, or one key's, calls from now on.

        Raises:
            ForbiddenError: the caller is no admin.
            NotFoundError: there is no such team or key.
            ConflictError: the scope has a rule already.
        """
        require_admin(self._trail.who, to="create rules")
        scope = await self._scopes.find(wish.scope, wish.scope_id)
        other = await self._rules.get_of(scope.kind, scope.id)
        if other is not None:
            raise ConflictError(
                "There is a rule of this scope already. Delete that one first: "
                f"`DELETE /v1/admin/body-rules/{other.id}`.",
                param="scope_id",
            )
        rule = BodyRule(
            id=new_id("rule"),
            scope=scope.kind.value,
            scope_id=scope.id,
            max_bytes=wish.max_bytes,
            keep_days=wish.keep_days,
            created_at_ms=epoch_ms(self._clock.now()),
        )
        await self._rules.add(rule)
        await self._trail.record(
            Action.BODY_RULE_CREATE, rule.id, team_id=_team_of(rule), after=_facts(rule)
        )
        return rule

    async def delete(self, rule_id: str) -> None:
        """Store no further bodies. Those that are stored stay until they expire.

        Raises:
            ForbiddenError: the caller is no admin.
            NotFoundError: there is no such rule.
        """
        require_admin(self._trail.who, to="delete rules")
        rule = await self._rules.get(rule_id)
        if rule is None:
            raise NotFoundError("There is no such rule. `GET /v1/admin/body-rules` lists them.")
        await self._trail.record(
            Action.BODY_RULE_DELETE, rule.id, team_id=_team_of(rule), before=_facts(rule)
        )
        await self._rules.delete(rule)


def _team_of(rule: BodyRule) -> str | None:
    return rule.scope_id if rule.scope == ScopeKind.TEAM else None


def _facts(rule: BodyRule) -> dict[str, Any]:
    return {
        "scope": rule.scope,
        "scope_id": rule.scope_id,
        "max_bytes": rule.max_bytes,
        "keep_days": rule.keep_days,
    }
