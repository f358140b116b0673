"""What a manager may do with API keys."""

from dataclasses import dataclass
from datetime import datetime

from pydantic import SecretStr

from app.core.clock import Clock, epoch_ms
from app.core.errors import ForbiddenError, InvalidRequestError, NotFoundError
from app.core.ids import is_id, new_id
from app.core.security import digest, new_secret, pepper_version
from app.db.repositories.api_keys import ApiKeyRepository
from app.models.api_keys import ApiKey
from app.services.principals import Principal, Scope
from app.utils.paging import Cursor, Page, cut


@dataclass(frozen=True, slots=True)
class IssuedKey:
    """A new key with its secret, which nobody can read again."""

    key: ApiKey
    secret: SecretStr


class KeyService:
    """Issues, lists and revokes keys inside the caller's transaction."""

    def __init__(self, keys: ApiKeyRepository, clock: Clock, pepper: bytes) -> None:
        """Take where keys live, what time it is, and what their digests are made with."""
        self._keys = keys
        self._clock = clock
        self._pepper = pepper
        self.revoked: list[str] = []  # ids, for whoever must know once the transaction is kept

    async def issue(
        self, *, name: str, scopes: frozenset[Scope], expires_at: datetime | None, issuer: Principal
    ) -> IssuedKey:
        """Create a key and return it with its secret.

        Raises:
            ForbiddenError: the key would be allowed more than its issuer.
            InvalidRequestError: it would never be good.
        """
        beyond = scopes - issuer.scopes
        if beyond:
            raise ForbiddenError(
                f"Your own key lacks the scope `{min(beyond)}`, so it cannot issue one that has "
                "it. Leave it out, or use a key with both scopes.",
                param="scopes",
            )
        now = self._clock.now()
        if expires_at is not None and expires_at <= now:
            raise InvalidRequestError(
                f"`expires_at` must be in the future; it is {now:%Y-%m-%dT%H:%M:%SZ} now.",
                param="expires_at",
            )
        secret = new_secret()
        key = ApiKey(
            id=new_id("key"),
            name=name,
            digest=digest(self._pepper, secret),
            pepper_version=pepper_version(self._pepper),
            prefix=secret[:8],
            last4=secret[-4:],
            scopes=sorted(scopes),
            created_at_ms=epoch_ms(now),
            expires_at_ms=None if expires_at is None else epoch_ms(expires_at),
            revoked_at_ms=None,
            last_used_at_ms=None,
            user_id=issuer.user_id,
            team_id=issuer.team_id,
            allowed_models=None if issuer.allowed_models is None else [*issuer.allowed_models],
            tags=dict(issuer.tags),
            created_by=issuer.user_id,
        )
        await self._keys.add(key)
        return IssuedKey(key, SecretStr(secret))

    async def list_page(self, cursor: Cursor) -> Page[ApiKey]:
        """Return keys, newest first, revoked ones too.

        Raises:
            InvalidRequestError: the page begins after something that is no key's id.
        """
        if cursor.after is not None and not is_id(cursor.after, "key"):
            raise InvalidRequestError(
                "`after` must be the id of a key (`key_...`), such as the `last_id` of a page.",
                param="after",
            )
        return cut(await self._keys.list_after(cursor), cursor)

    async def revoke(self, key_id: str) -> None:
        """Make a key unusable. Revoking twice changes nothing.

        Raises:
            NotFoundError: there is no such key.
        """
        key = await self._keys.get(key_id)
        if key is None:
            raise NotFoundError("There is no key with this id. `GET /v1/keys` lists them.")
        if key.revoked_at_ms is None:
            key.revoked_at_ms = epoch_ms(self._clock.now())
        self.revoked.append(key_id)
