"""Links that sign somebody in, on the wire."""

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from app.api.v1.schemas.fields import ShownSecret
from app.services.sign_in_links import SignInLink


class SignInLinkCreate(BaseModel):
    """Whom a link is to sign in."""

    model_config = ConfigDict(extra="forbid")

    user_id: Annotated[str, Field(max_length=64)]


class SignInLinkIssued(BaseModel):
    """A link that signs a user in, once. It is shown this once."""

    object: Literal["sign_in_link"]
    url: ShownSecret
    user_id: str
    expires_at: datetime

    @classmethod
    def of(cls, link: SignInLink, url: ShownSecret) -> Self:
        """Build the wire form of a fresh link, at an address."""
        return cls(object="sign_in_link", url=url, user_id=link.user_id, expires_at=link.expires_at)
