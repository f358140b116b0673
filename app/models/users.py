"""The table of people."""

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class User(Base):
    """One person. Who is disabled can do nothing, and has lost every key of their own."""

    __tablename__ = "users"

    id: Mapped[str] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)  # in lower case
    name: Mapped[str]
    role: Mapped[str]
    password_hash: Mapped[str | None]  # None: no password was ever set
    created_at_ms: Mapped[int]
    disabled_at_ms: Mapped[int | None]

    __table_args__ = (CheckConstraint("role IN ('admin', 'member')", name="role"),)
