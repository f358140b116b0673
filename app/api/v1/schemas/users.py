"""Users on the wire."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field

from app.api.v1.schemas.fields import Email, PersonName, ShownSecret, moment
from app.api.v1.schemas.page import PageOut
from app.core.clock import from_epoch_ms
from app.models.users import User
from app.services.members import UserRecord
from app.services.principals import TeamRole, UserRole
from app.services.users import UserPatch
from app.utils.paging import Page

_ROLE = "An `admin` manages everything; a `member` what is theirs and what they lead."


class UserCreate(BaseModel):
    """What an admin sends to create a user."""

    model_config = ConfigDict(extra="forbid")

    email: Email
    name: PersonName
    role: Annotated[UserRole, Field(description=_ROLE)] = UserRole.MEMBER


class UserUpdate(BaseModel):
    """What an admin sends to change a user. What is left out or null stays as it is."""

    model_config = ConfigDict(extra="forbid")

    email: Email | None = None
    name: PersonName | None = None
    role: Annotated[UserRole | None, Field(description=_ROLE)] = None
    disabled: Annotated[
        bool | None,
        Field(
            strict=True,
            description="True revokes the user's keys, for good; false lets them in again.",
        ),
    ] = None

    def to_patch(self) -> UserPatch:
        """Return what is to change."""
        return UserPatch(
            email=self.email, name=self.name, role=self.role, is_disabled=self.disabled
        )


class UserOut(BaseModel):
    """What is seen of a user. Nothing of their password but whether there is one."""

    id: str
    email: str
    name: str
    role: UserRole
    has_password: bool
    created_at: datetime
    disabled_at: Annotated[datetime | None, Field(description="Null: the user is enabled.")]

    @classmethod
    def of(cls, user: User) -> Self:
        """Build the wire form of a stored user."""
        return cls(
            id=user.id,
            email=user.email,
            name=user.name,
            role=UserRole(user.role),
            has_password=user.password_hash is not None,
            created_at=from_epoch_ms(user.created_at_ms),
            disabled_at=moment(user.disabled_at_ms),
        )


class TeamOfUser(BaseModel):
    """A team that a user is in, and what they are there."""

    id: str
    name: str
    role: TeamRole


class UserListed(UserOut):
    """What a list says of a user."""

    teams: Annotated[list[TeamOfUser], Field(description="Those that you see, by their names.")]

    @classmethod
    def listed(cls, record: UserRecord) -> Self:
        """Build the wire form of a user with their teams."""
        teams = [
            TeamOfUser(id=one.team.id, name=one.team.name, role=TeamRole(one.member.role))
            for one in record.teams
        ]
        return cls(**UserOut.of(record.user).model_dump(), teams=teams)


class UserList(PageOut[UserListed]):
    """One page of users, newest first."""

    @classmethod
    def of(cls, page: Page[UserRecord]) -> Self:
        """Build the wire form of a page."""
        return cls.build(page, UserListed.listed, lambda out: out.id)


class PasswordIssued(BaseModel):
    """A user's new password, shown this once."""

    user_id: str
    password: ShownSecret
