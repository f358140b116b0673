"""Whom a limit or a budget binds."""

from enum import StrEnum
from functools import lru_cache
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
_MAX_KNOWN: Final = 10_000  # one for each key that calls


def scopes_of(who: Principal) -> Scopes:
    """Return every scope that a call of somebody counts into, the widest first."""
    key_id = None if who.kind is PrincipalKind.SESSION else who.lineage_id or who.key_id
    return _scopes(who.team_id, who.user_id, key_id)


@lru_cache(_MAX_KNOWN)
def _scopes(team_id: str | None, user_id: str | None, key_id: str | None) -> Scopes:
    ids = (ScopeKind.TEAM, team_id), (ScopeKind.USER, user_id), (ScopeKind.KEY, key_id)
    return (INSTANCE, *(AccountScope(kind, one) for kind, one in ids if one is not None))
