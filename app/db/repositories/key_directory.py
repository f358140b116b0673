"""Keys for whoever has no transaction: each question opens and ends its own."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from app.core.errors import NotReadyError
from app.db.database import Database
from app.db.repositories.api_keys import ApiKeyRepository
from app.db.repositories.changes import ChangeRepository
from app.models.api_keys import ApiKey
from app.models.teams import Member
from app.models.users import User

# One question, because every key in use is asked for again after each change. A row a membership.
_RECORD: Final = (
    select(ApiKey, User, Member.team_id, Member.role)
    .outerjoin(User, User.id == ApiKey.user_id)
    .outerjoin(Member, Member.user_id == ApiKey.user_id)
)
PATIENCE_SECONDS: Final = 2.0  # a call waits for this; a database that hangs is one that is away


@dataclass(frozen=True, slots=True)
class KeyRecord:
    """A key with what its rights follow from, all seen at one moment."""

    key: ApiKey
    owner: User | None  # None: a service key, or one without an owner
    roles: Mapping[str, str]  # of the owner, by team


class KeyDirectory:
    """Answers which key a digest belongs to, in a short transaction of its own."""

    def __init__(self, database: Database) -> None:
        """Ask this database."""
        self._database = database

    async def find(self, digest: bytes) -> KeyRecord | None:
        """Return the key whose secret has this digest, good or not, or None.

        Raises:
            NotReadyError: the database does not answer, or not in time.
        """
        async with answered_in_time(), self._database.reading() as session:
            rows = (await session.execute(_RECORD.where(ApiKey.digest == digest))).all()
            if not rows:
                return None
            roles = {team_id: role for _, _, team_id, role in rows if team_id}
            return KeyRecord(rows[0][0], rows[0][1], roles)

    async def count_changes(self) -> int:
        """Return how often people, teams or keys have changed.

        Raises:
            NotReadyError: the database does not answer, or not in time.
        """
        async with answered_in_time(), self._database.watching() as session:
            return await ChangeRepository(session).read_access()

    async def count_of_other_peppers(self, version: int, *, now_ms: int) -> int:
        """Return how many keys would be good now, had another pepper not made their digests.

        Raises:
            NotReadyError: the database does not answer, or not in time.
        """
        async with answered_in_time(), self._database.reading() as session:
            return await ApiKeyRepository(session).count_of_other_peppers(version, now_ms=now_ms)

    async def mark_used(self, moments_ms: Mapping[str, int]) -> None:
        """Move the last use of keys forward to these moments.

        Raises:
            NotReadyError: the database does not answer, or not in time.
        """
        async with answered_in_time(), self._database.transaction() as session:
            await ApiKeyRepository(session).mark_used(moments_ms)


@asynccontextmanager
async def answered_in_time() -> AsyncGenerator[None]:
    """Give the database a while to answer inside the block.

    Raises:
        NotReadyError: it does not answer, or not in time.
    """
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            yield
    except (SQLAlchemyError, OSError) as error:  # a TimeoutError is an OSError
        raise NotReadyError(f"The database does not answer ({type(error).__name__}).") from error
