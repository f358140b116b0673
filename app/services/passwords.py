"""Passwords of users: made up by the gateway, told once."""

import asyncio
from typing import Final

from pydantic import SecretStr

from app.core.passwords import hash_password, new_password
from app.db.repositories.users import UserRepository
from app.services.access import manages_all, require_admin
from app.services.audit_trail import Action, AuditTrail
from app.services.users import UserService, user_not_found

_AT_ONCE: Final = 2  # each takes 64 MiB and a processor


class PasswordHasher:
    """Hashes passwords beside the event loop, few at once. One lives as long as the process."""

    def __init__(self) -> None:
        """Start with nothing to do."""
        self._turns = asyncio.Semaphore(_AT_ONCE)

    async def hash(self, password: SecretStr) -> str:
        """Return what is stored of a password."""
        async with self._turns:
            return await asyncio.to_thread(hash_password, password.get_secret_value())


class PasswordEditor:
    """Sets passwords inside the caller's transaction. Only admins may."""

    def __init__(self, users: UserRepository, trail: AuditTrail, hasher: PasswordHasher) -> None:
        """Take where users are, who changes them, and what hashes passwords."""
        self._users = users
        self._trail = trail
        self._hasher = hasher

    async def reset(self, user_id: str) -> SecretStr:
        """Give a user a new password and return it. Nobody can read it again.

        Raises:
            NotFoundError: there is no such user in sight.
            ForbiddenError: the caller is no admin.
        """
        who = self._trail.who
        if not manages_all(who):
            await UserService(self._users, who).fetch_user(user_id)
            require_admin(who, to="reset passwords")
        password = SecretStr(new_password())
        # Before the first question to the database: nobody else can write during a transaction.
        hashed = await self._hasher.hash(password)
        user = await self._users.get(user_id)
        if user is None:
            raise user_not_found()
        user.password_hash = hashed
        await self._trail.record(Action.USER_RESET_PASSWORD, user.id)
        return password
