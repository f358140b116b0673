"""The table of who changed what."""

from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class AuditRow(Base):
    """One change. Rows are only ever added: triggers refuse to update or delete one.

    There are no foreign keys: rows outlive whom and what they tell of. They hold no secret, and
    nothing that is made of one.
    """

    __tablename__ = "audit_log"

    id: Mapped[str] = mapped_column(primary_key=True)
    at_ms: Mapped[int]
    actor_kind: Mapped[str]
    actor_id: Mapped[str]  # of a user; else of the key or credential itself
    actor_key_id: Mapped[str | None]
    actor_name: Mapped[str]
    action: Mapped[str]
    object_type: Mapped[str]
    object_id: Mapped[str]
    team_id: Mapped[str | None]
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    after: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    from_ip: Mapped[str | None]
    request_id: Mapped[str | None]

    __table_args__ = (
        CheckConstraint(
            "actor_kind IN ('user', 'service', 'bootstrap', 'operator', 'system')",
            name="actor_kind",
        ),
        Index(None, "actor_id", "id"),
        Index(None, "object_id", "id"),
    )
