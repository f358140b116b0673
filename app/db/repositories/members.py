"""All SQL that touches `members`."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.repositories.sight import Sight
from app.models.teams import Member, Team
from app.models.users import User
from app.utils.paging import Cursor


@dataclass(frozen=True, slots=True)
class MemberRecord:
    """A membership, and the user whose it is."""

    member: Member
    user: User


@dataclass(frozen=True, slots=True)
class MembershipRecord:
    """A membership, and the team that it is in."""

    member: Member
    team: Team


class MemberRepository:
    """Reads and writes memberships inside one session."""

    def __init__(self, session: AsyncSession) -> None:
        """Work in the caller's transaction."""
        self._session = session

    async def add(self, member: Member) -> None:
        """Insert a membership. It is kept when the transaction commits."""
        self._session.add(member)
        await self._session.flush()

    async def get(self, team_id: str, user_id: str) -> MemberRecord | None:
        """Return one membership, or None."""
        query = (
            select(Member, User)
            .join(User, User.id == Member.user_id)
            .where(Member.team_id == team_id, Member.user_id == user_id)
        )
        rows = await self._session.execute(query)
        return next((MemberRecord(member, user) for member, user in rows), None)

    async def list_after(self, cursor: Cursor, *, team_id: str) -> Sequence[MemberRecord]:
        """Return members of a team by their user ids, newest user first, and one more."""
        query = (
            select(Member, User)
            .join(User, User.id == Member.user_id)
            .where(Member.team_id == team_id)
            .order_by(Member.user_id.desc())
            .limit(cursor.limit + 1)
        )
        if cursor.after is not None:
            query = query.where(Member.user_id < cursor.after)
        rows = await self._session.execute(query)
        return [MemberRecord(member, user) for member, user in rows]

    async def list_teams_after(
        self, cursor: Cursor, *, user_id: str, sight: Sight
    ) -> Sequence[MembershipRecord]:
        """Return the teams in sight that a user is in, the newest team first, and one more."""
        query = (
            select(Member, Team)
            .join(Team, Team.id == Member.team_id)
            .where(Member.user_id == user_id, _seen(sight))
            .order_by(Member.team_id.desc())
            .limit(cursor.limit + 1)
        )
        if cursor.after is not None:
            query = query.where(Member.team_id < cursor.after)
        rows = await self._session.execute(query)
        return [MembershipRecord(member, team) for member, team in rows]

    async def list_teams_of(
        self, user_ids: Collection[str], sight: Sight
    ) -> Sequence[MembershipRecord]:
        """Return the teams in sight that some users are in, by their names."""
        query = (
            select(Member, Team)
            .join(Team, Team.id == Member.team_id)
            .where(Member.user_id.in_(user_ids), _seen(sight))
            .order_by(Team.name, Team.id)
        )
        rows = await self._session.execute(query)
        return [MembershipRecord(member, team) for member, team in rows]

    async def roles_of(self, user_id: str) -> Mapping[str, str]:
        """Return the teams of a user, by id, with what they are in each."""
        query = select(Member.team_id, Member.role).where(Member.user_id == user_id)
        rows = await self._session.execute(query)
        return {row.team_id: row.role for row in rows}

    async def delete(self, member: Member) -> None:
        """End a membership."""
        await self._session.delete(member)
        await self._session.flush()


def _seen(sight: Sight) -> ColumnElement[bool]:
    return true() if sight.is_all else Team.id.in_(sorted(sight.team_ids))
