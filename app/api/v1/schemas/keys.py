"""API keys on the wire."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from app.api.v1.schemas.fields import Name, ShownSecret, moment
from app.core.clock import from_epoch_ms
from app.models.api_keys import ApiKey
from app.services.keys import IssuedKey
from app.services.principals import Scope
from app.utils.paging import Page


class KeyCreate(BaseModel):
    """What a manager sends to get a key."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[Name, Field(description="Who or what it is for. Lists show it.")]
    scopes: Annotated[
        frozenset[Scope],
        Field(min_length=1, description="`inference` calls models, `manage` manages keys."),
    ] = frozenset({Scope.INFERENCE})
    expires_at: Annotated[
        AwareDatetime | None,
        Field(description="When it stops working, with a time zone. Left out: never."),
    ] = None


class KeyOut(BaseModel):
    """What is seen of a key. Never its secret."""

    id: str
    name: str
    prefix: Annotated[str, Field(description="The first 8 characters of the secret.")]
    last4: Annotated[str, Field(description="The last 4 characters of the secret.")]
    scopes: list[Scope]
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: Annotated[datetime | None, Field(description="Written once a minute.")]

    @classmethod
    def of(cls, key: ApiKey) -> Self:
        """Build the wire form of a stored key."""
        return cls(**_fields(key))


class KeyIssued(KeyOut):
    """A new key with its secret, shown this once."""

    secret: ShownSecret

    @classmethod
    def of_issued(cls, issued: IssuedKey) -> Self:
        """Build the wire form of a fresh key."""
        return cls(**_fields(issued.key), secret=issued.secret)


class KeyList(BaseModel):
    """One page of keys, newest first."""

    object: Literal["list"]
    data: list[KeyOut]
    has_more: bool
    first_id: str | None
    last_id: str | None

    @classmethod
    def of(cls, page: Page[ApiKey]) -> Self:
        """Build the wire form of a page."""
        ids = [key.id for key in page.items]
        return cls(
            object="list",
            data=[KeyOut.of(key) for key in page.items],
            has_more=page.has_more,
            first_id=ids[0] if ids else None,
            last_id=ids[-1] if ids else None,
        )


def _fields(key: ApiKey) -> dict[str, Any]:
    return {
        "id": key.id,
        "name": key.name,
        "prefix": key.prefix,
        "last4": key.last4,
        "scopes": key.scopes,
        "created_at": from_epoch_ms(key.created_at_ms),
        "expires_at": moment(key.expires_at_ms),
        "revoked_at": moment(key.revoked_at_ms),
        "last_used_at": moment(key.last_used_at_ms),
    }
