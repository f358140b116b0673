"""What somebody sees of their own session, and how they end it."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.core.errors import UnauthenticatedError
from app.db.repositories.people import People
from app.models.teams import Team
from app.models.users import User
from app.services.audit_trail import Action, AuditTrail
from app.services.sessions import SignedIn


@dataclass(frozen=True, slots=True)
class OwnSession:
    """A session with the names of whose it is."""

    signed_in: SignedIn
    user: User
    teams: Sequence[Team]


class OwnSessions:
    """Shows people their own session."""

    def __init__(self, people: People) -> None:
        """Take where names are."""
        self._people = people

    async def describe(self, signed_in: SignedIn) -> OwnSession:
        """Return a session with names.

        Raises:
            UnauthenticatedError: the user was deleted a moment ago.
        """
        who = signed_in.principal
        user = await self._people.users.get(who.user_id or "")
        if user is None:
            raise UnauthenticatedError("You are not signed in any more: the user is gone.")
        return OwnSession(signed_in, user, await self._people.teams.list_by_ids(who.member_of))


class SignOut:
    """Ends somebody's own session inside the caller's transaction."""

    def __init__(self, people: People, trail: AuditTrail) -> None:
        """Take where sessions are, and who ends theirs."""
        self._people = people
        self._trail = trail

    async def end(self, signed_in: SignedIn) -> None:
        """End a session. It is written down once, however often it is asked for."""
        if await self._people.sessions.delete(signed_in.session_id):
            await self._trail.record(
                Action.USER_SIGN_OUT,
                signed_in.principal.user_id or "",
                before={"session": signed_in.session_id},
            )
