"""Hands out sign-in links to admins, for anybody."""

from app.core.errors import ConflictError
from app.db.repositories.people import People
from app.services.access import require_admin
from app.services.audit_trail import Action, AuditTrail
from app.services.key_rights import require_unbound
from app.services.sign_in_links import SignInLink, SignInLinks
from app.services.users import user_not_found


class SignInLinkDesk:
    """Hands out links inside the caller's transaction. Only admins may."""

    def __init__(self, people: People, trail: AuditTrail, links: SignInLinks) -> None:
        """Take where users are, who asks, and what makes links."""
        self._people = people
        self._trail = trail
        self._links = links

    async def issue(self, user_id: str) -> SignInLink:
        """Return a new link for a user.

        Raises:
            ForbiddenError: the caller is no admin, or asks with a key that may less than its owner.
            NotFoundError: there is no such user.
            ConflictError: the user is disabled.
        """
        require_admin(self._trail.who, to="make sign-in links")
        require_unbound(self._trail.who, to="make sign-in links")
        user = await self._people.users.get(user_id)
        if user is None:
            raise user_not_found("user_id")
        if user.disabled_at_ms is not None:
            raise ConflictError(
                "This user is disabled, so a link would not work. Enable them first.",
                param="user_id",
            )
        await self._trail.record(Action.USER_SIGN_IN_LINK, user.id)
        return self._links.issue(user.id, made_by=self._trail.who.user_id)
