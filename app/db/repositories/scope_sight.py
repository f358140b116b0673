"""Whose limits and budgets somebody may see."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute

from app.db.repositories.api_keys import LINEAGE, seen_key
from app.db.repositories.sight import Sight


@dataclass(frozen=True, slots=True)
class ScopeSight:
    """Everything; or those of some teams, of one user, and of the keys that are in sight."""

    is_all: bool
    user_id: str | None
    team_ids: frozenset[str]
    keys: Sight


@dataclass(frozen=True, slots=True)
class ScopeFilter:
    """Which rows are wanted: those that fit everything that is not None."""

    scope: str | None = None
    scope_id: str | None = None


def seen(
    scope: InstrumentedAttribute[str], scope_id: InstrumentedAttribute[str], sight: ScopeSight
) -> ColumnElement[bool]:
    """Return the condition that a row with these columns is in sight."""
    if sight.is_all:
        return true()
    lineages = select(LINEAGE).where(seen_key(sight.keys))
    return or_(
        and_(scope == "team", scope_id.in_(sorted(sight.team_ids))),
        and_(scope == "user", scope_id == (sight.user_id or "")),
        and_(scope == "key", scope_id.in_(lineages)),
    )


def fitting(
    scope: InstrumentedAttribute[str], scope_id: InstrumentedAttribute[str], wanted: ScopeFilter
) -> ColumnElement[bool]:
    """Return the condition that a row with these columns is wanted."""
    return and_(
        true() if wanted.scope is None else scope == wanted.scope,
        true() if wanted.scope_id is None else scope_id == wanted.scope_id,
    )
