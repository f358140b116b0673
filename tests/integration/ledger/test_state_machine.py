"""Whatever happens in whatever order, and wherever the process dies: the money is right."""

# pyright: reportPrivateUsage=false

import shutil
import sqlite3
import tempfile
from asyncio import CancelledError
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path
from typing import ClassVar, Final

import pytest
from hypothesis import HealthCheck, Phase, settings, strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from structlog.testing import capture_logs

from app.core.clock import epoch_ms
from app.core.errors import BudgetBusyError, BudgetExceededError
from app.db.ledger_changes import Settlement, Withdrawal
from app.db.sqlite import FILE_NAME
from app.db.verifier import verify
from app.services.admission.admitted import SLICE_TOKENS
from app.services.admission.scopes import INSTANCE, AccountScope, ScopeKind
from app.services.admission.terms import Budget, Period
from app.services.principals import Principal, Scope
from tests.integration.ledger.gateway import Crash, Leaves, Prices, Process, Rows, price
from tests.integration.ledger.mutants import MUTANTS
from tests.support.clocks import FakeClock

_MEMORY: Final = Path("/dev/shm")  # noqa: S108 - where a sync costs nothing
GONE: Final = "held by a process that is gone"
CAP: Final = 20_000  # nano-dollars: some calls fit, and not many
WHO: Final = tuple(
    Principal(f"key_{name}", name, frozenset(Scope), user_id="user_1", team_id=team)
    for name, team in (("a", "team_1"), ("b", None))
)


def _budget(name: str, scope: AccountScope, period: Period, *, is_hard: bool = True) -> Budget:
    return Budget(
        f"budget_{name}", scope, CAP, period, "Europe/Berlin", is_hard, (50, 100), None, 0
    )


BUDGETS: Final = (
    _budget("key", AccountScope(ScopeKind.KEY, "key_a"), Period.DAY),
    _budget("team", AccountScope(ScopeKind.TEAM, "team_1"), Period.MONTH),
    _budget("user", AccountScope(ScopeKind.USER, "user_1"), Period.WEEK, is_hard=False),
    _budget("all", INSTANCE, Period.TOTAL),
)


