"""Starts and ends sessions of people in browsers."""

from dataclasses import dataclass
from typing import Final

from pydantic import SecretStr

from app.core.clock import Clock, epoch_ms
from app.core.ids import new_id
from app.core.tokens import TokenUse, csrf_token, new_token, token_digest
from app.db.repositories.people import People
from app.db.repositories.session_directory import SessionRecord
from app.models.sessions import SessionRow
from app.models.users import User
from app.services.own_session import OwnSession, OwnSessions
from app.services.sessions import IDLE, LIFETIME, SignInMethod, signed_in_as

MAX_PER_USER: Final = 20  # beyond it, the oldest ends


@dataclass(frozen=True, slots=True)
class NewSession:
    """A session that has just begun, with its cookie, which is sent this once."""

    own: OwnSession
    token: SecretStr


class SessionEditor:
    """Changes sessions inside the caller's transaction. What is written down, others say."""

    def __init__(self, people: People, clock: Clock, pepper: bytes) -> None:
        """Take where sessions are, the time, and what digests are made with."""
        self._sessions = people.sessions
        self._people = people
        self._clock = clock
        self._pepper = pepper

    async def start(
        self, user: User, method: SignInMethod, *, in_place_of: str | None = None
    ) -> NewSession:
        """Begin a session under a token that nobody has seen, and clear away what has ended.

        So does the session of an older cookie of the same browser, whosever it is.
        """
        if in_place_of is not None:
            await self._sessions.delete_by_digest(self._digest(in_place_of))
        now_ms, token = epoch_ms(self._clock.now()), new_token()
        row = SessionRow(
            id=new_id("session"),
            digest=self._digest(token),
            user_id=user.id,
            signed_in_with=method.value,
            created_at_ms=now_ms,
            used_at_ms=now_ms,
            expires_at_ms=now_ms + int(LIFETIME.total_seconds() * 1000),
        )
        await self._sessions.delete_ended(
            now_ms=now_ms, unused_since_ms=now_ms - int(IDLE.total_seconds() * 1000)
        )
        await self._sessions.add(row)
        await self._sessions.delete_of_user(user.id, keep_newest=MAX_PER_USER)
        roles = await self._people.members.roles_of(user.id)
        record = SessionRecord(row, user, roles, frozenset())
        signed_in = signed_in_as(record, csrf_token(self._pepper, token))
        own = await OwnSessions(self._people).describe(signed_in)
        return NewSession(own, SecretStr(token))

    async def end_all(self, user_id: str) -> None:
        """End every session of a user."""
        await self._sessions.delete_of_user(user_id)

    def _digest(self, token: str) -> bytes:
        return token_digest(self._pepper, TokenUse.SESSION, token)
