"""What binds a caller is looked up once, and again as soon as it is something else."""

# pyright: reportPrivateUsage=false

from dataclasses import replace
from typing import Final

import pytest

from app.services.admission import budgets, limits
from app.services.admission.budgets import Budgets
from app.services.admission.limits import Limiter
from app.services.admission.scopes import AccountScope, ScopeKind
from app.services.admission.terms import Budget, Limit, Period

DAY_MS: Final = 86_400_000
TEAM = AccountScope(ScopeKind.TEAM, "team_1")
KEY = AccountScope(ScopeKind.KEY, "key_1")
DAILY = Budget(
    id="budget_1",
    scope=TEAM,
    cap_nusd=100,
    period=Period.DAY,
    time_zone="UTC",
    is_hard=True,
    alert_percents=(),
    unknown_hold_nusd=None,
    created_at_ms=0,
)


def keys(count: int) -> list[AccountScope]:
    return [AccountScope(ScopeKind.KEY, f"other_{number}") for number in range(count)]


def test_a_scope_that_was_forgotten_is_one_again_for_all_its_callers() -> None:
    limiter, others = Limiter(), keys(20)
    limiter.set_terms([Limit(one, parallel_calls=1) for one in (KEY, *others)])
    limiter.settle(limiter.take((TEAM, KEY), 1, 0.0), 1, 0.0)
    for other in others:
        limiter.take((other,), 1, 0.0)
    assert KEY not in limiter._usages

    limiter.take((KEY,), 1, 0.0)

    assert limiter.check((TEAM, KEY), 1, 0.0) is not None


def test_other_limits_bind_a_caller_that_is_known() -> None:
    limiter = Limiter()
    limiter.set_terms([Limit(KEY, 100)])
    limiter.take((TEAM, KEY), 1, 0.0)

    limiter.set_terms([Limit(KEY, 100), Limit(TEAM, 1)])

    limiter.take((TEAM, KEY), 1, 0.0)
    no = limiter.check((TEAM, KEY), 1, 0.0)
    assert no is not None
    assert no.scope == TEAM


def test_a_new_period_is_what_a_known_caller_counts_into() -> None:
    known = Budgets()
    known.set_terms([DAILY], {}, 0)
    first = known.counted_by((TEAM, KEY), 0)

    assert known.counted_by((TEAM, KEY), DAY_MS - 1) is first
    second = known.counted_by((TEAM, KEY), DAY_MS)

    assert (first.ids, second.ids) == (("budget_1@0",), (f"budget_1@{DAY_MS}",))
    assert second.json == f'["budget_1@{DAY_MS}"]'


def test_a_clock_that_goes_back_begins_no_old_period_again_for_a_known_caller() -> None:
    known = Budgets()
    known.set_terms([DAILY], {}, 0)
    known.counted_by((TEAM, KEY), 0)

    assert known.state_of("budget_1", DAY_MS) is not None

    assert known.counted_by((TEAM, KEY), DAY_MS - 1).ids == (f"budget_1@{DAY_MS}",)


def test_another_budget_binds_a_caller_that_is_known() -> None:
    known = Budgets()
    known.set_terms([DAILY], {}, 0)
    known.counted_by((TEAM, KEY), 0)

    known.set_terms([DAILY, replace(DAILY, id="budget_2", scope=KEY)], {}, 0)

    assert known.counted_by((TEAM, KEY), 0).ids == ("budget_1@0", "budget_2@0")


def test_no_more_callers_are_known_than_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "_MAX_QUOTAS", 10)
    monkeypatch.setattr(budgets, "MAX_COUNTED", 10)
    limiter, known = Limiter(), Budgets()
    limiter.set_terms([Limit(TEAM, 1_000)])
    known.set_terms([DAILY], {}, 0)

    for key in keys(100):
        limiter.take((TEAM, key), 1, 0.0)
        known.counted_by((TEAM, key), 0)

    assert len(limiter._quotas) == len(known._counted) == 10
    state = limiter.state((TEAM,), 0.0)
    assert state is not None
    assert state.requests is not None
    assert state.requests.remaining == 900
