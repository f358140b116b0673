"""The tables of stored requests and answers, which an operator turns on for a team or a key."""

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class BodyRule(Base):
    """Whose bodies are stored, how much of each, and for how long."""

    __tablename__ = "body_rules"

    id: Mapped[str] = mapped_column(primary_key=True)
    scope: Mapped[str]
    scope_id: Mapped[str]
    max_bytes: Mapped[int]  # of each body; the rest is cut off
    keep_days: Mapped[int]
    created_at_ms: Mapped[int]

    __table_args__ = (
        CheckConstraint("scope IN ('team', 'key')", name="scope"),
        Index(None, "scope", "scope_id", unique=True),
    )


class BodyRow(Base):
    """What was asked in one call and what was answered, with secrets taken out."""

    __tablename__ = "bodies"

    entry_id: Mapped[str] = mapped_column(primary_key=True)
    expires_at_ms: Mapped[int] = mapped_column(index=True)
    request: Mapped[str]
    answer: Mapped[str]
    is_cut: Mapped[bool]
