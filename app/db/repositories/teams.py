"""All SQL that touches `teams`."""

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.repositories.sight import Sight
from app.models.teams import Team
from app.utils.paging import Cursor


class TeamRepository:
    """Reads and writes teams inside one session."""

    def __init__(self, session: AsyncSession) -> None:
        """Work in the caller's transaction."""
        self._session = session

    async def add(self, team: Team) -> None:
        """Insert a new team. It is kept when the transaction commits."""
        self._session.add(team)
        await self._session.flush()

    async def get(self, team_id: str) -> Team | None:
        """Return one team, or None."""
        return await self._session.get(Team, team_id)

    async def get_in_sight(self, team_id: str, sight: Sight) -> Team | None:
        """Return one team, or None where there is none or it is out of sight."""
        query = select(Team).where(Team.id == team_id, _seen(sight))
        return (await self._session.execute(query)).scalar_one_or_none()

    async def get_by_folded_name(self, folded_name: str) -> Team | None:
        """Return the team with a name, whatever its case, or None."""
        query = select(Team).where(Team.folded_name == folded_name)
        return (await self._session.execute(query)).scalar_one_or_none()

    async def list_after(self, cursor: Cursor, sight: Sight) -> Sequence[Team]:
        """Return teams in sight, newest first, and one more than the page holds if there are."""
        query = select(Team).where(_seen(sight)).order_by(Team.id.desc()).limit(cursor.limit + 1)
        if cursor.after is not None:
            query = query.where(Team.id < cursor.after)
        return (await self._session.scalars(query)).all()

    async def list_by_ids(self, team_ids: Collection[str]) -> Sequence[Team]:
        """Return those teams that there are, by name."""
        query = select(Team).where(Team.id.in_(sorted(team_ids))).order_by(Team.folded_name)
        return (await self._session.scalars(query)).all()

    async def delete(self, team: Team) -> None:
        """Delete a team, and with it its memberships and keys."""
        await self._session.delete(team)
        await self._session.flush()


def _seen(sight: Sight) -> ColumnElement[bool]:
    return true() if sight.is_all else Team.id.in_(sorted(sight.team_ids))
