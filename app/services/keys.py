"""API keys, as those see them who manage them."""

from app.core.errors import NotFoundError
from app.db.repositories.api_keys import ApiKeyRepository, KeyFilter
from app.models.api_keys import ApiKey
from app.services.key_rights import keys_in_sight
from app.services.pages import require_start
from app.services.principals import Principal
from app.utils.paging import Cursor, Page, cut


class KeyService:
    """Shows keys to somebody, as far as they may see them."""

    def __init__(self, keys: ApiKeyRepository, who: Principal) -> None:
        """Take where keys are, and who looks at them."""
        self._keys = keys
        self._who = who

    async def fetch_key(self, key_id: str) -> ApiKey:
        """Return one key, good or not.

        Raises:
            NotFoundError: there is no such key in sight.
        """
        key = await self._keys.get_in_sight(key_id, keys_in_sight(self._who))
        if key is None:
            raise NotFoundError("There is no such key that you may see. `GET /v1/keys` lists them.")
        return key

    async def list_page(
        self, cursor: Cursor, *, user_id: str | None = None, team_id: str | None = None
    ) -> Page[ApiKey]:
        """Return keys, newest first, expired and revoked ones too; of one user or team, or all.

        Raises:
            InvalidRequestError: the page begins after something that is no key's id.
        """
        require_start(cursor, "key")
        sight, wanted = keys_in_sight(self._who), KeyFilter(user_id=user_id, team_id=team_id)
        return cut(await self._keys.list_after(cursor, sight, wanted), cursor)
