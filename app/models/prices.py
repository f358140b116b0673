"""The table of prices that were set over the API."""

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class PriceRow(Base):
    """What one kind of unit of a model costs, from one moment to another.

    A price is the rows with one id, a row for each kind of unit: it begins and ends as a whole.
    """

    __tablename__ = "prices"

    id: Mapped[str] = mapped_column(primary_key=True)
    model: Mapped[str]  # as callers name it, or as the upstream does
    upstream: Mapped[str | None]  # None: wherever it runs
    unit: Mapped[str] = mapped_column(primary_key=True)
    nusd_per_million: Mapped[int]
    valid_from_ms: Mapped[int]
    valid_until_ms: Mapped[int | None]  # None: until another one begins
    source: Mapped[str]  # who said so: `api`, or the list that it was imported from
    created_at_ms: Mapped[int]

    __table_args__ = (
        CheckConstraint("nusd_per_million >= 0", name="price"),
        Index(None, "model", "upstream"),
    )
