"""What calls add up to: over all of them, by group, and over time."""

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from app.core.clock import Clock, epoch_ms, from_epoch_ms
from app.core.errors import InvalidRequestError
from app.db.repositories.entry_sums import EntrySums
from app.db.repositories.rollups import RollupRepository
from app.db.repositories.usage_sums import Dimension, Span
from app.services.ledger.ledger import Ledger
from app.services.ledger.report_form import GROUPS_WITH_SERIES, Axis, Form, put_together, rank
from app.services.ledger.report_sources import Found, ReportSources, Wanted
from app.services.ledger.usage_query import CallFilter, Interval, Period

MAX_POINTS: Final = 750  # 31 days by the hour
MAX_MINUTES: Final = 180  # which no sums are kept of
MAX_GROUPED_POINTS: Final = 100  # each of some groups has as many


@dataclass(frozen=True, slots=True)
class ReportShape:
    """By what a report adds up calls, beside all of them together."""

    group_by: Dimension | None = None
    interval: Interval | None = None


@dataclass(frozen=True, slots=True)
class UsageReport:
    """What the calls of a period add up to."""

    period: Period
    complete_since: datetime | None  # None: every call of the period is in it
    form: Form


@dataclass(frozen=True, slots=True)
class ReportTables:
    """Where sums and entries are read, in one moment of the database."""

    rollups: RollupRepository
    sums: EntrySums


class UsageReports:
    """Adds up calls exactly, those that ended just now included."""

    def __init__(self, tables: ReportTables, ledger: Ledger, clock: Clock) -> None:
        """Take where sums are read, the ledger that may still hold entries, and the time."""
        self._tables = tables
        self._ledger = ledger
        self._clock = clock

    async def report(self, calls: CallFilter, shape: ReportShape) -> UsageReport:
        """Return a report.

        Raises:
            InvalidRequestError: the period ends before it begins, or has too many points.
            NotReadyError: entries cannot be written or read right now.
        """
        span, group_by = calls.period.span(), shape.group_by
        await self._ledger.flush()
        axis = await self._axis(calls, shape)
        marks = await self._tables.rollups.marks()
        sources = ReportSources(self._tables.rollups, self._tables.sums, marks)
        wanted = Wanted(span, calls.only)
        by_start = wanted if axis is None else replace(wanted, width_ms=axis.width_ms)
        parts = [await sources.find(Dimension.ALL, by_start)]
        ranked, series = None, Found({}, is_complete=True)
        if group_by is not None:
            parts.append(await sources.find(group_by, wanted))
            ranked = rank(parts[-1].sums)
        if group_by is not None and axis is not None:
            largest = [value for value, _ in (ranked or ())[:GROUPS_WITH_SERIES]]
            series = await sources.find(group_by, replace(by_start, values=largest))
        is_complete = all(part.is_complete for part in parts)
        return UsageReport(
            period=calls.period,
            complete_since=None if is_complete else from_epoch_ms(marks.kept_from),
            # Thousands of sums: calls that run meanwhile must not wait for it.
            form=await asyncio.to_thread(put_together, parts[0].sums, ranked, series.sums, axis),
        )

    async def _axis(self, calls: CallFilter, shape: ReportShape) -> Axis | None:
        if shape.interval is None:
            return None
        period, span = calls.period, calls.period.span()
        first_ms, last_ms = await self._bounds()
        begin_ms = span.begin_ms if period.since else first_ms
        end_ms = span.end_ms if period.until else last_ms + 1
        axis = Axis.over(Span(min(begin_ms, end_ms), end_ms), shape.interval.width_ms)
        most = MAX_MINUTES if shape.interval is Interval.MINUTE else MAX_POINTS
        if shape.group_by is not None:
            most = MAX_GROUPED_POINTS
        if len(axis.starts) > most:
            raise InvalidRequestError(
                f"A series has at most {MAX_POINTS} points, {MAX_MINUTES} by the minute, and "
                f"{MAX_GROUPED_POINTS} with `group_by`; this would have {len(axis.starts):,}. "
                "Take a longer `interval`, or a shorter time with `since` and `until`.",
                param="interval",
            )
        return axis

    async def _bounds(self) -> tuple[int, int]:
        """Return when the first and the last call was; the last is now where none is later."""
        now_ms = epoch_ms(self._clock.now())
        first_ms, last_ms = await self._tables.sums.bounds()
        firsts = (now_ms, first_ms, await self._tables.rollups.first_start_ms())
        return min(one for one in firsts if one is not None), max(now_ms, last_ms or 0)
