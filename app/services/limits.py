"""Limits: who sees them, and what an admin may do with them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, TypedDict

from app.core.clock import Clock, epoch_ms
from app.core.errors import ConflictError, InvalidRequestError, NotFoundError
from app.core.ids import new_id
from app.db.repositories.people import People
from app.db.repositories.scope_sight import ScopeFilter
from app.models.budgets import LimitRow
from app.services.access import require_admin
from app.services.account_scopes import AccountScopes, terms_in_sight
from app.services.admission.scopes import ScopeKind
from app.services.audit_trail import Action, AuditTrail
from app.services.pages import require_start
from app.services.principals import Principal
from app.utils.paging import Cursor, Page, cut

WAITING_SCOPES: Final = frozenset({ScopeKind.TEAM, ScopeKind.KEY})


class LimitTerms(TypedDict, total=False):
    """What can change about a limit. What is left out stays as it is, or is no limit."""

    requests_per_minute: int | None
    tokens_per_minute: int | None
    parallel_calls: int | None
    wait_up_to_ms: int


@dataclass(frozen=True, slots=True)
class LimitWish:
    """What is asked for in a new limit."""

    scope: ScopeKind
    scope_id: str | None
    terms: LimitTerms


class LimitService:
    """Shows limits to somebody, as far as they may see them."""

    def __init__(self, people: People, who: Principal) -> None:
        """Take where limits are, and who looks at them."""
        self._limits = people.limits
        self._sight = terms_in_sight(who)

    async def fetch_limit(self, limit_id: str) -> LimitRow:
        """Return one limit.

        Raises:
            NotFoundError: there is no such limit in sight.
        """
        limit = await self._limits.get_in_sight(limit_id, self._sight)
        if limit is None:
            raise NotFoundError(
                "There is no such limit that you may see. `GET /v1/limits` lists them."
            )
        return limit

    async def list_page(self, cursor: Cursor, wanted: ScopeFilter) -> Page[LimitRow]:
        """Return limits, newest first: those of the scopes that are wanted.

        Raises:
            InvalidRequestError: the page begins after something that is no limit's id.
        """
        require_start(cursor, "limit")
        return cut(await self._limits.list_after(cursor, self._sight, wanted), cursor)


class LimitEditor:
    """Creates, changes and deletes limits inside the caller's transaction. Only admins may."""

    def __init__(self, people: People, trail: AuditTrail, clock: Clock) -> None:
        """Take where limits are, who changes them, and what time it is."""
        self._limits = people.limits
        self._scopes = AccountScopes(people, trail.who)
        self._shown = LimitService(people, trail.who)
        self._trail = trail
        self._clock = clock

    async def create(self, wish: LimitWish) -> LimitRow:
        """Limit what one scope may do.

        Raises:
            ForbiddenError: the caller is no admin.
            NotFoundError: there is no such team, user or key.
            ConflictError: the scope has a limit already.
            InvalidRequestError: it would limit nothing, or what it asks for makes no sense.
        """
        require_admin(self._trail.who, to="create limits")
        scope = await self._scopes.find(wish.scope, wish.scope_id)
        for other in await self._limits.list_binding([scope]):
            raise ConflictError(
                "There is a limit of this scope already. Change that one: "
                f"`PATCH /v1/limits/{other.id}`.",
                param="scope_id",
            )
        limit = LimitRow(
            id=new_id("limit"),
            scope=scope.kind.value,
            scope_id=scope.id,
            created_at_ms=epoch_ms(self._clock.now()),
            **_NO_TERMS | wish.terms,
        )
        _require_sense(limit)
        await self._limits.add(limit)
        await self._record(Action.LIMIT_CREATE, limit, after=_all_facts(limit))
        return limit

    async def update(self, limit_id: str, terms: LimitTerms) -> LimitRow:
        """Change a limit.

        Raises:
            NotFoundError: there is no such limit in sight.
            ForbiddenError: the caller is no admin.
            InvalidRequestError: it would limit nothing, or what it asks for makes no sense.
        """
        limit = await self._require(limit_id, to="change limits")
        after = {name: value for name, value in terms.items() if value != getattr(limit, name)}
        before = {name: getattr(limit, name) for name in after}
        if after:
            for name, value in after.items():
                setattr(limit, name, value)
            _require_sense(limit)
            await self._record(Action.LIMIT_UPDATE, limit, _facts(before), _facts(after))
        return limit

    async def delete(self, limit_id: str) -> None:
        """Delete a limit.

        Raises:
            NotFoundError: there is no such limit in sight.
            ForbiddenError: the caller is no admin.
        """
        limit = await self._require(limit_id, to="delete limits")
        await self._record(Action.LIMIT_DELETE, limit, before=_all_facts(limit))
        await self._limits.delete(limit)

    async def _require(self, limit_id: str, *, to: str) -> LimitRow:
        limit = await self._shown.fetch_limit(limit_id)
        require_admin(self._trail.who, to=to)
        return limit

    async def _record(
        self,
        action: Action,
        limit: LimitRow,
        before: Mapping[str, Any] | None = None,
        after: Mapping[str, Any] | None = None,
    ) -> None:
        team_id = limit.scope_id if limit.scope == ScopeKind.TEAM else None
        await self._trail.record(action, limit.id, team_id=team_id, before=before, after=after)


_NO_TERMS: Final[LimitTerms] = {
    "requests_per_minute": None,
    "tokens_per_minute": None,
    "parallel_calls": None,
    "wait_up_to_ms": 0,
}


def _require_sense(limit: LimitRow) -> None:
    if limit.wait_up_to_ms and limit.scope not in WAITING_SCOPES:
        raise InvalidRequestError(
            "Only calls of a team or a key can wait for their turn. Leave `wait_up_to_seconds` "
            "out, or set it on one of those.",
            param="wait_up_to_seconds",
        )
    if not any(getattr(limit, name) for name in _NO_TERMS):
        raise InvalidRequestError(
            "This would limit nothing. Say at least one of `requests_per_minute`, "
            "`tokens_per_minute`, `parallel_calls` and `wait_up_to_seconds`, or delete the limit."
        )


def _all_facts(limit: LimitRow) -> dict[str, Any]:
    return {
        "scope": limit.scope,
        "scope_id": limit.scope_id or None,
        **_facts({name: getattr(limit, name) for name in _NO_TERMS}),
    }


def _facts(terms: Mapping[str, Any]) -> dict[str, Any]:
    """Return terms as the wire names them."""
    facts = dict(terms)
    if "wait_up_to_ms" in facts:
        facts["wait_up_to_seconds"] = facts.pop("wait_up_to_ms") / 1000
    return facts
