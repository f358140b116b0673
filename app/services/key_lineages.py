"""Which limits and budgets of keys a new key is bound by, so that none can shed its own."""

from app.core.errors import ForbiddenError
from app.db.repositories.people import People
from app.models.api_keys import ApiKey
from app.services.access import manages_all
from app.services.admission.scopes import AccountScope, ScopeKind
from app.services.principals import Principal


class KeyLineages:
    """Keeps whoever asks with a limited key from getting one that is not."""

    def __init__(self, people: People, who: Principal) -> None:
        """Take where limits and budgets are, and who asks for a key."""
        self._people = people
        self._who = who

    async def binding(self) -> str | None:
        """Return the lineage that every key which somebody issues belongs to, or None: its own.

        It is theirs where the key that they ask with has limits or budgets, which they cannot
        change: only admins can. In a browser they ask with no key, and those of the user bind.
        """
        lineage = self._who.lineage_id or self._who.key_id
        if manages_all(self._who) or not self._who.is_key:
            return None
        scope = AccountScope(ScopeKind.KEY, lineage)
        has_terms = bool(
            await self._people.limits.list_binding([scope])
            or await self._people.budgets.list_binding([scope])
        )
        return lineage if has_terms else None

    async def require_rotation(self, old: ApiKey) -> None:
        """Return if the new secret of a key is bound by all that the key that asks is bound by.

        Raises:
            ForbiddenError: it is not.
        """
        lineage = await self.binding()
        if lineage is not None and lineage != (old.lineage_id or old.id):
            raise ForbiddenError(
                "Your own key has limits or budgets that the key which you rotate does not have, "
                "so it cannot have its new secret. Ask with that key itself, or ask an admin."
            )
