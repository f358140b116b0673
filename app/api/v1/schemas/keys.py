"""API keys on the wire."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    SecretStr,
    StringConstraints,
)

from app.core.clock import from_epoch_ms
from app.models.api_keys import ApiKey
from app.services.keys import IssuedKey
from app.services.principals import Scope
from app.utils.paging import Page


def _printable(name: str) -> str:
    if not name.isprintable():
        raise ValueError("must be one line of printable characters")
    return name


_Name = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=80),
    AfterValidator(_printable),
]
# Written out on the wire and nowhere else: not in a log, not in an error.
_ShownSecret = Annotated[
    SecretStr, PlainSerializer(SecretStr.get_secret_value, return_type=str, when_used="json")
]


class KeyCreate(BaseModel):
    """What a manager sends to get a key."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[_Name, Field(description="Who or what it is for. Lists show it.")]
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

    secret: _ShownSecret

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
        "expires_at": _moment(key.expires_at_ms),
        "revoked_at": _moment(key.revoked_at_ms),
        "last_used_at": _moment(key.last_used_at_ms),
    }


def _moment(milliseconds: int | None) -> datetime | None:
    return None if milliseconds is None else from_epoch_ms(milliseconds)
