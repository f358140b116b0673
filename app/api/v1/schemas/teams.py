"""Teams and their members on the wire."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from app.api.v1.schemas.fields import Email, Name
from app.api.v1.schemas.page import PageOut
from app.core.clock import from_epoch_ms
from app.db.repositories.members import MemberRecord, MembershipRecord
from app.models.teams import Team
from app.services.principals import TeamRole
from app.utils.paging import Page

_ROLE = "A `lead` manages the team's members and keys."


class TeamCreate(BaseModel):
    """What an admin sends to create a team."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[Name, Field(description="No two teams differ in upper and lower case alone.")]


class TeamUpdate(BaseModel):
    """What an admin sends to rename a team."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[Name, Field(description="No two teams differ in upper and lower case alone.")]


class TeamOut(BaseModel):
    """What is seen of a team."""

    id: str
    name: str
    created_at: datetime

    @classmethod
    def of(cls, team: Team) -> Self:
        """Build the wire form of a stored team."""
        return cls(id=team.id, name=team.name, created_at=from_epoch_ms(team.created_at_ms))


class TeamList(PageOut[TeamOut]):
    """One page of teams, newest first."""

    @classmethod
    def of(cls, page: Page[Team]) -> Self:
        """Build the wire form of a page."""
        return cls.build(page, TeamOut.of, lambda out: out.id)


class MemberAdd(BaseModel):
    """What a lead sends to add a user to a team: either their id or their address."""

    model_config = ConfigDict(extra="forbid")

    user_id: Annotated[str | None, Field(max_length=64)] = None
    email: Email | None = None
    role: Annotated[TeamRole, Field(description=_ROLE)] = TeamRole.MEMBER

    @model_validator(mode="after")
    def _name_one(self) -> Self:
        if (self.user_id is None) == (self.email is None):
            raise ValueError("must name the user by either `user_id` or `email`")
        return self


class MemberUpdate(BaseModel):
    """What a lead sends to change a member's role in the team."""

    model_config = ConfigDict(extra="forbid")

    role: Annotated[TeamRole, Field(description=_ROLE)]


class MemberOut(BaseModel):
    """What is seen of a member of a team."""

    team_id: str
    user_id: str
    name: str
    role: TeamRole
    created_at: Annotated[datetime, Field(description="Since when they are in the team.")]

    @classmethod
    def of(cls, record: MemberRecord) -> Self:
        """Build the wire form of a stored membership."""
        member = record.member
        return cls(
            team_id=member.team_id,
            user_id=member.user_id,
            name=record.user.name,
            role=TeamRole(member.role),
            created_at=from_epoch_ms(member.created_at_ms),
        )


class MemberList(PageOut[MemberOut]):
    """One page of a team's members. The cursor is a user's id."""

    @classmethod
    def of(cls, page: Page[MemberRecord]) -> Self:
        """Build the wire form of a page."""
        return cls.build(page, MemberOut.of, lambda out: out.user_id)


class MembershipOut(BaseModel):
    """A team that a user is in."""

    team_id: str
    team_name: str
    user_id: str
    role: TeamRole
    created_at: Annotated[datetime, Field(description="Since when they are in the team.")]

    @classmethod
    def of(cls, record: MembershipRecord) -> Self:
        """Build the wire form of a stored membership."""
        member = record.member
        return cls(
            team_id=member.team_id,
            team_name=record.team.name,
            user_id=member.user_id,
            role=TeamRole(member.role),
            created_at=from_epoch_ms(member.created_at_ms),
        )


class MembershipList(PageOut[MembershipOut]):
    """One page of the teams that a user is in. The cursor is a team's id."""

    @classmethod
    def of(cls, page: Page[MembershipRecord]) -> Self:
        """Build the wire form of a page."""
        return cls.build(page, MembershipOut.of, lambda out: out.team_id)
