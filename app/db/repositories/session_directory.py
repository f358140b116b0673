"""Sessions for whoever has no transaction: each question opens and ends its own."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select

from app.db.database import Database
from app.db.repositories.key_directory import answered_in_time
from app.db.repositories.sessions import SessionRepository
from app.db.repositories.users import UserRepository
from app.models.sessions import SessionRow
from app.models.teams import Member, Team
from app.models.users import User

# One question, because every session in use is asked for again after each change. A row a
# membership.
_RECORD: Final = (
    select(SessionRow, User, Member.team_id, Member.role)
    .join(User, User.id == SessionRow.user_id)
    .outerjoin(Member, Member.user_id == SessionRow.user_id)
)


@dataclass(frozen=True, slots=True)
class SessionRecord:
    """A session with what its rights follow from, all seen at one moment."""

    row: SessionRow
    user: User
    roles: Mapping[str, str]  # of the user, by team
    all_teams: frozenset[str]  # that there are, where the user is an admin


class SessionDirectory:
    """Answers whose a session is, and who somebody is who signs in."""

    def __init__(self, database: Database) -> None:
        """Ask this database."""
        self._database = database

    async def find(self, digest: bytes) -> SessionRecord | None:
        """Return the session whose cookie has this digest, good or not, or None.

        Raises:
            NotReadyError: the database does not answer, or not in time.
        """
        async with answered_in_time(), self._database.reading() as session:
            rows = (await session.execute(_RECORD.where(SessionRow.digest == digest))).all()
            if not rows:
                return None
            user = rows[0][1]
            teams = await session.scalars(select(Team.id)) if user.role == "admin" else ()
            roles = {team_id: role for _, _, team_id, role in rows if team_id}
            return SessionRecord(rows[0][0], user, roles, frozenset(teams))

    async def find_user(self, email: str) -> User | None:
        """Return the user with an address in lower case, disabled or not, or None.

        Raises:
            NotReadyError: the database does not answer, or not in time.
        """
        async with answered_in_time(), self._database.reading() as session:
            return await UserRepository(session).get_by_email(email)

    async def get_user(self, user_id: str) -> User | None:
        """Return one user, disabled or not, or None.

        Raises:
            NotReadyError: the database does not answer, or not in time.
        """
        async with answered_in_time(), self._database.reading() as session:
            return await UserRepository(session).get(user_id)

    async def mark_used(self, moments_ms: Mapping[str, int]) -> None:
        """Move the last use of sessions forward to these moments.

        Raises:
            NotReadyError: the database does not answer, or not in time.
        """
        async with answered_in_time(), self._database.transaction() as session:
            await SessionRepository(session).mark_used(moments_ms)
