"""All SQL that touches `api_keys`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, case, func, or_, select, true, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.repositories.sight import Sight
from app.models.api_keys import ApiKey
from app.utils.paging import Cursor

# Of a key and all that took its place: their limits and budgets are the same.
LINEAGE: Final = func.coalesce(ApiKey.lineage_id, ApiKey.id)


@dataclass(frozen=True, slots=True)
class KeyFilter:
    """Which keys are wanted: those that fit everything that is not None."""

    user_id: str | None = None
    team_id: str | None = None


class ApiKeyRepository:
    """Reads and writes keys inside one session."""

    def __init__(self, session: AsyncSession) -> None:
        """Work in the caller's transaction."""
        self._session = session

    async def add(self, key: ApiKey) -> None:
        """Insert a new key. It is kept when the transaction commits."""
        self._session.add(key)
        await self._session.flush()

    async def get_in_sight(self, key_id: str, sight: Sight) -> ApiKey | None:
        """Return one key, good or not, or None where there is none or it is out of sight."""
        query = select(ApiKey).where(ApiKey.id == key_id, seen_key(sight))
        return (await self._session.execute(query)).scalar_one_or_none()

    async def list_after(self, cursor: Cursor, sight: Sight, wanted: KeyFilter) -> Sequence[ApiKey]:
        """Return keys in sight, newest first, and one more than the page holds if there are."""
        query = select(ApiKey).where(seen_key(sight)).order_by(ApiKey.id.desc())
        if wanted.user_id is not None:
            query = query.where(ApiKey.user_id == wanted.user_id)
        if wanted.team_id is not None:
            query = query.where(ApiKey.team_id == wanted.team_id)
        if cursor.after is not None:
            query = query.where(ApiKey.id < cursor.after)
        return (await self._session.scalars(query.limit(cursor.limit + 1))).all()

    async def count_of_other_peppers(self, version: int, *, now_ms: int) -> int:
        """Return how many keys would be good now, had another pepper not made their digests."""
        query = select(func.count()).where(
            ApiKey.pepper_version != version,
            ApiKey.revoked_at_ms.is_(None),
            func.coalesce(ApiKey.expires_at_ms, now_ms + 1) > now_ms,
        )
        return (await self._session.execute(query)).scalar_one()

    async def revoke_of_user(
        self, user_id: str, *, at_ms: int, team_id: str | None = None
    ) -> Sequence[str]:
        """Revoke a user's keys, or only those charged to a team, and return which were not yet."""
        is_charged = true() if team_id is None else ApiKey.team_id == team_id
        return await self._revoke(ApiKey.user_id == user_id, is_charged, at_ms=at_ms)

    async def revoke_of_team(self, team_id: str, *, at_ms: int) -> Sequence[str]:
        """Revoke every key charged to a team, and return the ids of those that were not yet."""
        return await self._revoke(ApiKey.team_id == team_id, at_ms=at_ms)

    async def _revoke(self, *which: ColumnElement[bool], at_ms: int) -> Sequence[str]:
        statement = (
            update(ApiKey)
            .where(*which, ApiKey.revoked_at_ms.is_(None))
            .values(revoked_at_ms=at_ms)
            .returning(ApiKey.id)
        )
        return sorted((await self._session.scalars(statement)).all())

    async def lineages_of_user(self, user_id: str) -> Sequence[str]:
        """Return the lineages that go with a user, because every key of theirs is the user's."""
        return await self._whole_lineages(ApiKey.user_id == user_id)

    async def lineages_of_team(self, team_id: str) -> Sequence[str]:
        """Return the lineages that go with a team, because every key of theirs is charged to it."""
        return await self._whole_lineages(ApiKey.team_id == team_id)

    async def _whole_lineages(self, which: ColumnElement[bool]) -> Sequence[str]:
        is_one = case((which, 1), else_=0)
        query = select(LINEAGE).group_by(LINEAGE).having(func.min(is_one) == 1)
        return (await self._session.scalars(query)).all()

    async def mark_used(self, moments_ms: Mapping[str, int]) -> None:
        """Move the last use of keys forward to these moments; never back."""
        for key_id, moment_ms in moments_ms.items():
            await self._session.execute(
                update(ApiKey)
                .where(ApiKey.id == key_id, func.coalesce(ApiKey.last_used_at_ms, 0) < moment_ms)
                .values(last_used_at_ms=moment_ms)
            )


def seen_key(sight: Sight) -> ColumnElement[bool]:
    """Return the condition that a key is in sight: one's own, or charged to some teams."""
    if sight.is_all:
        return true()
    is_teams = ApiKey.team_id.in_(sorted(sight.team_ids))
    if sight.user_id is None:  # compared with NULL, it would be every team's
        return is_teams
    return or_(ApiKey.user_id == sight.user_id, is_teams)
