"""Every budget, by whom it binds, and why a call does not fit."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from pydantic_core import to_json

from app.core.clock import from_epoch_ms
from app.core.errors import BudgetExceededError
from app.core.money import usd_text
from app.db.ledger_changes import PeriodChange
from app.services.admission.accounts import Account, BudgetPeriod
from app.services.admission.refusals import BudgetRefusal
from app.services.admission.scopes import AccountScope, ScopeKind
from app.services.admission.terms import Budget, BudgetState

BUSY_SECONDS: Final = 2.0  # after which a running call may well have ended
MAX_COUNTED: Final = 10_000  # one for each key that calls

_WHOSE: Final[Mapping[ScopeKind, str]] = {
    ScopeKind.INSTANCE: "of this gateway",
    ScopeKind.TEAM: "of your team",
    ScopeKind.USER: "of yours",
    ScopeKind.KEY: "of this key",
}


class Counted(NamedTuple):
    """What the calls of some scopes count into, until one of its periods ends."""

    periods: tuple[BudgetPeriod, ...]
    ids: tuple[str, ...]  # of the periods
    json: str | None  # the ids, as the ledger keeps them
    until_ms: float


NOTHING: Final = Counted((), (), None, float("inf"))


class Budgets:
    """The accounts of all budgets that bind somebody."""

    def __init__(self) -> None:
        """Start without any."""
        self._accounts: dict[str, Account] = {}
        self._by_scope: dict[AccountScope, list[Account]] = {}
        self._counted: dict[Sequence[AccountScope], Counted] = {}  # of these accounts, as they are

    def set_terms(
        self, budgets: Iterable[Budget], stored: Mapping[str, BudgetPeriod], at_ms: int
    ) -> Sequence[tuple[BudgetPeriod, PeriodChange]]:
        """Let these budgets bind from now on, and no others.

        Args:
            budgets: All that bind somebody.
            stored: By budget, the newest period that the ledger knows, for those that are new here.
            at_ms: The moment, as epoch milliseconds.

        Returns:
            The periods under way whose terms change, and what the ledger must know of that.
        """
        accounts: dict[str, Account] = {}
        changes: list[tuple[BudgetPeriod, PeriodChange]] = []
        for budget in budgets:
            account = self._accounts.get(budget.id) or Account(budget, stored.get(budget.id))
            accounts[budget.id] = account
            change = account.change_terms(budget, at_ms)
            if change is not None:
                changes.append((account.period_at(at_ms), change))
        self._accounts = accounts
        self._by_scope = {}
        self._counted.clear()
        for account in accounts.values():
            self._by_scope.setdefault(account.budget.scope, []).append(account)
        return changes

    def knows(self, budget_id: str) -> bool:
        """Say whether a budget binds somebody already."""
        return budget_id in self._accounts

    def counted_by(self, scopes: Sequence[AccountScope], at_ms: int) -> Counted:
        """Return what a call of these scopes counts into."""
        if not self._by_scope:
            return NOTHING
        counted = self._counted.get(scopes)
        if counted is None or at_ms >= counted.until_ms:
            counted = self._look_up(scopes, at_ms)
            self._counted[scopes] = counted
        return counted

    def state_of(self, budget_id: str, at_ms: int) -> BudgetState | None:
        """Return what a budget has seen in its current period, or None where there is none."""
        account = self._accounts.get(budget_id)
        if account is None:
            return None
        period = self._period_of(account, at_ms)
        return BudgetState(
            settled_nusd=period.settled_nusd,
            held_nusd=period.held_nusd,
            overshoot_nusd=period.overshoot_nusd,
            start_ms=period.span.start_ms,
            end_ms=period.span.end_ms,
        )

    def _look_up(self, scopes: Sequence[AccountScope], at_ms: int) -> Counted:
        accounts = [one for scope in scopes for one in self._by_scope.get(scope, ())]
        periods = tuple(self._period_of(one, at_ms) for one in accounts)
        if len(self._counted) >= MAX_COUNTED:
            self._counted.clear()
        if not periods:
            return NOTHING
        ids = tuple(period.id for period in periods)
        ends = [one.span.end_ms for one in periods if one.span.end_ms is not None]
        return Counted(periods, ids, to_json(ids).decode(), min(ends, default=NOTHING.until_ms))

    def _period_of(self, account: Account, at_ms: int) -> BudgetPeriod:
        """Return the period of a moment; where it is a new one, nobody counts into the old one."""
        before, period = account.current, account.period_at(at_ms)
        if period is not before:
            self._counted.clear()
        return period


def refusal_of(periods: Sequence[BudgetPeriod], nusd: int, at_ms: int) -> BudgetRefusal | None:
    """Return why a call that may cost so much has to wait, or None where it fits.

    Raises:
        BudgetExceededError: it would not fit even if nothing were held.
    """
    busy = None
    for period in periods:
        if not period.has_room(nusd):
            if period.is_spent(nusd):
                raise _exceeded(period, nusd, at_ms)
            busy = busy or period
    return None if busy is None else _busy(busy, nusd)


def _exceeded(period: BudgetPeriod, nusd: int, at_ms: int) -> BudgetExceededError:
    end_ms = period.span.end_ms
    seconds = None if end_ms is None else max(1.0, (end_ms - at_ms) / 1000)
    anew = (
        "It does not begin anew; an admin can raise it."
        if end_ms is None
        else f"It begins anew at {from_epoch_ms(end_ms):%Y-%m-%dT%H:%M:%SZ}."
    )
    return BudgetExceededError(
        f"This call may cost up to {usd_text(nusd)}, and the {_name(period)} has "
        f"{usd_text(max(0, period.cap_nusd - period.settled_nusd))} of "
        f"{usd_text(period.cap_nusd)} left. {anew} "
        "Ask for less, as by a smaller `max_tokens`.",
        retry_after_seconds=seconds,
    )


def _busy(period: BudgetPeriod, nusd: int) -> BudgetRefusal:
    calls = "1 running call" if period.running == 1 else f"{period.running} running calls"
    message = (
        f"The {_name(period)} has no room for {usd_text(nusd)} right now: held "
        f"{usd_text(period.held_nusd)} by {calls}, settled {usd_text(period.settled_nusd)} of "
        f"{usd_text(period.cap_nusd)}. What they do not use comes back. Try again soon."
    )
    return BudgetRefusal(
        scope=period.budget.scope, retry_after_seconds=BUSY_SECONDS, message=message
    )


def _name(period: BudgetPeriod) -> str:
    budget = period.budget
    return f"{budget.period} budget {_WHOSE[budget.scope.kind]}"
