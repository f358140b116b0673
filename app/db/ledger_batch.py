"""Writes many changes with few statements: each one lets another thread run, and waits for it."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any, Final, TypeVar

import structlog

from app.db.ledger_changes import (
    BODIES,
    ENTRIES,
    EVENTS,
    HOLDS,
    PERIODS,
    Change,
    Charge,
    Columns,
    Event,
    Intent,
    LeaseEnd,
    LeaseRenewal,
    PeriodChange,
    PeriodStart,
    Row,
    Settlement,
    TopUp,
    Withdrawal,
)

_ROWS_PER_STATEMENT: Final = 32

_RENEW: Final = (
    "INSERT INTO leases (id, started_at_ms, until_ms) VALUES (?, ?, ?) "
    "ON CONFLICT (id) DO UPDATE SET until_ms = excluded.until_ms"
)
_END: Final = "DELETE FROM leases WHERE id = ?"
_TOP_UP: Final = "UPDATE holds SET units_out = ?, held_nusd = ? WHERE id = ? AND lease_id = ?"
_CHARGE: Final = (
    "UPDATE budget_periods SET held_nusd = held_nusd + ?, settled_nusd = settled_nusd + ?, "
    "overshoot_nusd = overshoot_nusd + ?, cap_nusd = coalesce(?, cap_nusd), "
    "is_hard = coalesce(?, is_hard) WHERE id = ?"
)

_Kind = TypeVar("_Kind", bound=Change)
_log = structlog.get_logger(__name__)


class Statements:
    """The texts of statements for so many rows: made once, and then known to SQLite too."""

    def __init__(self) -> None:
        """Begin without any."""
        self._inserts: dict[tuple[str, int], str] = {}
        self._deletes: dict[int, str] = {}

    def insert(self, columns: Columns, rows: int, unless: str = "") -> str:
        """Return what inserts so many rows."""
        sql = self._inserts.get((columns.table, rows))
        if sql is None:
            marks = f"({', '.join('?' * len(columns.names))})"
            # The names are those of our own tables.
            sql = self._inserts[columns.table, rows] = (
                f"INSERT {unless}INTO {columns.table} ({', '.join(columns.names)}) "  # noqa: S608
                f"VALUES {', '.join([marks] * rows)}"
            )
        return sql

    def delete_holds(self, holds: int) -> str:
        """Return what deletes so many holds of one lease, and says which there were."""
        sql = self._deletes.get(holds)
        if sql is None:
            marks = ", ".join("?" * holds)
            sql = self._deletes[holds] = (
                f"DELETE FROM holds WHERE lease_id = ? AND id IN ({marks}) RETURNING id"  # noqa: S608 - only marks
            )
        return sql


class Batch:
    """The changes of one transaction, and what they add up to for each budget period."""

    def __init__(
        self, cursor: sqlite3.Cursor, statements: Statements, changes: Sequence[Change]
    ) -> None:
        """Take what to write, and where; the caller begins and commits."""
        self._cursor = cursor
        self._statements = statements
        self._closings: list[Settlement | Withdrawal] = []
        self._others: dict[type[Change], list[Any]] = {}
        for change in changes:
            if isinstance(change, Settlement | Withdrawal):
                self._closings.append(change)
            else:
                self._others.setdefault(type(change), []).append(change)
        self._sums: dict[str, list[Any]] = {}  # period -> held, settled, overshoot, cap, is_hard

    def write(self) -> None:
        """Write the changes, as if one after the other.

        What was settled or topped up by somebody whose hold it is no more is left out, and logged.

        Raises:
            sqlite3.Error: some change cannot be written; the transaction must be rolled back.
        """
        for renewal in self._of(LeaseRenewal):
            values = (renewal.lease_id, renewal.started_at_ms, renewal.until_ms)
            self._cursor.execute(_RENEW, values)
        self._insert(PERIODS, [one.row for one in self._of(PeriodStart)], "OR IGNORE ")
        intents = self._of(Intent)
        self._insert(HOLDS, [intent.row for intent in intents])
        self._add_up(intents)
        self._top_up()
        self._close()
        self._change_terms()
        self._cursor.executemany(
            _CHARGE, [(*sums, period_id) for period_id, sums in self._sums.items()]
        )
        self._insert(EVENTS, [event.row for event in self._of(Event)], "OR IGNORE ")
        for end in self._of(LeaseEnd):
            self._cursor.execute(_END, (end.lease_id,))

    def _of(self, kind: type[_Kind]) -> list[_Kind]:
        return self._others.get(kind, [])

    def _insert(self, columns: Columns, rows: Sequence[Row], unless: str = "") -> None:
        for start in range(0, len(rows), _ROWS_PER_STATEMENT):
            part = rows[start : start + _ROWS_PER_STATEMENT]
            sql = self._statements.insert(columns, len(part), unless)
            self._cursor.execute(sql, [value for row in part for value in row])

    def _top_up(self) -> None:
        for change in self._of(TopUp):
            values = (change.units_out, change.held_nusd, change.hold_id, change.lease_id)
            if self._cursor.execute(_TOP_UP, values).rowcount == 1:
                self._add_up((change,))
            else:
                _log.error("ledger_change_fenced", hold=change.hold_id, change="top-up")

    def _close(self) -> None:
        """Delete holds, and keep what their owners say became of them."""
        closed = set(self._delete_holds(self._closings))
        settled: list[Settlement] = []
        for change in self._closings:
            if change.hold_id not in closed:
                kind = type(change).__name__.lower()
                _log.error("ledger_change_fenced", hold=change.hold_id, change=kind)
                continue
            closed.remove(change.hold_id)  # of two settlements of one call, the first counts
            self._add_up((change,))
            if isinstance(change, Settlement):
                settled.append(change)
        self._insert(ENTRIES, [one.row for one in settled])
        self._insert(EVENTS, [row for one in settled for row in one.events], "OR IGNORE ")
        self._insert(BODIES, [one.body for one in settled if one.body is not None])

    def _delete_holds(self, closings: Sequence[Settlement | Withdrawal]) -> Iterator[str]:
        for lease_id, group in groupby(closings, key=lambda one: one.lease_id):
            ids = [one.hold_id for one in group]
            for start in range(0, len(ids), _ROWS_PER_STATEMENT):
                part = ids[start : start + _ROWS_PER_STATEMENT]
                found = self._cursor.execute(
                    self._statements.delete_holds(len(part)), (lease_id, *part)
                )
                yield from (hold_id for (hold_id,) in found.fetchall())

    def _add_up(self, changes: Iterable[Intent | TopUp | Settlement | Withdrawal]) -> None:
        for change in changes:
            for charge in change.charges:
                self._add(charge)

    def _add(self, charge: Charge) -> None:
        period_ids, held_nusd, settled_nusd, overshoot_nusd = charge
        for period_id in period_ids:
            sums = self._sums.get(period_id)
            if sums is None:
                sums = self._sums[period_id] = [0, 0, 0, None, None]
            sums[0] += held_nusd
            sums[1] += settled_nusd
            sums[2] += overshoot_nusd

    def _change_terms(self) -> None:
        changes = self._of(PeriodChange)
        self._insert(EVENTS, [row for one in changes for row in one.events], "OR IGNORE ")
        for change in changes:
            self._add(Charge((change.period_id,), overshoot_nusd=change.overshoot_nusd))
            self._sums[change.period_id][3:] = (change.cap_nusd, change.is_hard)
