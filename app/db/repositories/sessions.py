"""All SQL that changes `sessions`."""

from collections.abc import Mapping

from sqlalchemy import delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.models.sessions import SessionRow


class SessionRepository:
    """Starts and ends sessions of people inside one session of the database."""

    def __init__(self, session: AsyncSession) -> None:
        """Work in the caller's transaction."""
        self._session = session

    async def add(self, row: SessionRow) -> None:
        """Insert a new session. It is kept when the transaction commits."""
        self._session.add(row)
        await self._session.flush()

    async def delete(self, session_id: str) -> bool:
        """End a session, and say whether there was one."""
        statement = delete(SessionRow).where(SessionRow.id == session_id).returning(SessionRow.id)
        return (await self._session.execute(statement)).first() is not None

    async def delete_by_digest(self, digest: bytes) -> None:
        """End the session whose cookie has this digest, if there is one."""
        await self._session.execute(delete(SessionRow).where(SessionRow.digest == digest))

    async def delete_of_user(self, user_id: str, *, keep_newest: int = 0) -> None:
        """End the sessions of a user, but for so many of the newest."""
        newest = (
            select(SessionRow.id)
            .where(SessionRow.user_id == user_id)
            .order_by(SessionRow.id.desc())
            .limit(keep_newest)
        )
        await self._session.execute(
            delete(SessionRow).where(SessionRow.user_id == user_id, SessionRow.id.not_in(newest))
        )

    async def delete_ended(self, *, now_ms: int, unused_since_ms: int) -> None:
        """Delete sessions that have come to their end, or were not used since a moment."""
        has_ended = or_(
            SessionRow.expires_at_ms <= now_ms, SessionRow.used_at_ms <= unused_since_ms
        )
        await self._session.execute(delete(SessionRow).where(has_ended))

    async def mark_used(self, moments_ms: Mapping[str, int]) -> None:
        """Move the last use of sessions forward to these moments; never back."""
        for session_id, moment_ms in moments_ms.items():
            await self._session.execute(
                update(SessionRow)
                .where(SessionRow.id == session_id, SessionRow.used_at_ms < moment_ms)
                .values(used_at_ms=moment_ms)
            )
