"""Whom a limit or a budget binds."""

from enum import StrEnum
from typing import Final, NamedTuple, TypeAlias

from app.services.principals import Principal, PrincipalKind


class ScopeKind(StrEnum):
    """What limits and budgets are set on, the widest first."""

    INSTANCE = "instance"
    TEAM = "team"
    USER = "user"
    KEY = "key"  # with every key that took its place by rotation

    __hash__ = str.__hash__  # each call looks scopes up some thirty times; an enum's own is slow


class AccountScope(NamedTuple):
    """One instance, team, user, or key."""

    kind: ScopeKind
    id: str  # "" for the instance; the lineage of a key


Scopes: TypeAlias = tuple[AccountScope, ...]
INSTANCE: Final = AccountScope(ScopeKind.INSTANCE, "")


def scopes_of(who: Principal) -> Scopes:
    """Return every scope that a call of somebody counts into, the widest first."""
    found = [INSTANCE]
    if who.team_id is not None:
        found.append(AccountScope(ScopeKind.TEAM, who.team_id))
    if who.user_id is not None:
        found.append(AccountScope(ScopeKind.USER, who.user_id))
    if who.kind is not PrincipalKind.SESSION:
        found.append(AccountScope(ScopeKind.KEY, who.lineage_id or who.key_id))
    return tuple(found)
