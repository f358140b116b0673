"""What the ledger does not take has not happened in memory either."""

import sqlite3
from collections.abc import Generator
from contextlib import closing
from pathlib import Path

import pytest

from app.core.errors import NotReadyError
from app.db.ledger_changes import Change, PeriodStart, TopUp
from app.db.sqlite import FILE_NAME
from app.db.verifier import verify
from app.services.admission.scopes import INSTANCE
from app.services.admission.terms import Budget, Period
from app.services.principals import Principal, Scope
from tests.integration.ledger.gateway import Prices, Process, Rows
from tests.support.clocks import FakeClock

BUDGET = Budget(
    "budget_1",
    INSTANCE,
    10**9,
    Period.TOTAL,
    "UTC",
    is_hard=True,
    alert_percents=(),
    unknown_hold_nusd=None,
    created_at_ms=0,
)
WHO = Principal("key_1", "one", frozenset(Scope))


@pytest.fixture
def process(data_dir: Path) -> Generator[Process]:
    path = data_dir / FILE_NAME
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(
            "INSERT INTO budgets (id, scope, scope_id, cap_nusd, period, time_zone, is_hard, "
            "alert_percents, created_at_ms) "
            "VALUES (?, 'instance', '', ?, 'total', 'UTC', 1, '[]', 0)",
            (BUDGET.id, BUDGET.cap_nusd),
        )
    rows = Rows(path)
    rows.budgets[BUDGET.id] = BUDGET
    process = Process(path, rows, Prices(), clock=FakeClock(), name="1")
    yield process
    process.die()


def _refuse(process: Process, monkeypatch: pytest.MonkeyPatch, kind: type[Change]) -> None:
    """Let the ledger take no change of a kind."""
    put = process.writer.put

    def refuse(change: Change) -> None:
        if isinstance(change, kind):
            raise NotReadyError("full")
        put(change)

    monkeypatch.setattr(process.writer, "put", refuse)


def test_a_hold_that_may_not_grow_is_what_it_was(
    process: Process, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = process.admit("req_1", WHO, 5_000, stream=True)
    before = (call.held_nusd, call.held_output, process.admission.state_of(BUDGET.id))

    with monkeypatch.context() as patch:
        _refuse(process, patch, TopUp)
        with pytest.raises(NotReadyError):
            process.admission.holds.top_up(call, 900)
    assert (call.held_nusd, call.held_output, process.admission.state_of(BUDGET.id)) == before
    assert process.admission.holds.top_up(call, 900)
    assert call.held_output > 1_000

    process.settle("req_1", 10, 900)
    assert process.writer.step(100) == []
    assert verify(data_dir, 0).broken == []


def test_a_period_that_the_ledger_did_not_take_is_told_again(
    process: Process, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        _refuse(process, patch, PeriodStart)
        with pytest.raises(NotReadyError):
            process.admit("req_1", WHO, 100, stream=False)

    process.admit("req_2", WHO, 100, stream=False)
    process.settle("req_2", 10, 20)

    assert process.writer.step(100) == []
    state = process.admission.state_of(BUDGET.id)
    assert state is not None
    assert (state.held_nusd, state.settled_nusd) == (0, 50)
    assert verify(data_dir, 0).broken == []
