"""`meterhouse verify` finds each thing that can be wrong, and says it on one line."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from app.core.errors import ConfigurationError
from app.db.ledger_store import LedgerStore
from app.db.sqlite import FILE_NAME
from app.db.verifier import verify
from tests.integration.db.rows import call, entry

NOW_MS = 1_795_000_000_000
BUDGET = (
    "INSERT INTO budgets (id, scope, scope_id, cap_nusd, period, time_zone, is_hard, "
    "alert_percents, created_at_ms) VALUES ('b', 'instance', '', 100, 'total', 'UTC', 1, '[]', 0)"
)
PERIOD = (
    "INSERT INTO budget_periods (id, budget_id, start_ms, cap_nusd, is_hard, held_nusd, "
    "settled_nusd, overshoot_nusd, closing_nusd) VALUES ('b@0', 'b', 0, 100, 1, 0, 30, 0, 0)"
)
LEASE = "INSERT INTO leases (id, started_at_ms, until_ms) VALUES ('lease_1', 0, 1795000001000)"


@pytest.fixture
def path(data_dir: Path) -> Path:
    """Return a file on which everything agrees: one entry of 30 under a budget of 100."""
    path = data_dir / FILE_NAME
    execute(path, BUDGET, PERIOD, LEASE)
    with closing(LedgerStore(path)) as store:
        store.write(call("req_1", cost_nusd=30, charged='["b@0"]', tries="[{}]"))
    return path


def execute(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("PRAGMA ignore_check_constraints=ON")
        for sql in statements:
            connection.execute(sql)


def broken(path: Path) -> list[str]:
    return [*verify(path.parent, NOW_MS).broken]


def insert(table: str, **values: object) -> str:
    names, texts = (
        ", ".join(values),
        ", ".join("NULL" if value is None else f"'{value}'" for value in values.values()),
    )
    return f"INSERT INTO {table} ({names}) VALUES ({texts})"  # noqa: S608 - the test's own


HOLD = {
    **dict.fromkeys(("key_id", "task", "model"), "x"),
    "created_at_ms": 1,
    "stream": 0,
    "units_in": 1,
    "units_out": 1,
    "held_nusd": 0,
}


def test_what_agrees_is_clean(path: Path) -> None:
    proof = verify(path.parent, NOW_MS)

    assert (proof.entries, proof.holds, proof.periods, [*proof.broken]) == (1, 0, 1, [])


@pytest.mark.parametrize(
    ("statement", "line"),
    [
        (
            "UPDATE budget_periods SET settled_nusd = 31",
            "b@0: settled $0.000000031, but its entries and closing balance come to $0.00000003",
        ),
        (
            "UPDATE budget_periods SET held_nusd = 5",
            "b@0: held $0.000000005, but its holds come to $0.00",
        ),
        ("DELETE FROM entries", "b@0: settled $0.00000003, but its entries"),
        (
            insert("holds", id="req_2", lease_id="lease_9", **HOLD),
            "req_2: held by a process that is gone (lease_9)",
        ),
        (insert("holds", id="req_1", lease_id="lease_1", **HOLD), "req_1: settled, and held too"),
        (
            insert("holds", id="req_2", lease_id="lease_1", charged='["b@7"]', **HOLD),
            "b@7: no such budget period",
        ),
        (
            insert("entries", **{**entry("req_2", charged='["b@0"]'), "stream": 0}),
            "req_2: counts into a budget, but has no cost",
        ),
        (
            insert("entries", **{**entry("req_2", basis=None, tries="[{}]"), "stream": 0}),
            "req_2: does not say where its units come from",
        ),
    ],
)
def test_each_thing_that_is_wrong_is_one_line(path: Path, statement: str, line: str) -> None:
    execute(path, statement)

    [found] = broken(path)

    assert found.startswith(line)


def test_more_money_than_there_was_is_found(path: Path) -> None:
    execute(path, "UPDATE budget_periods SET cap_nusd = 10")

    assert "b@0: settled and held $0.00000003, above its cap" in broken(path)[0]


def test_a_lease_that_ran_out_is_as_good_as_none(path: Path) -> None:
    execute(path, insert("holds", id="req_2", lease_id="lease_1", **HOLD))
    assert broken(path) == []

    late = verify(path.parent, NOW_MS + 60_000).broken

    assert late[0].startswith("req_2: held by a process that is gone")


def test_a_folder_without_a_database_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError):
        verify(tmp_path, NOW_MS)
