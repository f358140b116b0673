"""Issues, rotates and revokes API keys."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from pydantic import SecretStr

from app.core.clock import Clock, epoch_ms, from_epoch_ms
from app.core.errors import ConflictError, InvalidRequestError
from app.core.ids import new_id
from app.core.security import digest, new_secret, pepper_version
from app.db.repositories.people import People
from app.models.api_keys import ApiKey
from app.services.audit_trail import Action, AuditTrail
from app.services.key_lineages import KeyLineages
from app.services.key_owners import KeyOwners
from app.services.key_rights import Grant, grant_of, require_rotation, require_within
from app.services.keys import KeyService
from app.services.principals import Scope

MAX_TAGS: Final = 8


@dataclass(frozen=True, slots=True)
class KeyWish:
    """What is asked for in a new key. What is None is as with the key that asks."""

    name: str
    scopes: frozenset[Scope]
    user_id: str | None = None  # both None: the same owner
    team_id: str | None = None
    allowed_models: tuple[str, ...] | None = None
    expires_at: datetime | None = None
    tags: Mapping[str, str] | None = None  # those of the key that asks are added


@dataclass(frozen=True, slots=True)
class IssuedKey:
    """A new key with its secret, which nobody can read again."""

    key: ApiKey
    secret: SecretStr


class KeyEditor:
    """Issues, rotates and revokes keys inside the caller's transaction."""

    def __init__(self, people: People, trail: AuditTrail, clock: Clock, pepper: bytes) -> None:
        """Take where keys are, who changes them, the time, and what digests are made with."""
        self._people = people
        self._lineages = KeyLineages(people, trail.who)
        self._trail = trail
        self._clock = clock
        self._pepper = pepper

    async def issue(self, wish: KeyWish) -> IssuedKey:
        """Create a key and return it with its secret.

        Raises:
            NotFoundError: there is no such owner in sight.
            ForbiddenError: the caller may issue no key for the owner, or none that may so much.
            ConflictError: the owner could not use it.
            InvalidRequestError: it would never be good, or nobody's.
        """
        owner = await KeyOwners(self._people, self._trail.who).find(wish.user_id, wish.team_id)
        issued = self._new(wish.name, owner.user_id, self._grant(wish, owner.team_id))
        issued.key.lineage_id = await self._lineages.binding()
        await self._people.keys.add(issued.key)
        await self._trail.record(
            Action.KEY_CREATE, issued.key.id, team_id=owner.team_id, after=_facts(issued.key)
        )
        return issued

    async def rotate(self, key_id: str, overlap: timedelta) -> IssuedKey:
        """Create a key that may do the same, and let the old one expire after an overlap.

        Raises:
            NotFoundError: there is no such key in sight.
            ForbiddenError: it is a member's, or may more than the key that asks.
            ConflictError: it is not good any more.
        """
        old = await self._fetch(key_id)
        require_rotation(self._trail.who, old)
        now_ms = epoch_ms(self._clock.now())
        if not old.is_good(now_ms):
            raise ConflictError(
                "This key was revoked or has expired. Issue a new one with `POST /v1/keys`."
            )
        require_within(grant_of(old), self._trail.who)
        await self._lineages.require_rotation(old)
        issued = self._new(old.name, old.user_id, grant_of(old))
        issued.key.lineage_id = old.lineage_id or old.id
        before = _facts(old)
        ends_at_ms = now_ms + int(overlap.total_seconds() * 1000)
        if old.is_good(ends_at_ms):
            old.expires_at_ms = ends_at_ms
        await self._people.keys.add(issued.key)
        await self._trail.record(
            Action.KEY_ROTATE,
            old.id,
            team_id=old.team_id,
            before=before,
            after=_facts(old) | {"replaced_by": issued.key.id},
        )
        return issued

    async def revoke(self, key_id: str) -> None:
        """Make a key unusable. Revoking twice changes nothing.

        Raises:
            NotFoundError: there is no such key in sight.
        """
        key = await self._fetch(key_id)
        if key.revoked_at_ms is None:
            key.revoked_at_ms = epoch_ms(self._clock.now())
            await self._trail.record(
                Action.KEY_REVOKE, key.id, team_id=key.team_id, before=_facts(key)
            )

    async def _fetch(self, key_id: str) -> ApiKey:
        return await KeyService(self._people.keys, self._trail.who).fetch_key(key_id)

    def _grant(self, wish: KeyWish, team_id: str | None) -> Grant:
        """Return what a new key may do: what is asked for, within what the asking key may."""
        who, now = self._trail.who, self._clock.now()
        asked = wish.expires_at
        if asked is not None and asked <= now:
            raise InvalidRequestError(
                f"`expires_at` must be in the future; it is {now:%Y-%m-%dT%H:%M:%SZ} now.",
                param="expires_at",
            )
        grant = Grant(
            scopes=wish.scopes,
            allowed_models=(
                who.allowed_models if wish.allowed_models is None else wish.allowed_models
            ),
            expires_at_ms=who.expires_at_ms if asked is None else epoch_ms(asked),
            tags={**who.tags, **(wish.tags or {})},
            team_id=team_id,
        )
        require_within(grant, who)
        if len(grant.tags) > MAX_TAGS:
            raise InvalidRequestError(
                f"A key has at most {MAX_TAGS} tags, with those of the key that issues it.",
                param="tags",
            )
        return grant

    def _new(self, name: str, user_id: str | None, grant: Grant) -> IssuedKey:
        secret = new_secret()
        key = ApiKey(
            id=new_id("key"),
            name=name,
            digest=digest(self._pepper, secret),
            pepper_version=pepper_version(self._pepper),
            prefix=secret[:8],
            last4=secret[-4:],
            scopes=sorted(grant.scopes),
            created_at_ms=epoch_ms(self._clock.now()),
            expires_at_ms=grant.expires_at_ms,
            revoked_at_ms=None,
            last_used_at_ms=None,
            user_id=user_id,
            team_id=grant.team_id,
            allowed_models=None if grant.allowed_models is None else [*grant.allowed_models],
            tags=dict(grant.tags),
            created_by=self._trail.who.user_id,
            lineage_id=None,
        )
        return IssuedKey(key, SecretStr(secret))


def _facts(key: ApiKey) -> dict[str, Any]:
    """Return what the audit log says of a key: whose it is and what it may do."""
    ends_at_ms = key.expires_at_ms
    return {
        "name": key.name,
        "user_id": key.user_id,
        "scopes": key.scopes,
        "allowed_models": key.allowed_models,
        "tags": key.tags,
        "expires_at": None if ends_at_ms is None else from_epoch_ms(ends_at_ms).isoformat(),
    }
