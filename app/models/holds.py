"""The tables of what is under way: holds, and the processes that they belong to."""

from typing import Any

from sqlalchemy import JSON, CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class Lease(Base):
    """One running process. A hold without a live lease belongs to nobody who could settle it."""

    __tablename__ = "leases"

    id: Mapped[str] = mapped_column(primary_key=True)
    started_at_ms: Mapped[int]
    until_ms: Mapped[int]  # renewed; beyond it the process is taken for dead


class HoldRow(Base):
    """The row of intent of one call that has not ended: who, what for, and what is reserved."""

    __tablename__ = "holds"

    id: Mapped[str] = mapped_column(primary_key=True)  # of the entry that it becomes
    lease_id: Mapped[str]  # no foreign key: a lease that is gone is what to look for
    created_at_ms: Mapped[int]
    key_id: Mapped[str]
    client_request_id: Mapped[str | None]
    task: Mapped[str]
    model: Mapped[str]
    upstream: Mapped[str | None]
    upstream_model: Mapped[str | None]
    stream: Mapped[bool]
    user_id: Mapped[str | None]
    team_id: Mapped[str | None]
    unit_in: Mapped[str | None]
    unit_out: Mapped[str | None]
    units_in: Mapped[int]  # at most so many
    units_out: Mapped[int]  # at most so many before the hold is topped up
    held_nusd: Mapped[int]
    price: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    charged: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    tags: Mapped[dict[str, str] | None] = mapped_column(JSON(none_as_null=True))
    end_user: Mapped[str | None]

    __table_args__ = (CheckConstraint("held_nusd >= 0", name="held"),)
