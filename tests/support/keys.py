"""A place of keys in memory, which counts questions and can break or hesitate."""

import asyncio
from collections.abc import Mapping

from app.core.errors import NotReadyError
from app.core.ids import new_id
from app.core.security import digest, pepper_version
from app.db.repositories.key_directory import KeyDirectory, KeyRecord
from app.models.api_keys import ApiKey

PEPPER = b"a pepper that only tests know 32"


class FakeDirectory(KeyDirectory):
    """Answers from a dictionary."""

    def __init__(self) -> None:
        self.rows: dict[bytes, ApiKey] = {}
        self.questions = 0
        self.looks = 0
        self.changes = 0
        self.broken = False
        self.may_answer = asyncio.Event()
        self.may_answer.set()
        self.written: list[Mapping[str, int]] = []
        self.has_written = asyncio.Event()

    def add(self, secret: str, *, expires_at_ms: int | None = None) -> ApiKey:
        hashed = digest(PEPPER, secret)
        row = new_row(hashed, expires_at_ms=expires_at_ms)
        self.rows[hashed] = row
        return row

    async def find(self, digest: bytes) -> KeyRecord | None:
        self.questions += 1
        row = self.rows.get(digest)
        revoked_at_ms = row.revoked_at_ms if row else None
        await self.may_answer.wait()
        if self.broken:
            raise NotReadyError("The database does not answer.")
        if row is None:
            return None
        seen = new_row(row.digest, expires_at_ms=row.expires_at_ms)
        seen.id, seen.revoked_at_ms = row.id, revoked_at_ms  # as it was when the question came
        return KeyRecord(seen, None, {})

    async def count_changes(self) -> int:
        self.looks += 1
        changes = self.changes
        await self.may_answer.wait()
        if self.broken:
            raise NotReadyError("The database does not answer.")
        return changes

    async def count_of_other_peppers(self, version: int, *, now_ms: int) -> int:
        del now_ms
        return sum(row.pepper_version != version for row in self.rows.values())

    async def mark_used(self, moments_ms: Mapping[str, int]) -> None:
        if self.broken:
            raise NotReadyError("The database does not answer.")
        self.written.append(dict(moments_ms))
        self.has_written.set()


def new_row(hashed: bytes, *, expires_at_ms: int | None = None) -> ApiKey:
    """Return a key that is in no database."""
    return ApiKey(
        id=new_id("key"),
        name="ci",
        digest=hashed,
        pepper_version=pepper_version(PEPPER),
        prefix="mh_abcde",
        last4="wxyz",
        scopes=["inference"],
        created_at_ms=0,
        expires_at_ms=expires_at_ms,
        revoked_at_ms=None,
        last_used_at_ms=None,
        tags={},
    )


def bearer(secret: str) -> str:
    """Return the Authorization header that carries a secret."""
    return f"Bearer {secret}"
