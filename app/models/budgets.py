"""The tables of money and limits: what may be used, and how much of it is."""

from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class BudgetRow(Base):
    """A cap on what one scope may cost in each period. Archived ones bind nobody any more.

    No foreign key: a scope is the instance, a team, a user, or a key with all its successors.
    """

    __tablename__ = "budgets"

    id: Mapped[str] = mapped_column(primary_key=True)
    scope: Mapped[str]
    scope_id: Mapped[str]  # "" for the instance
    cap_nusd: Mapped[int]
    period: Mapped[str]
    time_zone: Mapped[str]
    is_hard: Mapped[bool]
    alert_percents: Mapped[list[int]] = mapped_column(JSON)
    unknown_hold_nusd: Mapped[int | None]  # for a call without a price; None: it is refused
    created_at_ms: Mapped[int]
    archived_at_ms: Mapped[int | None]

    __table_args__ = (
        CheckConstraint("scope IN ('instance', 'team', 'user', 'key')", name="scope"),
        CheckConstraint("period IN ('day', 'week', 'month', 'total')", name="period"),
        Index(None, "scope", "scope_id"),
    )


class BudgetPeriodRow(Base):
    """What one budget has seen in one period. The promise that budgets hold is its constraint."""

    __tablename__ = "budget_periods"

    id: Mapped[str] = mapped_column(primary_key=True)  # `<budget id>@<start, epoch ms>`
    budget_id: Mapped[str] = mapped_column(ForeignKey("budgets.id"), index=True)
    start_ms: Mapped[int]
    end_ms: Mapped[int | None]  # None: it never ends
    cap_nusd: Mapped[int]
    is_hard: Mapped[bool]
    held_nusd: Mapped[int]
    settled_nusd: Mapped[int]
    overshoot_nusd: Mapped[int]  # by a lowered cap, or an upstream above its own bound
    closing_nusd: Mapped[int]  # that part of what is settled whose entries were deleted

    __table_args__ = (
        CheckConstraint("held_nusd >= 0", name="held"),
        CheckConstraint(
            "is_hard = 0 OR held_nusd + settled_nusd <= cap_nusd + overshoot_nusd", name="cap"
        ),
    )


class LimitRow(Base):
    """How much one scope may do per minute and at once. None: as much as it likes."""

    __tablename__ = "limits"

    id: Mapped[str] = mapped_column(primary_key=True)
    scope: Mapped[str]
    scope_id: Mapped[str]  # "" for the instance
    requests_per_minute: Mapped[int | None]
    tokens_per_minute: Mapped[int | None]
    parallel_calls: Mapped[int | None]
    wait_up_to_ms: Mapped[int]  # how long a call waits instead of being refused
    created_at_ms: Mapped[int]

    __table_args__ = (
        CheckConstraint("scope IN ('instance', 'team', 'user', 'key')", name="scope"),
        Index(None, "scope", "scope_id", unique=True),
    )


class EventRow(Base):
    """Something that an operator wants to know of: an alert of a budget, an overshoot."""

    __tablename__ = "events"

    id: Mapped[str] = mapped_column(primary_key=True)
    at_ms: Mapped[int]
    kind: Mapped[str]
    object_id: Mapped[str]  # the budget's
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)

    __table_args__ = (Index(None, "object_id", "id"),)
