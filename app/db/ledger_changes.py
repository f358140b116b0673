"""What can happen to the ledger, as the writer is told it: facts and amounts, decided before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from operator import itemgetter
from typing import Any, Final, NamedTuple, TypeAlias

from app.models.base import Base
from app.models.bodies import BodyRow
from app.models.budgets import BudgetPeriodRow, EventRow
from app.models.entries import EntryRow
from app.models.holds import HoldRow

Value: TypeAlias = str | int | bool | None
Row: TypeAlias = tuple[Value, ...]


class Columns:
    """The columns of a table, in the order in which rows are written."""

    def __init__(self, model: type[Base]) -> None:
        """Read them off a table."""
        self.table = model.__tablename__
        self.names = tuple(column.name for column in model.__table__.columns)
        self._pick = itemgetter(*self.names)

    def row(self, values: Mapping[str, Value]) -> Row:
        """Return a row with a value for every column.

        Raises:
            ValueError: these are other columns.
        """
        if len(values) != len(self.names):
            raise ValueError(f"These are not the columns of {self.table}: {', '.join(values)}.")
        row: Row = self._pick(values)
        return row


ENTRIES: Final = Columns(EntryRow)
HOLDS: Final = Columns(HoldRow)
PERIODS: Final = Columns(BudgetPeriodRow)
EVENTS: Final = Columns(EventRow)
BODIES: Final = Columns(BodyRow)


class Charge(NamedTuple):
    """What a change adds to each of some budget periods, in nano-dollars."""

    period_ids: tuple[str, ...]
    held_nusd: int = 0
    settled_nusd: int = 0
    overshoot_nusd: int = 0


@dataclass(frozen=True, slots=True)
class LeaseRenewal:
    """A process lives, until a moment at least."""

    lease_id: str
    started_at_ms: int
    until_ms: int


@dataclass(frozen=True, slots=True)
class LeaseEnd:
    """A process has ended, with nothing left under way."""

    lease_id: str


@dataclass(frozen=True, slots=True)
class PeriodStart:
    """A budget's new period has its first call. What is there already stays as it is."""

    row: Row


@dataclass(frozen=True, slots=True)
class PeriodChange:
    """The terms of a period under way have changed."""

    period_id: str
    cap_nusd: int
    is_hard: bool
    overshoot_nusd: int  # by which what is settled and held is now above the cap
    events: Sequence[Row] = ()  # of that


@dataclass(frozen=True, slots=True)
class Intent:
    """A call is admitted: its hold is taken."""

    row: Row
    charges: Sequence[Charge] = ()
    is_durable: bool = False  # against power loss too


@dataclass(frozen=True, slots=True)
class TopUp:
    """A hold has grown."""

    hold_id: str
    lease_id: str
    units_out: int  # in all
    held_nusd: int  # in all
    charges: Sequence[Charge] = ()
    is_durable: bool = False


@dataclass(frozen=True, slots=True)
class Settlement:
    """A call has ended: its hold becomes an entry. Only whose hold it still is may settle it."""

    hold_id: str
    lease_id: str
    row: Row
    charges: Sequence[Charge] = ()
    events: Sequence[Row] = ()  # of what it does to budgets
    body: Row | None = None


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """A call that was admitted is not made after all: nothing has left for an upstream."""

    hold_id: str
    lease_id: str
    charges: Sequence[Charge] = ()


@dataclass(frozen=True, slots=True)
class Event:
    """An operator is to know of something, once: the id says what."""

    row: Row


@dataclass(frozen=True, slots=True)
class Nothing:
    """No change: whoever waits for it waits for all before it."""


Change: TypeAlias = (
    LeaseRenewal
    | LeaseEnd
    | PeriodStart
    | PeriodChange
    | Intent
    | TopUp
    | Settlement
    | Withdrawal
    | Event
    | Nothing
)


def described(change: Change) -> dict[str, Any]:
    """Return a change as the log shows it, so that nothing of it is lost with it.

    But what users wrote is not for the log.
    """
    facts = {
        field.name: getattr(change, field.name) for field in fields(change) if field.name != "body"
    }
    columns = _COLUMNS.get(type(change))
    if columns is not None:
        facts["row"] = dict(zip(columns.names, facts["row"], strict=True))
    return {"kind": type(change).__name__, **facts}


_COLUMNS: Final[Mapping[type[Change], Columns]] = {
    PeriodStart: PERIODS,
    Intent: HOLDS,
    Settlement: ENTRIES,
    Event: EVENTS,
}
