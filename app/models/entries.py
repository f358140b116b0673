"""The table of the ledger: one row a call."""

from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class EntryRow(Base):
    """One call, as it ended. Rows are never changed.

    There are no foreign keys: the bootstrap credential has no row, and entries outlive keys, users
    and teams. Only closed sets of words are checked: what an upstream reported must
    never keep a call out of the ledger.
    """

    __tablename__ = "entries"

    id: Mapped[str] = mapped_column(primary_key=True)
    created_at_ms: Mapped[int]
    settled_at_ms: Mapped[int]
    key_id: Mapped[str]
    client_request_id: Mapped[str | None]
    task: Mapped[str]
    model: Mapped[str]
    upstream: Mapped[str | None]
    upstream_model: Mapped[str | None]
    stream: Mapped[bool]
    status: Mapped[str]
    error_code: Mapped[str | None]
    finish_reason: Mapped[str | None]
    units_in: Mapped[int | None]
    units_out: Mapped[int | None]
    basis: Mapped[str | None]
    attempts: Mapped[int]
    latency_ms: Mapped[int]
    ttft_ms: Mapped[int | None]
    user_id: Mapped[str | None]
    team_id: Mapped[str | None]
    unit_in: Mapped[str | None]  # the kind of `units_in`: token, character, second ...
    unit_out: Mapped[str | None]
    cached_in: Mapped[int | None]  # those of `units_in` that the upstream had in its cache
    cost_nusd: Mapped[int | None]  # nano-dollars; None where the price is unknown
    held_nusd: Mapped[int]  # the most that was reserved for it
    price: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    charged: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))  # budget periods
    tags: Mapped[dict[str, str] | None] = mapped_column(JSON(none_as_null=True))
    end_user: Mapped[str | None]  # whom the caller says it is for (OpenAI's `user`)
    tries: Mapped[list[dict[str, Any]] | None] = mapped_column(JSON(none_as_null=True))

    __table_args__ = (
        CheckConstraint("status IN ('ok', 'error', 'cancelled')", name="status"),
        CheckConstraint("basis IN ('reported', 'counted', 'estimated')", name="basis"),
        # What reports ask for: all of a time, or those of one key, team, user or model.
        Index(None, "created_at_ms"),
        Index(None, "key_id", "created_at_ms"),
        Index(None, "team_id", "created_at_ms"),
        Index(None, "user_id", "created_at_ms"),
        Index(None, "model", "created_at_ms"),
    )
