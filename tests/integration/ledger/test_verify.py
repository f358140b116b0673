"""`meterhouse verify` finds each thing that can be wrong, and says it on one line."""

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import pytest

from app.core.errors import ConfigurationError
from app.db.ledger_changes import Value
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
PRICE = '{"source": "api", "input_token": 2500000, "output_token": 500000, "request": 7000000}'
PRICED: Mapping[str, Value] = {  # 5 for two read anew, 2.5 for a cached one, 14.5, 7
    "units_in": 3,
    "cached_in": 1,
    "units_out": 29,
    "cost_nusd": 30,
    "price": PRICE,
}
TRIED: Mapping[str, Value] = {  # one of them failed, and was paid for
    "attempts": 2,
    "tries": '[{"cost_nusd": 10}, {"cost_nusd": 20}]',
    "basis": "reported",
}
CHEAP = (  # nothing came of the first one, and the third was refused
    '[{"units_in": 5, "units_out": 0, "cached_in": 0, "cost_nusd": 10, '
    '"price": {"source": "api", "input_token": 2000000}}, '
    '{"units_in": 9, "units_out": 1, "cached_in": 4, "cost_nusd": 20, '
    '"price": {"source": "api", "input_token": 1000000, "output_token": 11000000}}, '
    '{"units_in": 0, "units_out": 0, "cached_in": 0, "cost_nusd": 0, '
    '"price": {"source": "api", "request": 7000000}}]'
)
DEAR = CHEAP.replace('"cost_nusd": 20', '"cost_nusd": 21')
PAID: Mapping[str, Value] = {"attempts": 3, "tries": CHEAP, "cost_nusd": 30}
LOST: Mapping[str, Value] = {  # in its second attempt
    "error_code": "outcome_unknown",
    "cost_nusd": 40,
    "held_nusd": 40,
    "price": PRICE,
}
LEASE = "INSERT INTO leases (id, started_at_ms, until_ms) VALUES ('lease_1', 0, 1795000001000)"


@pytest.fixture
def path(data_dir: Path) -> Path:
    """Return a file on which everything agrees: one entry of 30 under a budget of 100."""
    path = data_dir / FILE_NAME
    execute(path, BUDGET, PERIOD, LEASE)
    with closing(LedgerStore(path)) as store:
        store.write(call("req_1", **PRICED, charged='["b@0"]', tries="[{}]"))
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


OVERSHOOT = {
    "id": "budget.overshoot:b@0:cap:7",
    "at_ms": 1,
    "kind": "budget.overshoot",
    "object_id": "b",
    "facts": '{"period_id": "b@0", "overshoot_nusd": 7}',
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
        (
            insert("entries", **{**entry("req_2", **PRICED | {"cost_nusd": 31}), "stream": 0}),
            "req_2: costs $0.000000031, but its units come to $0.00000003 at its price",
        ),
        (
            insert("entries", **{**entry("req_2", **PRICED | {"cost_nusd": None}), "stream": 0}),
            "req_2: costs nothing known, but its units come to $0.00000003 at its price",
        ),
        (
            insert("entries", **{**entry("req_2", cost_nusd=5), "stream": 0}),
            "req_2: costs $0.000000005, but says no price",
        ),
        (
            insert("entries", **{**entry("req_2", **TRIED | {"cost_nusd": 31}), "stream": 0}),
            "req_2: costs $0.000000031, but its attempts come to $0.00000003",
        ),
        (
            insert("entries", **{**entry("req_2", **PAID | {"tries": DEAR}), "stream": 0}),
            "req_2: attempt 2 costs $0.000000021, but its units come to $0.00000002 at its price",
        ),
        (
            insert("entries", **{**entry("req_2", **LOST | {"cost_nusd": 41}), "stream": 0}),
            "req_2: costs $0.000000041, but $0.00000004 was held when its process died",
        ),
        (
            insert("entries", **{**entry("req_2", **LOST | {"cost_nusd": None}), "stream": 0}),
            "req_2: costs nothing known, but $0.00000004 was held when its process died",
        ),
        (
            insert("entries", **{**entry("req_2", attempts=0, cost_nusd=5), "stream": 0}),
            "req_2: costs $0.000000005, but says no price",
        ),
        (
            "UPDATE budget_periods SET overshoot_nusd = 5",
            "b@0: recorded overshoot $0.000000005, but its events come to $0.00",
        ),
        (
            insert("events", **OVERSHOOT),
            "b@0: recorded overshoot $0.00, but its events come to $0.000000007",
        ),
    ],
)
def test_each_thing_that_is_wrong_is_one_line(path: Path, statement: str, line: str) -> None:
    execute(path, statement)

    [found] = broken(path)

    assert found.startswith(line)


@pytest.mark.parametrize(
    "right",
    [
        {"price": '{"source": "api", "cached_input_token": 1, "request": 7000001}', "cost_nusd": 9},
        {"price": '{"source": "api"}', "cost_nusd": 0},
        PAID,
        LOST,
        {"units_in": 0, "cached_in": None, "units_out": 0, "cost_nusd": 0},  # nothing was done
        {  # more than 64 bits hold on the way
            "units_out": 30_000_000,
            "price": '{"source": "api", "output_token": 1000000000001}',
            "cost_nusd": 30_000_000_000_030,
        },
    ],
    ids=["cached", "free", "several attempts", "lost", "refused", "large"],
)
def test_a_cost_is_what_the_price_makes_of_the_units(
    path: Path, right: Mapping[str, Value]
) -> None:
    with closing(LedgerStore(path)) as store:
        store.write(call("req_2", **{**PRICED, **right}))

    assert broken(path) == []


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
