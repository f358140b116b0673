"""The ledger's file, looked at from outside."""

import sqlite3
from collections import Counter
from collections.abc import Generator, Iterable
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.core.clock import SystemClock, epoch_ms
from app.core.money import usd_text
from app.db.sqlite import FILE_NAME, open_read_only
from app.db.verifier import verify
from tests.faults.scenario import expect, expect_equal


@dataclass(frozen=True, slots=True)
class Row:
    """What is looked at of an entry."""

    id: str
    marker: str | None
    status: str
    error_code: str | None
    basis: str | None
    units_in: int | None
    units_out: int | None
    cost_nusd: int | None
    attempts: int


@dataclass(frozen=True, slots=True)
class PeriodRow:
    """What a budget has seen in one period."""

    budget_id: str
    cap_nusd: int
    held_nusd: int
    settled_nusd: int
    overshoot_nusd: int


class LedgerFile:
    """Reads what is committed. The server may be running, dead or locked out."""

    def __init__(self, data_dir: Path) -> None:
        """Look at the database of a data folder."""
        self.path = data_dir / FILE_NAME

    def rows(self) -> list[Row]:
        """Return every entry, the oldest first."""
        found = self._ask(
            "SELECT id, client_request_id, status, error_code, basis, units_in, units_out, "
            "cost_nusd, attempts FROM entries ORDER BY id"
        )
        return [Row(*row) for row in found]

    def row_of(self, marker: str) -> Row:
        """Return the one entry of a call."""
        [row] = [row for row in self.rows() if row.marker == marker]
        return row

    def open_holds(self) -> int:
        """Return how many calls are under way."""
        [(count,)] = self._ask("SELECT count(*) FROM holds")
        return int(count)

    def used_nusd(self, key_id: str) -> int:
        """Return what the calls of a key have cost, and what they hold."""
        [(cost,)] = self._ask(
            "SELECT coalesce(sum(cost_nusd), 0) FROM entries WHERE key_id = ?", key_id
        )
        [(held,)] = self._ask(
            "SELECT coalesce(sum(held_nusd), 0) FROM holds WHERE key_id = ?", key_id
        )
        return int(cost) + int(held)

    def periods(self) -> list[PeriodRow]:
        """Return every budget period, the oldest first."""
        found = self._ask(
            "SELECT budget_id, cap_nusd, held_nusd, settled_nusd, overshoot_nusd "
            "FROM budget_periods ORDER BY start_ms, id"
        )
        return [PeriodRow(*row) for row in found]

    def expect_within_caps(self) -> None:
        """Go on only if every budget holds.

        Raises:
            BrokenPromiseError: one does not.
        """
        for period in self.periods():
            used = period.held_nusd + period.settled_nusd
            expect(
                used <= period.cap_nusd,
                f"{period.budget_id}: {usd_text(used)} of {usd_text(period.cap_nusd)} are used",
            )

    def expect_clean(self, now_ms: int | None = None) -> None:
        """Go on only if the invariants hold, and the file is sound.

        Raises:
            BrokenPromiseError: it is not so.
        """
        at_ms = epoch_ms(SystemClock().now()) if now_ms is None else now_ms
        expect_equal(list(verify(self.path.parent, at_ms).broken), [], "verify")
        expect_equal(self._ask("PRAGMA integrity_check"), [("ok",)], "integrity_check")

    def expect_one_row_each(
        self, *, request_ids: Iterable[str] = (), markers: Iterable[str] = ()
    ) -> None:
        """Go on only if each of these calls has exactly one entry, and no call has two.

        Raises:
            BrokenPromiseError: it is not so.
        """
        rows = self.rows()
        ids = {row.id for row in rows}
        counts = Counter(row.marker for row in rows)
        expect_equal([one for one in request_ids if one not in ids], [], "answers without a row")
        expect_equal([one for one in markers if not counts[one]], [], "sent calls without a row")
        twice = [one for one, count in counts.items() if one is not None and count > 1]
        expect_equal(twice, [], "calls with several rows")

    @contextmanager
    def locked(self, how: str) -> Generator[None]:
        """Hold the write lock of the file, as another program would."""
        with closing(sqlite3.connect(self.path, isolation_level=None)) as connection:
            connection.execute(f"BEGIN {how}")
            try:
                yield
            finally:
                connection.execute("ROLLBACK")

    def _ask(self, sql: str, *values: object) -> list[Any]:
        with closing(open_read_only(self.path)) as connection:
            connection.execute("PRAGMA busy_timeout=5000")
            return connection.execute(sql, values).fetchall()
