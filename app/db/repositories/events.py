"""All SQL that touches `events`."""

from collections.abc import Sequence

from sqlalchemy import select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from app.models.budgets import EventRow


class EventRepository:
    """Reads what an operator wants to know of, inside one session."""

    def __init__(self, session: AsyncSession) -> None:
        """Read in the caller's transaction."""
        self._session = session

    async def get(self, event_id: str, *, object_id: str) -> EventRow | None:
        """Return one event of one thing, or None."""
        query = select(EventRow).where(EventRow.id == event_id, EventRow.object_id == object_id)
        return (await self._session.execute(query)).scalar_one_or_none()

    async def list_after(
        self, after: EventRow | None, *, object_id: str, limit: int
    ) -> Sequence[EventRow]:
        """Return what happened to one thing, newest first; from the start, or after one event."""
        newest_first = EventRow.at_ms.desc(), EventRow.id.desc()  # ids do not tell the time
        query = select(EventRow).where(EventRow.object_id == object_id).order_by(*newest_first)
        if after is not None:
            query = query.where(tuple_(EventRow.at_ms, EventRow.id) < tuple_(after.at_ms, after.id))
        return (await self._session.scalars(query.limit(limit))).all()
