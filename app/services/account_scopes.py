"""Whom limits and budgets may be set on, who sees them, and what ends with a team or a user."""

from collections.abc import Sequence
from typing import Final, TypeAlias

from app.core.errors import InvalidRequestError, NotFoundError
from app.db.repositories.people import People
from app.db.repositories.scope_sight import ScopeSight
from app.services.admission.scopes import INSTANCE, AccountScope, ScopeKind
from app.services.key_rights import keys_in_sight
from app.services.principals import Principal, Scope

Ended: TypeAlias = dict[str, Sequence[str]]  # what the audit log says of it

_NOBODYS: Final[frozenset[str]] = frozenset()


def terms_in_sight(who: Principal) -> ScopeSight:
    """Return whose limits and budgets somebody sees: their own, their teams', and of keys in sight.

    Those of the instance are for admins alone.
    """
    keys = keys_in_sight(who)
    if Scope.MANAGE not in who.scopes:
        return ScopeSight(is_all=False, user_id=None, team_ids=_NOBODYS, keys=keys)
    return ScopeSight(who.is_admin, who.user_id, who.member_of, keys)


class AccountScopes:
    """Finds the scope that an admin names."""

    def __init__(self, people: People, who: Principal) -> None:
        """Take where teams, users and keys are, and who names one."""
        self._people = people
        self._who = who

    async def find(self, kind: ScopeKind, scope_id: str | None) -> AccountScope:
        """Return a scope that there is. A key stands for its whole lineage.

        Raises:
            NotFoundError: there is no such team, user or key.
            InvalidRequestError: the instance has an id, or something else has none.
        """
        if kind is ScopeKind.INSTANCE:
            if scope_id is not None:
                raise InvalidRequestError(
                    "There is one instance, so the scope `instance` has no `scope_id`. Leave it "
                    "out.",
                    param="scope_id",
                )
            return INSTANCE
        if scope_id is None:
            raise InvalidRequestError(
                f"`scope_id` is missing: it must be the id of a {kind}.", param="scope_id"
            )
        found = await self._find_id(kind, scope_id)
        if found is None:
            raise NotFoundError(
                f"There is no {kind} with the id {scope_id!r}. `GET /v1/{kind}s` lists them.",
                param="scope_id",
            )
        return AccountScope(kind, found)

    async def _find_id(self, kind: ScopeKind, scope_id: str) -> str | None:
        if kind is ScopeKind.KEY:
            key = await self._people.keys.get_in_sight(scope_id, keys_in_sight(self._who))
            return None if key is None else key.lineage_id or key.id
        place = self._people.teams if kind is ScopeKind.TEAM else self._people.users
        return None if await place.get(scope_id) is None else scope_id


async def end_with_team(people: People, team_id: str, *, at_ms: int) -> Ended:
    """End what goes with a team, before it is deleted: keys, limits, budgets and rules."""
    scope = AccountScope(ScopeKind.TEAM, team_id)
    revoked = await people.keys.revoke_of_team(team_id, at_ms=at_ms)
    ended = await _end_terms(people, scope, await people.keys.lineages_of_team(team_id), at_ms)
    return {"revoked_keys": revoked, **ended}


async def end_with_user(people: People, user_id: str, *, at_ms: int) -> Ended:
    """End what goes with a user, before they are deleted: keys, limits, budgets and rules."""
    scope = AccountScope(ScopeKind.USER, user_id)
    revoked = await people.keys.revoke_of_user(user_id, at_ms=at_ms)
    ended = await _end_terms(people, scope, await people.keys.lineages_of_user(user_id), at_ms)
    return {"revoked_keys": revoked, **ended}


async def _end_terms(
    people: People, scope: AccountScope, lineages: Sequence[str], at_ms: int
) -> Ended:
    """Archive the budgets of a scope, and of the keys that go with it; delete all else of them."""
    archived, deleted, rules = list[str](), list[str](), list[str]()
    for kind, ids in ((scope.kind, [scope.id]), (ScopeKind.KEY, lineages)):
        archived += await people.budgets.archive_of(kind, ids, at_ms=at_ms)
        deleted += await people.limits.delete_of(kind, ids)
        rules += await people.body_rules.delete_of(kind, ids)
    return {
        "archived_budgets": sorted(archived),
        "deleted_limits": sorted(deleted),
        "deleted_body_rules": sorted(rules),
    }


async def shut_out(people: People, user_id: str, *, at_ms: int) -> Sequence[str]:
    """End all that a user gets in with, and return which keys that revokes."""
    await people.sessions.delete_of_user(user_id)
    return await people.keys.revoke_of_user(user_id, at_ms=at_ms)
