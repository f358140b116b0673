"""A ledger without one of its guards, as the search through all that can happen must find it."""

# pyright: reportPrivateUsage=false

from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from typing import Any, Final

import pytest

from app.db.ledger_batch import Batch
from app.db.ledger_changes import Settlement, Withdrawal
from app.db.ledger_store import LedgerStore
from app.services.admission.accounts import BudgetPeriod
from app.services.admission.admission import Admission
from app.services.admission.admitted import Admitted
from app.services.admission.till import Charges
from app.services.ledger.entry import Entry
from app.services.ledger.ledger import Ledger


def _charge_what_is_gone(monkeypatch: pytest.MonkeyPatch, *, again: bool) -> None:
    """Charge settlements of holds that are gone: the same ones again, or those of others."""
    seen: list[Settlement | Withdrawal] = []

    def found_or_not(batch: Batch, closings: Sequence[Settlement | Withdrawal]) -> Iterator[str]:
        found = list(real(batch, closings))
        gone = [one for one in closings if one.hold_id not in found]
        batch._add_up([one for one in gone if (one in seen) is again])
        seen.extend(one for one in closings if one.hold_id in found)
        yield from found

    real = Batch._delete_holds
    monkeypatch.setattr(Batch, "_delete_holds", found_or_not)


def no_state_guard(monkeypatch: pytest.MonkeyPatch) -> None:
    """Charge a settlement again that comes twice."""
    _charge_what_is_gone(monkeypatch, again=True)


def no_fence(monkeypatch: pytest.MonkeyPatch) -> None:
    """Charge what a process says of calls that are not its own any more."""
    _charge_what_is_gone(monkeypatch, again=False)


def check_then_add(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look only at what is settled, as whoever adds up afterwards does."""

    def has_room(period: BudgetPeriod, nusd: int) -> bool:
        return not period.is_hard or period.settled_nusd + nusd <= period.cap_nusd

    monkeypatch.setattr(BudgetPeriod, "has_room", has_room)


def keep_what_is_withdrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give nothing back of a call that is not made."""

    def keep(admission: Admission, admitted: Admitted) -> Charges:
        del admission, admitted
        return ()

    monkeypatch.setattr(Admission, "_give_back", keep)


def forget_to_withdraw(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the intent of a call that is not made."""

    def forget(ledger: Ledger, hold_id: str, charges: Charges) -> None:
        del ledger, hold_id, charges

    monkeypatch.setattr(Ledger, "withdraw", forget)


def tell_of_what_is_fenced(monkeypatch: pytest.MonkeyPatch) -> None:
    """Write down what a settlement does to budgets, whoever's hold it is by then."""

    def settle(ledger: Ledger, entry: Entry, charges: Any, *, events: Any, body: Any) -> None:
        real(ledger, entry, charges, body=body)
        for event in events:
            ledger.note(event)

    real = Ledger.settle
    monkeypatch.setattr(Ledger, "settle", settle)


def no_transaction(monkeypatch: pytest.MonkeyPatch) -> None:
    """Commit each statement by itself, so that a crash leaves half a change behind."""
    monkeypatch.setattr(LedgerStore, "_transaction", nullcontext)


MUTANTS: Final[Sequence[Callable[[pytest.MonkeyPatch], None]]] = (
    no_state_guard,
    no_fence,
    check_then_add,
    keep_what_is_withdrawn,
    forget_to_withdraw,
    tell_of_what_is_fenced,
    no_transaction,
)
