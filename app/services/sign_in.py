"""Lets people in: by a link, or by e-mail and password."""

from dataclasses import dataclass
from typing import Final

from pydantic import SecretStr

from app.core.clock import Clock
from app.core.errors import AppError, UnauthenticatedError
from app.core.passwords import is_outdated
from app.db.repositories.people import People
from app.db.repositories.session_directory import SessionDirectory
from app.models.users import User
from app.services.audit_trail import Action, Actor, AuditTrail
from app.services.passwords import PasswordHasher
from app.services.principals import UserRole
from app.services.session_editor import NewSession, SessionEditor
from app.services.sessions import SignInMethod
from app.services.sign_in_failures import SignInFailures
from app.services.sign_in_links import SignInLinks

_WRONG: Final = (
    "The e-mail address or the password is wrong. An admin can set a new password; "
    "`meterhouse sign-in-link` on the gateway's machine prints a link that needs none."
)
_NOT_ANY_MORE: Final = "This sign-in link is for a user who is disabled or gone."
_NO_ADMIN: Final = (
    "Whoever made this sign-in link is no admin any more. Ask an admin for a new one."
)


@dataclass(frozen=True, slots=True)
class Visit:
    """Where somebody comes from who signs in."""

    from_ip: str | None
    request_id: str | None
    cookie: str | None  # of a session that the new one takes the place of


@dataclass(frozen=True, slots=True)
class Link:
    """The token of a sign-in link."""

    token: SecretStr


@dataclass(frozen=True, slots=True)
class Login:
    """An e-mail address in lower case, and a password."""

    email: str
    password: SecretStr


class PasswordCheck:
    """Says whose a password is. It takes as long for somebody who does not exist."""

    def __init__(
        self, directory: SessionDirectory, hasher: PasswordHasher, failures: SignInFailures
    ) -> None:
        """Take where users are, what compares passwords, and who counts failures."""
        self._directory = directory
        self._hasher = hasher
        self._failures = failures

    async def find(self, email: str, password: SecretStr, from_ip: str | None) -> User | None:
        """Return the enabled user with an address and password, or None.

        Raises:
            RateLimitedError: too many tries have failed.
            OverloadedError: too many passwords are being checked.
        """
        attempt = self._failures.begin(email, from_ip)
        try:
            user = await self._directory.find_user(email)
            is_right = await self._hasher.verify(password, user.password_hash if user else None)
        except AppError:
            self._failures.withdraw(attempt)
            raise
        if user is not None and is_right and user.disabled_at_ms is None:
            self._failures.forgive(attempt)
            return user
        if user is not None:
            self._failures.note(user.id, from_ip)
        return None


@dataclass(frozen=True, slots=True)
class SignInTools:
    """What somebody is let in with, and lives as long as the process."""

    clock: Clock
    directory: SessionDirectory
    hasher: PasswordHasher
    check: PasswordCheck
    links: SignInLinks


class SignInService:
    """Begins sessions inside the caller's transaction."""

    def __init__(self, people: People, sessions: SessionEditor, tools: SignInTools) -> None:
        """Take where people are, what begins sessions, and what lets people in."""
        self._people = people
        self._sessions = sessions
        self._tools = tools

    async def enter(self, wish: Link | Login, visit: Visit) -> NewSession:
        """Sign somebody in.

        Raises:
            UnauthenticatedError: the link, or the address or password, is no good, or the account
                is disabled.
            RateLimitedError: too many tries have failed.
            OverloadedError: too many passwords are being checked.
        """
        match wish:
            case Link(token):
                user, method = await self._by_link(token.get_secret_value()), SignInMethod.LINK
            case Login(email, password):
                user = await self._by_password(email, password, visit.from_ip)
                method = SignInMethod.PASSWORD
        begun = await self._sessions.start(user, method, in_place_of=visit.cookie)
        who = begun.own.signed_in
        actor = Actor(who.principal, visit.from_ip, visit.request_id)
        await AuditTrail(self._people, self._tools.clock, actor).record(
            Action.USER_SIGN_IN, user.id, after={"with": method.value, "session": who.session_id}
        )
        return begun

    async def _by_link(self, token: str) -> User:
        use, users = self._tools.links.redeem(token), self._people.users
        user = await users.get(use.user_id)
        if user is None or user.disabled_at_ms is not None:
            raise UnauthenticatedError(_NOT_ANY_MORE, param="link")
        if use.made_by is not None:
            maker = await users.get(use.made_by)
            if maker is None or maker.disabled_at_ms is not None or maker.role != UserRole.ADMIN:
                raise UnauthenticatedError(_NO_ADMIN, param="link")
        return user

    async def _by_password(self, email: str, password: SecretStr, from_ip: str | None) -> User:
        # Before the first question to the database: nobody else can write during a transaction.
        found = await self._tools.check.find(email, password, from_ip)
        if found is None or found.password_hash is None:
            raise UnauthenticatedError(_WRONG)
        hashed = found.password_hash
        renewed = await self._tools.hasher.hash(password) if is_outdated(hashed) else hashed
        user = await self._people.users.get(found.id)
        if user is None or user.disabled_at_ms is not None or user.password_hash != hashed:
            raise UnauthenticatedError(_WRONG)
        user.password_hash = renewed
        return user
