"""People: who they are, and what an admin may do with them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from app.core.clock import Clock, epoch_ms
from app.core.errors import ConflictError, NotFoundError
from app.core.ids import new_id
from app.db.repositories.people import People
from app.db.repositories.users import UserRepository
from app.models.users import User
from app.services.access import require_admin, users_in_sight
from app.services.account_scopes import end_with_user, shut_out
from app.services.audit_trail import Action, AuditTrail
from app.services.pages import require_start
from app.services.principals import Principal, UserRole
from app.services.sign_in_links import SignInLinks
from app.utils.paging import Cursor, Page, cut


@dataclass(frozen=True, slots=True)
class UserPatch:
    """What is to change about a user: everything that is not None."""

    email: str | None = None
    name: str | None = None
    role: UserRole | None = None
    is_disabled: bool | None = None


class UserService:
    """Shows users to somebody, as far as they may see them."""

    def __init__(self, users: UserRepository, who: Principal) -> None:
        """Take where users are, and who looks at them."""
        self._users = users
        self._who = who

    async def fetch_user(self, user_id: str) -> User:
        """Return one user.

        Raises:
            NotFoundError: there is no such user in sight.
        """
        user = await self._users.get_in_sight(user_id, users_in_sight(self._who))
        if user is None:
            raise user_not_found()
        return user

    async def list_page(self, cursor: Cursor) -> Page[User]:
        """Return users, newest first, disabled ones too.

        Raises:
            InvalidRequestError: the page begins after something that is no user's id.
        """
        require_start(cursor, "user")
        return cut(await self._users.list_after(cursor, users_in_sight(self._who)), cursor)


class UserEditor:
    """Creates, changes and deletes users inside the caller's transaction. Only admins may."""

    def __init__(self, people: People, trail: AuditTrail, clock: Clock, links: SignInLinks) -> None:
        """Take where users and keys are, who changes them, the time, and other ways in."""
        self._people = people
        self._users = people.users
        self._trail = trail
        self._clock = clock
        self._links = links

    async def create(self, *, email: str, name: str, role: UserRole) -> User:
        """Create a user, who has neither a password nor a key yet.

        Raises:
            ForbiddenError: the caller is no admin.
            ConflictError: somebody has the address already.
        """
        require_admin(self._trail.who, to="create users")
        await self._require_free(email)
        user = User(
            id=new_id("user"),
            email=email,
            name=name,
            role=role.value,
            password_hash=None,
            created_at_ms=self._now_ms(),
            disabled_at_ms=None,
        )
        await self._users.add(user)
        facts = {"email": email, "name": name, "role": role.value}
        await self._trail.record(Action.USER_CREATE, user.id, after=facts)
        return user

    async def update(self, user_id: str, patch: UserPatch) -> User:
        """Change a user. Who is disabled loses their keys and sessions; their teams' keys stay.

        Raises:
            NotFoundError: there is no such user in sight.
            ForbiddenError: the caller is no admin.
            ConflictError: somebody has the address, or no enabled admin would be left.
        """
        user = await self._require(user_id, to="change users")
        after = _changed(user, patch)
        before = _facts(user, after)
        if not after:
            return user
        if "email" in after:
            await self._require_free(after["email"])
        if after.get("role") == UserRole.MEMBER or after.get("is_disabled"):
            await self._require_other_admin(user)
        for name in after.keys() - {"is_disabled"}:
            setattr(user, name, after[name])
        action = Action.USER_UPDATE
        if "is_disabled" in after:
            action = Action.USER_DISABLE if after["is_disabled"] else Action.USER_ENABLE
            user.disabled_at_ms = self._now_ms() if after["is_disabled"] else None
        if action is Action.USER_DISABLE:
            after["revoked_keys"] = await shut_out(self._people, user.id, at_ms=self._now_ms())
            self._links.forget(user.id)  # or one of them would let the user in once enabled again
        await self._trail.record(action, user.id, before=before, after=after)
        return user

    async def delete(self, user_id: str) -> None:
        """Delete a user with their keys, memberships and limits. Their calls stay in the ledger.

        Their budgets bind nobody any more, but what they saw stays.

        Raises:
            NotFoundError: there is no such user in sight.
            ForbiddenError: the caller is no admin.
            ConflictError: no enabled admin would be left.
        """
        user = await self._require(user_id, to="delete users")
        await self._require_other_admin(user)
        facts = _facts(user, ("email", "name", "role", "is_disabled"))
        facts |= await end_with_user(self._people, user.id, at_ms=self._now_ms())
        await self._trail.record(Action.USER_DELETE, user.id, before=facts)
        await self._users.delete(user)

    async def _require(self, user_id: str, *, to: str) -> User:
        who = self._trail.who
        user = await UserService(self._users, who).fetch_user(user_id)
        require_admin(who, to=to)
        return user

    async def _require_free(self, email: str) -> None:
        if await self._users.get_by_email(email) is not None:
            raise ConflictError(
                "There is a user with this `email` already. Use another one, or change that user.",
                param="email",
            )

    async def _require_other_admin(self, user: User) -> None:
        """Keep the last enabled admin. Nobody else can write until this transaction has ended."""
        is_counted = user.role == UserRole.ADMIN and user.disabled_at_ms is None
        if is_counted and not await self._users.has_other_admin(user.id):
            raise ConflictError(
                "This is the last admin who is not disabled. Make somebody else an admin first."
            )

    def _now_ms(self) -> int:
        return epoch_ms(self._clock.now())


def user_not_found(param: str | None = None) -> NotFoundError:
    """Return the one answer for users who do not exist and those who are out of sight."""
    return NotFoundError(
        "There is no such user that you may see. `GET /v1/users` lists them.", param=param
    )


def _changed(user: User, patch: UserPatch) -> dict[str, Any]:
    """Return what a patch asks for that is not so already."""
    wanted = {
        "email": patch.email,
        "name": patch.name,
        "role": None if patch.role is None else patch.role.value,
        "is_disabled": patch.is_disabled,
    }
    now = _facts(user, wanted)
    return {
        name: value for name, value in wanted.items() if value is not None and value != now[name]
    }


def _facts(user: User, names: Iterable[str]) -> dict[str, Any]:
    known = {
        "email": user.email,
        "name": user.name,
        "role": user.role,
        "is_disabled": user.disabled_at_ms is not None,
    }
    return {name: known[name] for name in names}
