"""All SQL that reads stored bodies. They are written by the ledger writer alone."""

from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.models.bodies import BodyRow
from app.models.entries import EntryRow


class StoredBody(NamedTuple):
    """What is stored of a call, and the team that the call was charged to."""

    row: BodyRow
    team_id: str | None


class BodyRepository:
    """Reads stored bodies inside one session."""

    def __init__(self, session: AsyncSession) -> None:
        """Read in the caller's transaction."""
        self._session = session

    async def get(self, entry_id: str, *, now_ms: int) -> StoredBody | None:
        """Return what is stored of a call, or None where nothing is, or it has expired."""
        query = (
            select(BodyRow, EntryRow.team_id)
            .outerjoin(EntryRow, EntryRow.id == BodyRow.entry_id)
            .where(BodyRow.entry_id == entry_id, BodyRow.expires_at_ms > now_ms)
        )
        found = (await self._session.execute(query)).one_or_none()
        return None if found is None else StoredBody(found[0], found[1])
