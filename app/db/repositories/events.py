"""All SQL that touches `events`."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.models.budgets import EventRow
from app.utils.paging import Cursor


class EventRepository:
    """Reads what an operator wants to know of, inside one session."""

    def __init__(self, session: AsyncSession) -> None:
        """Read in the caller's transaction."""
        self._session = session

    async def list_after(self, cursor: Cursor, *, object_id: str) -> Sequence[EventRow]:
        """Return what happened to one thing, newest first, and one more where there is more."""
        query = (
            select(EventRow)
            .where(EventRow.object_id == object_id)
            .order_by(EventRow.id.desc())
            .limit(cursor.limit + 1)
        )
        if cursor.after is not None:
            query = query.where(EventRow.id < cursor.after)
        return (await self._session.scalars(query)).all()