class Money(RuleBasedStateMachine):  # noqa: PLR0904 - each rule is one thing that happens
    """A gateway that admits, streams, settles, dies, freezes, and is configured meanwhile."""

    template: ClassVar[Path]

    @initialize()
    def begin(self) -> None:
        self.folder = Path(tempfile.mkdtemp(dir=_MEMORY if _MEMORY.is_dir() else None))
        shutil.copytree(self.template, self.folder, dirs_exist_ok=True)
        path = self.folder / FILE_NAME
        self.rows, self.prices, self.clock = Rows(path), Prices(), FakeClock()
        for budget in BUDGETS:
            _store(path, budget)
            self.rows.budgets[budget.id] = budget
        self.intended: set[str] = set()
        self.withdrawn: set[str] = set()
        self.may_overshoot = dict.fromkeys(self.rows.budgets, 0)
        self.closings: list[Settlement | Withdrawal] = []
        self.calls = self.processes = 0
        self.process = self._start()

    def _start(self) -> Process:
        self.processes += 1
        path, name = self.folder / FILE_NAME, str(self.processes)
        process = Process(path, self.rows, self.prices, clock=self.clock, name=name)
        for budget in self.rows.budgets.values():  # a cap may have been lowered and not kept
            state = process.admission.state_of(budget.id)
            if state is not None and budget.is_hard:
                used = state.settled_nusd + state.held_nusd
                self.may_overshoot[budget.id] += max(0, used - budget.cap_nusd)
        return process

    @rule(
        who=st.sampled_from(WHO),
        tokens=st.sampled_from((1, 100, 3_000, 5_000, 9_000)),
        stream=st.booleans(),
        leaves=st.sampled_from((None, None, None, Leaves.BEFORE, Leaves.AFTER)),
    )
    def admit(self, who: Principal, tokens: int, *, stream: bool, leaves: Leaves | None) -> None:
        """Let a call in; some of their clients leave before anything is sent."""
        self.calls += 1
        call_id = f"req_{self.calls:04}"
        try:
            self.process.admit(call_id, who, tokens, stream=stream, leaves=leaves)
        except (BudgetBusyError, BudgetExceededError):
            self._must_not_fit(who, tokens, stream=stream)
        except CancelledError:
            self.withdrawn.add(call_id)
            self.closings += self.process.writer.closings
        else:
            self.intended.add(call_id)

    @rule(tokens=st.sampled_from((5_000, 9_000)))
    def admit_all(self, tokens: int) -> None:
        """Let large calls in, of which some do not fit beside the others."""
        for who in WHO:
            self.admit(who=who, tokens=tokens, stream=False, leaves=None)

    def _must_not_fit(self, who: Principal, tokens: int, *, stream: bool) -> None:
        output = min(tokens, SLICE_TOKENS) if stream else tokens
        nusd = self.prices.price.cost(
            dict(zip(self.prices.price.units, (258, output), strict=True))
        )
        ids = [
            one.id for one in BUDGETS if one.scope.id in {"", who.key_id, who.team_id, who.user_id}
        ]
        states = [(self.rows.budgets[one], self.process.admission.state_of(one)) for one in ids]
        assert any(
            state is not None
            and budget.is_hard
            and state.settled_nusd + state.held_nusd + nusd > budget.cap_nusd
            for budget, state in states
        )

    @precondition(lambda self: self.process.running)
    @rule(data=st.data(), written=st.integers(0, 6_000))
    def stream(self, data: st.DataObject, written: int) -> None:
        call_id = data.draw(st.sampled_from(sorted(self.process.running)))
        admitted = self.process.running[call_id]
        held = admitted.held_output
        goes_on = self.process.admission.holds.top_up(
            admitted, min(written, admitted.bound.output_tokens)
        )
        assert goes_on or admitted.held_output == held

    @precondition(lambda self: self.process.running)
    @rule(data=st.data(), part=st.floats(0, 1), above=st.sampled_from((0, 0, 0, 0, 9_000)))
    def settle(self, data: st.DataObject, part: float, above: int) -> None:
        """Settle a call at no more than is held for it, or above that: an upstream that lies."""
        call_id = data.draw(st.sampled_from(sorted(self.process.running)))
        admitted = self.process.running[call_id]
        tokens = (int(258 * part), int(admitted.held_output * part) + above)
        cost = self.process.settle(call_id, *tokens)
        for period in admitted.periods:
            self.may_overshoot[period.budget.id] += max(0, cost - admitted.held_nusd)
        self.closings += self.process.writer.closings

    @precondition(lambda self: self.process.running)
    @rule(data=st.data(), part=st.floats(0, 1), elsewhere=st.booleans())
    def try_again(self, data: st.DataObject, part: float, *, elsewhere: bool) -> None:
        """Let an attempt fail that is paid for: another one is held for first, or not made."""
        call_id = data.draw(st.sampled_from(sorted(self.process.running)))
        admitted = self.process.running[call_id]
        tokens = int(admitted.held_output * part)
        if not self.process.try_again(call_id, tokens, elsewhere=elsewhere):
            assert any(period.is_hard for period in admitted.periods)
            self.process.settle(call_id, 0, 0)

    @precondition(lambda self: self.closings)
    @rule(data=st.data())
    def settle_again(self, data: st.DataObject) -> None:
        self.process.writer.put(data.draw(st.sampled_from(self.closings[-3:])))

    @rule(count=st.integers(1, 6))
    def write(self, count: int) -> None:
        assert self.process.writer.step(count) == []

    @rule(statements=st.integers(0, 8), ended=st.integers(0, 2))
    def die(self, statements: int, ended: int) -> None:
        """Die at one of the next statements, or when there are no more; then start anew.

        Some calls have just ended, and nothing of that is written yet.
        """
        for call_id in sorted(self.process.running)[:ended]:
            self.process.settle(call_id, 1, 1)
        self.process.fuse.left = statements
        with suppress(Crash):
            self.process.writer.step(9)
        self.process.die()
        self.process = self._start()

    @rule()
    def freeze(self) -> None:
        """Let another process take over, and this one wake up and go on as if nothing was."""
        frozen = self.process
        frozen.writer.step(99)
        self.process = self._start()
        for call_id in sorted(frozen.running):
            frozen.settle(call_id, 1, 9_000)
        assert frozen.writer.step(99) == []  # nothing for the constraints to catch
        frozen.die()

    @rule(seconds=st.integers(31, 90))
    def expire(self, seconds: int) -> None:
        """Let the lease of a process that lives run out, as after a long lock or a clock's jump."""
        self.clock.move(seconds)
        gone = verify(self.folder, epoch_ms(self.clock.now())).broken
        held = {row["id"] for row in self.rows.query("SELECT id FROM holds")}
        assert {line.partition(":")[0] for line in gone} == held
        self.process.renew()
        self.process.writer.step(99)

    @rule(hours=st.sampled_from((-1, 1, 24, 24 * 7, 24 * 31)))
    def pass_time(self, hours: int) -> None:
        self.clock.move(hours * 3_600)
        self.process.renew()
        self.process.writer.step(99)

    @rule(
        name=st.sampled_from(sorted(one.id for one in BUDGETS)),
        cap=st.sampled_from((0, CAP // 2, CAP, 3 * CAP)),
        is_hard=st.sampled_from((None, None, True, False)),
    )
    def change_terms(self, name: str, cap: int, *, is_hard: bool | None) -> None:
        old, state = self.rows.budgets[name], self.process.admission.state_of(name)
        assert state is not None
        new = replace(old, cap_nusd=cap, is_hard=old.is_hard if is_hard is None else is_hard)
        if new.is_hard:
            used = state.settled_nusd + state.held_nusd
            self.may_overshoot[name] += max(0, used - cap)
        self.rows.budgets[name] = new
        self.process.refresh()

    @rule(tokens_in=st.sampled_from((0, 10**6, 3 * 10**6)), tokens_out=st.sampled_from((0, 10**6)))
    def change_price(self, tokens_in: int, tokens_out: int) -> None:
        self.prices.price = price(tokens_in, tokens_out)

    @invariant()
    def everything_agrees(self) -> None:
        proof = verify(self.folder, epoch_ms(self.clock.now()))
        assert [line for line in proof.broken if GONE not in line] == []
        for row in self.rows.query(
            "SELECT budget_id, sum(overshoot_nusd) AS n FROM budget_periods GROUP BY 1"
        ):
            assert row["n"] <= self.may_overshoot[row["budget_id"]]

    @invariant()
    def memory_says_what_the_file_will(self) -> None:
        held = {row["id"] for row in self.rows.query("SELECT id FROM holds")}
        coming = self.process.writer.coming(held)
        stored = {
            row["id"]: (row["held_nusd"], row["settled_nusd"], row["overshoot_nusd"])
            for row in self.rows.query("SELECT * FROM budget_periods")
        }
        for budget_id in self.rows.budgets:
            state = self.process.admission.state_of(budget_id)
            assert state is not None
            period_id = f"{budget_id}@{state.start_ms}"
            written = stored.get(period_id, (0, 0, 0))
            known = (state.held_nusd, state.settled_nusd, state.overshoot_nusd)
            assert tuple(map(sum, zip(written, coming(period_id), strict=True))) == known

    def teardown(self) -> None:
        if not hasattr(self, "process"):
            return
        self.process.die()
        self.process = self._start()
        written = [row["id"] for row in self.rows.query("SELECT id FROM entries")]
        held = self.rows.query("SELECT id FROM holds")
        self.process.die()
        shutil.rmtree(self.folder)
        assert self.intended <= {*written} <= self.intended | self.withdrawn
        assert len({*written}) == len(written)
        assert held == []


def _store(path: Path, budget: Budget) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(
            "INSERT INTO budgets (id, scope, scope_id, cap_nusd, period, time_zone, is_hard, "
            "alert_percents, created_at_ms) VALUES (?, ?, ?, ?, ?, ?, ?, '[]', 0)",
            (budget.id, *budget.scope, budget.cap_nusd, budget.period, budget.time_zone, True),
        )


@pytest.fixture
def machine(migrated_dir: Path) -> type[Money]:
    return type("HereMoney", (Money,), {"template": migrated_dir})


def _search(machine: type[Money], examples: int) -> None:
    profile = settings(
        max_examples=examples,
        stateful_step_count=40,
        deadline=None,
        phases=(Phase.generate,),
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )
    with capture_logs():
        run_state_machine_as_test(machine, settings=profile)


@pytest.mark.timeout(120)
def test_budgets_hold_and_every_call_has_one_row(machine: type[Money]) -> None:
    _search(machine, 25)


@pytest.mark.thorough  # it tests the search above
@pytest.mark.timeout(120)
@pytest.mark.parametrize("broken", MUTANTS)
def test_a_ledger_without_its_guards_is_caught(
    machine: type[Money],
    monkeypatch: pytest.MonkeyPatch,
    broken: Callable[[pytest.MonkeyPatch], None],
) -> None:
    broken(monkeypatch)

    with pytest.raises(AssertionError):
        _search(machine, 200)
