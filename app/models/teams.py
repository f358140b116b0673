"""The tables of teams and of who belongs to them."""

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class Team(Base):
    """Some people who share keys, and what these cost."""

    __tablename__ = "teams"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    folded_name: Mapped[str] = mapped_column(unique=True)  # no two names differ in case alone
    created_at_ms: Mapped[int]


class Member(Base):
    """One user in one team."""

    __tablename__ = "members"

    team_id: Mapped[str] = mapped_column(
        ForeignKey("teams.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[str] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    role: Mapped[str]
    created_at_ms: Mapped[int]

    __table_args__ = (CheckConstraint("role IN ('lead', 'member')", name="role"),)
