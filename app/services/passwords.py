"""Passwords: hashed and compared out of everybody's way, and made up by the gateway."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Final

from pydantic import SecretStr

from app.core.errors import OverloadedError
from app.core.passwords import hash_password, new_password, normal_password, verify_password
from app.db.repositories.people import People
from app.services.access import manages_all, require_admin
from app.services.audit_trail import Action, AuditTrail
from app.services.key_rights import require_unbound
from app.services.sign_in_links import SignInLinks
from app.services.users import UserService, user_not_found

_AT_ONCE: Final = 2  # each takes 64 MiB and a processor
_MOST_WAITING: Final = 30  # of which the last waits for five seconds or so


class PasswordHasher:
    """Hashes passwords beside the event loop, few at once. One lives as long as the process."""

    def __init__(self) -> None:
        """Start with nothing to do."""
        self._turns = asyncio.Semaphore(_AT_ONCE)
        self._waiting = 0

    async def hash(self, password: SecretStr) -> str:
        """Return what is stored of a password.

        Raises:
            OverloadedError: too many wait for the same.
        """
        async with self._turn():
            return await asyncio.to_thread(
                hash_password, normal_password(password.get_secret_value())
            )

    async def verify(self, password: SecretStr, hashed: str | None) -> bool:
        """Say whether a password is the one that was hashed. It takes as long where none was.

        Raises:
            OverloadedError: too many wait for the same.
        """
        async with self._turn():
            return await asyncio.to_thread(
                verify_password, normal_password(password.get_secret_value()), hashed
            )

    @asynccontextmanager
    async def _turn(self) -> AsyncGenerator[None]:
        if self._waiting >= _MOST_WAITING:
            raise OverloadedError(
                "Too many passwords are being checked right now. Try again soon.",
                retry_after_seconds=5,
            )
        self._waiting += 1
        try:
            async with self._turns:
                yield
        finally:
            self._waiting -= 1


class PasswordEditor:
    """Sets passwords inside the caller's transaction. Only admins may."""

    def __init__(
        self, people: People, trail: AuditTrail, hasher: PasswordHasher, links: SignInLinks
    ) -> None:
        """Take where users are, who changes them, what hashes passwords, and other ways in."""
        self._people = people
        self._trail = trail
        self._hasher = hasher
        self._links = links

    async def reset(self, user_id: str) -> SecretStr:
        """Give a user a new password and return it. Nobody can read it again.

        They are signed out everywhere, and sign-in links of theirs are no good any more.

        Raises:
            NotFoundError: there is no such user in sight.
            ForbiddenError: the caller is no admin, or asks with a key that may less than its owner.
        """
        who, users = self._trail.who, self._people.users
        if not manages_all(who):
            await UserService(users, who).fetch_user(user_id)
            require_admin(who, to="reset passwords")
        require_unbound(who, to="reset passwords")
        password = SecretStr(new_password())
        # Before the first question to the database: nobody else can write during a transaction.
        hashed = await self._hasher.hash(password)
        user = await users.get(user_id)
        if user is None:
            raise user_not_found()
        user.password_hash = hashed
        await self._people.sessions.delete_of_user(user.id)
        self._links.forget(user.id)
        await self._trail.record(Action.USER_RESET_PASSWORD, user.id)
        return password
