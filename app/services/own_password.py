"""Lets people choose a password of their own."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from pydantic import SecretStr

from app.core.clock import epoch_ms
from app.core.errors import ConflictError, ForbiddenError, InvalidRequestError
from app.core.passwords import normal_password
from app.db.repositories.people import People
from app.models.users import User
from app.services.audit_trail import Action, AuditTrail
from app.services.session_editor import NewSession, SessionEditor
from app.services.sessions import SignedIn, SignInMethod
from app.services.sign_in import SignInTools
from app.services.users import UserEditor, UserPatch

MIN_LENGTH: Final = 12
MAX_LENGTH: Final = 200
LINK_IS_FRESH: Final = timedelta(minutes=15)

_GONE: Final = "Your account has changed meanwhile. Reload the page and try again."


@dataclass(frozen=True, slots=True)
class PasswordWish:
    """What somebody asks for: a password, and perhaps another address to sign in with."""

    new_password: SecretStr
    current_password: SecretStr | None
    email: str | None


class OwnPassword:
    """Changes the password of whoever is signed in, inside the caller's transaction."""

    def __init__(
        self,
        people: People,
        trail: AuditTrail,
        sessions: SessionEditor,
        tools: SignInTools,
    ) -> None:
        """Take where users are, who changes theirs, what begins sessions, and tools."""
        self._people = people
        self._trail = trail
        self._sessions = sessions
        self._clock = tools.clock
        self._tools = tools

    async def change(
        self, signed_in: SignedIn, wish: PasswordWish, from_ip: str | None
    ) -> NewSession:
        """Set a password, end every session of the user, and begin a new one.

        Raises:
            InvalidRequestError: the password is too weak, or the current one is missing.
            ForbiddenError: the current one is wrong, or somebody else has to change the address.
            RateLimitedError: the current one was wrong too often.
            ConflictError: somebody has the address, or changed the account meanwhile.
        """
        # All this comes before the first question to the database in the transaction: nobody else
        # can write during one.
        known = await self._tools.directory.get_user(self._trail.who.user_id or "")
        if known is None:
            raise ConflictError(_GONE)
        _require_strength(wish.new_password, (known.email, wish.email))
        await self._require_current(signed_in, known, wish.current_password, from_ip)
        hashed = await self._tools.hasher.hash(wish.new_password)
        user = await self._people.users.get(known.id)
        if user is None or user.password_hash != known.password_hash:
            raise ConflictError(_GONE)
        if wish.email not in {None, user.email}:
            await self._change_email(user, wish.email)
        user.password_hash = hashed
        await self._sessions.end_all(user.id)
        self._tools.links.forget(user.id)
        begun = await self._sessions.start(user, SignInMethod.PASSWORD)
        await self._trail.record(
            Action.USER_CHANGE_PASSWORD, user.id, after={"session": begun.own.signed_in.session_id}
        )
        return begun

    async def _require_current(
        self, signed_in: SignedIn, user: User, current: SecretStr | None, from_ip: str | None
    ) -> None:
        if user.password_hash is None:
            if current is not None:
                raise InvalidRequestError(
                    "You have no password yet. Leave `current_password` out.",
                    param="current_password",
                )
            return
        if current is None:
            if self._is_by_fresh_link(signed_in):
                return
            raise InvalidRequestError(
                "Send your `current_password` too. It is only not needed within 15 minutes of a "
                "sign-in by link.",
                param="current_password",
            )
        if await self._tools.check.find(user.email, current, from_ip) is None:
            raise ForbiddenError(
                "Your current password is another one. If you have lost it, sign in by a link "
                "(`meterhouse sign-in-link` on the gateway's machine), or ask an admin.",
                param="current_password",
            )

    def _is_by_fresh_link(self, signed_in: SignedIn) -> bool:
        age_ms = epoch_ms(self._clock.now()) - signed_in.created_at_ms
        is_fresh = age_ms < LINK_IS_FRESH.total_seconds() * 1000
        return signed_in.signed_in_with is SignInMethod.LINK and is_fresh

    async def _change_email(self, user: User, email: str | None) -> None:
        if not self._trail.who.is_admin:
            raise ForbiddenError(
                "Only an admin may change an e-mail address. Leave `email` out, and ask one.",
                param="email",
            )
        editor = UserEditor(self._people, self._trail, self._clock, self._tools.links)
        await editor.update(user.id, UserPatch(email=email))


def _require_strength(password: SecretStr, emails: tuple[str | None, ...]) -> None:
    text = normal_password(password.get_secret_value())
    if not MIN_LENGTH <= len(text) <= MAX_LENGTH:
        raise InvalidRequestError(
            f"`new_password` must have {MIN_LENGTH} to {MAX_LENGTH} characters; this one has "
            f"{len(text)}.",
            param="new_password",
        )
    if text.lower() in emails:
        raise InvalidRequestError(
            "`new_password` must not be your e-mail address.", param="new_password"
        )
