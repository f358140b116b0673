"""Sessions of people in browsers, on the wire."""

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, model_validator

from app.api.v1.schemas.fields import Email
from app.core.clock import from_epoch_ms
from app.services.own_password import MAX_LENGTH, PasswordWish
from app.services.own_session import OwnSession
from app.services.principals import TeamRole, UserRole
from app.services.sessions import SignInMethod
from app.services.sign_in import Link, Login


def _encodable(secret: SecretStr) -> SecretStr:
    """Refuse what only JSON can spell: half of a character."""
    try:
        secret.get_secret_value().encode()
    except UnicodeEncodeError:
        raise ValueError("must be text that UTF-8 can hold") from None
    return secret


Text = Annotated[SecretStr, AfterValidator(_encodable)]
Password = Annotated[Text, Field(min_length=1, max_length=MAX_LENGTH)]


class SignIn(BaseModel):
    """What somebody signs in with: the token of a link, or an e-mail address and a password."""

    model_config = ConfigDict(extra="forbid")

    link: Annotated[
        Text | None,
        Field(min_length=1, max_length=200, description="What follows `#/sign-in/` in a link."),
    ] = None
    email: Email | None = None
    password: Password | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        has_both = self.email is not None and self.password is not None
        has_any = self.email is not None or self.password is not None
        if (self.link is None) != has_both or (self.link is not None and has_any):
            raise ValueError("must be either `link`, or `email` and `password`")
        return self

    def to_wish(self) -> Link | Login:
        """Return what somebody signs in with."""
        if self.email is not None and self.password is not None:
            return Login(self.email, self.password)
        return Link(self.link or SecretStr(""))


class PasswordChange(BaseModel):
    """What somebody sends to choose a password of their own."""

    model_config = ConfigDict(extra="forbid")

    new_password: Password
    current_password: Annotated[
        Password | None,
        Field(description="Not needed by who has none, or signed in by link 15 minutes ago."),
    ] = None
    email: Annotated[
        Email | None, Field(description="A new address to sign in with. For admins alone.")
    ] = None

    def to_wish(self) -> PasswordWish:
        """Return what is asked for."""
        return PasswordWish(self.new_password, self.current_password, self.email)


class SessionUser(BaseModel):
    """Who is signed in."""

    id: str
    name: str
    email: str
    role: UserRole
    has_password: bool


class SessionTeam(BaseModel):
    """A team that they are in."""

    id: str
    name: str
    role: TeamRole


class SessionOut(BaseModel):
    """Who is signed in, and what pages of the session have to send."""

    object: Literal["session"]
    user: SessionUser
    teams: list[SessionTeam]
    csrf_token: Annotated[
        str, Field(description="Send it as `X-Meterhouse-CSRF` with every request of a page.")
    ]
    signed_in_with: SignInMethod
    created_at: datetime
    expires_at: Annotated[
        datetime, Field(description="At the latest: it ends after 8 hours without a request.")
    ]
    is_encrypted: Annotated[
        bool, Field(description="False: others on the way can read what is sent.")
    ]

    @classmethod
    def of(cls, found: OwnSession, *, is_encrypted: bool) -> Self:
        """Build the wire form of a session."""
        signed_in, user = found.signed_in, found.user
        return cls(
            object="session",
            user=SessionUser(
                id=user.id,
                name=user.name,
                email=user.email,
                role=UserRole(user.role),
                has_password=user.password_hash is not None,
            ),
            teams=[
                SessionTeam(
                    id=team.id,
                    name=team.name,
                    role=(
                        TeamRole.LEAD if team.id in signed_in.principal.leads else TeamRole.MEMBER
                    ),
                )
                for team in found.teams
            ],
            csrf_token=signed_in.csrf_token,
            signed_in_with=signed_in.signed_in_with,
            created_at=from_epoch_ms(signed_in.created_at_ms),
            expires_at=from_epoch_ms(signed_in.expires_at_ms),
            is_encrypted=is_encrypted,
        )
