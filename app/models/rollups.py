"""The tables of what entries add up to, made from them and kept when they are deleted."""

from sqlalchemy.orm import Mapped, MappedColumn, mapped_column

from app.models.base import Base


def _no_units() -> MappedColumn[int]:
    return mapped_column(server_default="0")  # of what was called before there were tasks


class _Sums:
    """What the calls of one span of time and one value of a dimension add up to."""

    dimension: Mapped[str] = mapped_column(primary_key=True)  # or two: `model|team:team_...`
    start_ms: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    value: Mapped[str] = mapped_column(primary_key=True)  # "": none, or what all calls share
    ok: Mapped[int]
    error: Mapped[int]
    cancelled: Mapped[int]
    without_units: Mapped[int]
    without_cost: Mapped[int]
    assumed_price: Mapped[int]
    units_in: Mapped[int]  # tokens
    units_out: Mapped[int]
    cost_nusd: Mapped[int]
    latency: Mapped[bytes]  # packed histograms, `app/utils/histogram.py`
    ttft: Mapped[bytes]
    # What tasks are measured in.
    characters_in: Mapped[int] = _no_units()
    characters_out: Mapped[int] = _no_units()
    pixels_in: Mapped[int] = _no_units()
    pixels_out: Mapped[int] = _no_units()
    seconds_in: Mapped[int] = _no_units()
    seconds_out: Mapped[int] = _no_units()
    requests_in: Mapped[int] = _no_units()
    requests_out: Mapped[int] = _no_units()


class UsageHour(_Sums, Base):
    """One hour (UTC) of one value of one dimension."""

    __tablename__ = "usage_hours"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 - SQLAlchemy reads it so


class UsageDay(_Sums, Base):
    """One day (UTC) of one value of one dimension."""

    __tablename__ = "usage_days"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 - SQLAlchemy reads it so


class UsageWeek(_Sums, Base):
    """One week (UTC, from Monday on) of one value of one dimension."""

    __tablename__ = "usage_weeks"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 - SQLAlchemy reads it so


class UsageMark(Base):
    """How far the sums have come. The migration made the rows; moments are epoch milliseconds.

    `rolled_to`: every entry from before it is in the sums, or in `usage_late`.
    `paired_to`: days before it have been looked through for busy values.
    `kept_from`: entries from before it may have been deleted.
    `writes`: how often the sums were written. Whoever adds to what they read makes sure of it.
    """

    __tablename__ = "usage_marks"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[int]


class LateEntry(Base):
    """An entry from before `rolled_to` that was written after it had come so far.

    A trigger notes it in the very transaction that writes the entry, so none is missed whatever
    the clock does and however long a call takes.
    """

    __tablename__ = "usage_late"

    entry_id: Mapped[str] = mapped_column(primary_key=True)
