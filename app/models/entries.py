"""The table of the ledger: one row a call."""

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class EntryRow(Base):
    """One call, as it ended.

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

    __table_args__ = (
        CheckConstraint("status IN ('ok', 'error', 'cancelled')", name="status"),
        CheckConstraint("basis IN ('reported', 'counted', 'estimated')", name="basis"),
        Index(None, "key_id", "id"),  # a key's newest entries, page by page
        Index(None, "key_id", "created_at_ms"),  # a key's sums over a time
    )
