"""All SQL that touches `users`."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.repositories.sight import Sight
from app.models.teams import Member
from app.models.users import User
from app.utils.paging import Cursor


class UserRepository:
    """Reads and writes users inside one session."""

    def __init__(self, session: AsyncSession) -> None:
        """Work in the caller's transaction."""
        self._session = session

    async def add(self, user: User) -> None:
        """Insert a new user. It is kept when the transaction commits."""
        self._session.add(user)
        await self._session.flush()

    async def get(self, user_id: str) -> User | None:
        """Return one user, disabled or not, or None."""
        return await self._session.get(User, user_id)

    async def get_in_sight(self, user_id: str, sight: Sight) -> User | None:
        """Return one user, or None where there is none or it is out of sight."""
        query = select(User).where(User.id == user_id, _seen(sight))
        return (await self._session.execute(query)).scalar_one_or_none()

    async def get_by_email(self, email: str) -> User | None:
        """Return the user with an address in lower case, or None."""
        query = select(User).where(User.email == email)
        return (await self._session.execute(query)).scalar_one_or_none()

    async def list_after(self, cursor: Cursor, sight: Sight) -> Sequence[User]:
        """Return users in sight, newest first, and one more than the page holds if there are."""
        query = select(User).where(_seen(sight)).order_by(User.id.desc()).limit(cursor.limit + 1)
        if cursor.after is not None:
            query = query.where(User.id < cursor.after)
        return (await self._session.scalars(query)).all()

    async def has_other_admin(self, user_id: str) -> bool:
        """Say whether anybody else is an admin who is not disabled."""
        query = select(User.id).where(
            User.id != user_id, User.role == "admin", User.disabled_at_ms.is_(None)
        )
        return (await self._session.execute(query.limit(1))).first() is not None

    async def delete(self, user: User) -> None:
        """Delete a user, and with them their memberships and keys."""
        await self._session.delete(user)
        await self._session.flush()


def _seen(sight: Sight) -> ColumnElement[bool]:
    if sight.is_all:
        return true()
    mates = select(Member.user_id).where(Member.team_id.in_(sorted(sight.team_ids)))
    return or_(User.id == sight.user_id, User.id.in_(mates))
