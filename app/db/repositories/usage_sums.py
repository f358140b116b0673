"""What calls add up to."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from operator import add
from typing import Final, NamedTuple

from app.core.tasks.units import Unit

MINUTE_MS: Final = 60_000
HOUR_MS: Final = 60 * MINUTE_MS
DAY_MS: Final = 24 * HOUR_MS
WEEK_MS: Final = 7 * DAY_MS
_FIRST_MONDAY_MS: Final = 4 * DAY_MS  # 1970-01-05


class Dimension(StrEnum):
    """What calls are added up by."""

    ALL = "all"
    TEAM = "team"
    USER = "user"
    KEY = "key"
    MODEL = "model"
    TASK = "task"
    UPSTREAM = "upstream"
    STATUS = "status"
    TAG = "tag"  # a value is `name=value`; a call is in as many as it has tags


# What reports are about one value of. For a busy day of one, its calls are added up by all others.
PAIRED_WITHIN: Final = (Dimension.TEAM, Dimension.USER, Dimension.KEY, Dimension.MODEL)


def pair(dimension: Dimension, within: Dimension, value: str) -> str:
    """Return the name of a dimension among the calls of one value of another."""
    return f"{dimension}|{within}:{value}"


# In the order in which `Sums` has them.
SUMMED_UNITS: Final = (Unit.TOKEN, Unit.CHARACTER, Unit.PIXEL, Unit.SECOND, Unit.REQUEST)


class UnitSums(NamedTuple):
    """How many units of one kind went in, and came out."""

    units_in: int
    units_out: int


class Sums(NamedTuple):
    """What some calls add up to. Two of them are added field by field."""

    ok: int = 0
    error: int = 0
    cancelled: int = 0
    without_units: int = 0
    without_cost: int = 0
    assumed_price: int = 0
    units_in: int = 0  # tokens; those of tasks are below, each kind by itself
    units_out: int = 0
    characters_in: int = 0
    characters_out: int = 0
    pixels_in: int = 0
    pixels_out: int = 0
    seconds_in: int = 0
    seconds_out: int = 0
    requests_in: int = 0
    requests_out: int = 0
    cost_nusd: int = 0
    latency: int = 0  # histograms, `app/utils/histogram.py`
    ttft: int = 0

    @property
    def calls(self) -> int:
        """How many calls these are."""
        return self.ok + self.error + self.cancelled

    @property
    def other_units(self) -> dict[Unit, UnitSums]:
        """Units that are no tokens, by their kind, where there are any."""
        found = (
            (Unit.CHARACTER, UnitSums(self.characters_in, self.characters_out)),
            (Unit.PIXEL, UnitSums(self.pixels_in, self.pixels_out)),
            (Unit.SECOND, UnitSums(self.seconds_in, self.seconds_out)),
            (Unit.REQUEST, UnitSums(self.requests_in, self.requests_out)),
        )
        return {unit: sums for unit, sums in found if any(sums)}


class Cell(NamedTuple):
    """Where sums belong: a span of time, by its start, and one value of a dimension."""

    start_ms: int
    value: str  # "" for calls that have none, and of all calls


SumsByCell = dict[Cell, Sums]


@dataclass(frozen=True, slots=True)
class Span:
    """The moments from the first on, up to but without the second."""

    begin_ms: int
    end_ms: int


def add_to(found: SumsByCell, cell: Cell, sums: Sums) -> None:
    """Add sums to those of a cell."""
    there = found.get(cell)
    found[cell] = sums if there is None else Sums(*map(add, there, sums))


def total(parts: Iterable[Sums]) -> Sums:
    """Return what sums add up to."""
    columns = list(zip(*parts, strict=True))
    return Sums(*map(sum, columns)) if columns else Sums()


def offset_of(width_ms: int) -> int:
    """Return when the first span of a width began: weeks begin on Monday."""
    return _FIRST_MONDAY_MS if width_ms == WEEK_MS else 0


def start_of(at_ms: int, width_ms: int | None) -> int:
    """Return when the minute, hour, day or week (from Monday) of a moment began, in UTC.

    Without a width all moments are of one span, which begins at 0.
    """
    if width_ms is None:
        return 0
    return at_ms - (at_ms - offset_of(width_ms)) % width_ms
