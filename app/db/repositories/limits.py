"""All SQL that touches `limits`."""

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, delete, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.repositories.scope_sight import ScopeFilter, ScopeSight, fitting, seen
from app.models.budgets import LimitRow
from app.utils.paging import Cursor


class LimitRepository:
    """Reads and writes limits inside one session."""

    def __init__(self, session: AsyncSession) -> None:
        """Work in the caller's transaction."""
        self._session = session

    async def add(self, limit: LimitRow) -> None:
        """Insert a new limit. It is kept when the transaction commits."""
        self._session.add(limit)
        await self._session.flush()

    async def get_in_sight(self, limit_id: str, sight: ScopeSight) -> LimitRow | None:
        """Return one limit, or None where there is none or it is out of sight."""
        query = select(LimitRow).where(LimitRow.id == limit_id, _seen(sight))
        return (await self._session.execute(query)).scalar_one_or_none()

    async def list_binding(self, scopes: Collection[tuple[str, str]]) -> Sequence[LimitRow]:
        """Return the limits of some scopes: at most one each, the oldest first."""
        query = select(LimitRow).where(tuple_(LimitRow.scope, LimitRow.scope_id).in_(scopes))
        return (await self._session.scalars(query.order_by(LimitRow.id))).all()

    async def list_all(self) -> Sequence[LimitRow]:
        """Return every limit there is."""
        return (await self._session.scalars(select(LimitRow).order_by(LimitRow.id))).all()

    async def list_after(
        self, cursor: Cursor, sight: ScopeSight, wanted: ScopeFilter
    ) -> Sequence[LimitRow]:
        """Return limits in sight, newest first, and one more than the page holds if there are."""
        query = (
            select(LimitRow)
            .where(_seen(sight), _fitting(wanted))
            .order_by(LimitRow.id.desc())
            .limit(cursor.limit + 1)
        )
        if cursor.after is not None:
            query = query.where(LimitRow.id < cursor.after)
        return (await self._session.scalars(query)).all()

    async def delete(self, limit: LimitRow) -> None:
        """Delete a limit."""
        await self._session.delete(limit)
        await self._session.flush()

    async def delete_of(self, scope: str, scope_ids: Collection[str]) -> Sequence[str]:
        """Delete the limits of some scopes of one kind, and return their ids."""
        statement = (
            delete(LimitRow)
            .where(LimitRow.scope == scope, LimitRow.scope_id.in_(sorted(scope_ids)))
            .returning(LimitRow.id)
        )
        return sorted((await self._session.scalars(statement)).all())


def _seen(sight: ScopeSight) -> ColumnElement[bool]:
    return seen(LimitRow.scope, LimitRow.scope_id, sight)


def _fitting(wanted: ScopeFilter) -> ColumnElement[bool]:
    return fitting(LimitRow.scope, LimitRow.scope_id, wanted)
