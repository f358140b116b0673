"""API keys on the wire."""

from datetime import UTC, datetime
from typing import Annotated, Any, Final, Self

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
)

from app.api.v1.schemas.fields import Name, ShownSecret, Tags, moment
from app.api.v1.schemas.page import PageOut
from app.core.clock import from_epoch_ms
from app.models.api_keys import ApiKey
from app.services.key_editor import IssuedKey, KeyWish
from app.services.principals import Scope
from app.utils.paging import Page

_LATEST: Final = datetime(9000, 1, 1, tzinfo=UTC)  # later ones have no form in every time zone


def _without_spaces(pattern: str) -> str:
    if not pattern.isprintable() or " " in pattern:
        raise ValueError("must be a model name without spaces, with `*` for any text")
    return pattern


_Id = Annotated[str, StringConstraints(max_length=64)]
_Pattern = Annotated[
    str, StringConstraints(min_length=1, max_length=200), AfterValidator(_without_spaces)
]


class KeyCreate(BaseModel):
    """What a manager sends to get a key. What is left out is as with their own key."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[Name, Field(description="Who or what it is for. Lists show it.")]
    scopes: Annotated[
        frozenset[Scope],
        Field(min_length=1, description="`inference` calls models, `manage` manages."),
    ] = frozenset({Scope.INFERENCE})
    user_id: Annotated[
        _Id | None, Field(description="Whose own key it is: yours, unless you are an admin.")
    ] = None
    team_id: Annotated[
        _Id | None,
        Field(description="The team it is charged to. Without `user_id` it is a service key."),
    ] = None
    allowed_models: Annotated[
        list[_Pattern] | None,
        Field(min_length=1, max_length=50, description="Model names, with `*` for any text."),
    ] = None
    expires_at: Annotated[
        AwareDatetime | None,
        Field(lt=_LATEST, description="When it stops working, with a time zone."),
    ] = None
    tags: Annotated[
        Tags | None,
        Field(description="Put on each of its calls, with your own key's."),
    ] = None

    def to_wish(self) -> KeyWish:
        """Return what is asked for."""
        return KeyWish(
            name=self.name,
            scopes=self.scopes,
            user_id=self.user_id,
            team_id=self.team_id,
            allowed_models=None if self.allowed_models is None else tuple(self.allowed_models),
            expires_at=self.expires_at,
            tags=self.tags,
        )


class KeyRotate(BaseModel):
    """What a manager sends to get a new secret for a key."""

    model_config = ConfigDict(extra="forbid")

    overlap_hours: Annotated[
        int,
        Field(strict=True, ge=0, le=720, description="How long the old secret still works."),
    ] = 24


class KeyOut(BaseModel):
    """What is seen of a key. Never its secret."""

    id: str
    name: str
    prefix: Annotated[str, Field(description="The first 8 characters of the secret.")]
    last4: Annotated[str, Field(description="The last 4 characters of the secret.")]
    scopes: list[Scope]
    user_id: Annotated[str | None, Field(description="Null: a service key, of its team.")]
    team_id: Annotated[str | None, Field(description="The team that its calls are charged to.")]
    allowed_models: Annotated[
        list[str] | None, Field(description="Names, with `*` for any text. Null: every model.")
    ]
    tags: dict[str, str]
    lineage_id: Annotated[
        str, Field(description="The first key in a row of rotations: limits and budgets are its.")
    ]
    created_by: Annotated[str | None, Field(description="The user who made it, where one did.")]
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


class KeyList(PageOut[KeyOut]):
    """One page of keys, newest first."""

    @classmethod
    def of(cls, page: Page[ApiKey]) -> Self:
        """Build the wire form of a page."""
        return cls.build(page, KeyOut.of, lambda out: out.id)


def _fields(key: ApiKey) -> dict[str, Any]:
    return {
        "id": key.id,
        "name": key.name,
        "prefix": key.prefix,
        "last4": key.last4,
        "scopes": key.scopes,
        "user_id": key.user_id,
        "team_id": key.team_id,
        "allowed_models": key.allowed_models,
        "tags": key.tags,
        "lineage_id": key.lineage_id or key.id,
        "created_by": key.created_by,
        "created_at": from_epoch_ms(key.created_at_ms),
        "expires_at": moment(key.expires_at_ms),
        "revoked_at": moment(key.revoked_at_ms),
        "last_used_at": moment(key.last_used_at_ms),
    }
