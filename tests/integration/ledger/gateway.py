"""A gateway's money without its network: real admission over a real file, crashing on demand."""

# pyright: reportPrivateUsage=false

import json
import sqlite3
from asyncio import CancelledError
from collections import defaultdict
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from enum import Enum, auto
from operator import add
from pathlib import Path
from typing import Any, Final, TypeVar, cast

from app.core.clock import epoch_ms
from app.core.gateway_models import ModelBounds
from app.db.ledger_changes import (
    HOLDS,
    Change,
    Charge,
    Intent,
    LeaseRenewal,
    PeriodChange,
    Settlement,
    TopUp,
    Withdrawal,
)
from app.db.ledger_store import LedgerStore
from app.db.ledger_writer import LedgerWriter
from app.db.repositories.holds import HoldDirectory, Orphans
from app.db.sqlite import open_read_only
from app.models.budgets import BudgetPeriodRow
from app.models.holds import HoldRow
from app.services.admission.accounts import BudgetPeriod
from app.services.admission.admission import Admission
from app.services.admission.admitted import Admitted
from app.services.admission.stored_terms import StoredTerms, TermsRead, period_of
from app.services.admission.terms import Budget
from app.services.call import Call
from app.services.ledger.entry import Basis, Entry, Status
from app.services.ledger.lease import settle_orphans
from app.services.ledger.ledger import Ledger
from app.services.prices.price import Price, PricedUnit
from app.services.prices.price_book import PriceBook
from app.services.prices.quote import Quote
from app.services.principals import Principal
from app.services.providers.provider import Provider
from app.services.routing.plan import Plan
from app.services.routing.target import Target
from tests.support.clocks import FakeClock

TARGET: Final = Target("up", "m", cast("Provider", None))  # nothing is sent
SPARE: Final = "spare"  # an upstream that asks half the price
Result = TypeVar("Result")


class Crash(BaseException):
    """The process is dead."""


def run(coroutine: Coroutine[Any, Any, Result]) -> Result:
    """Run what never has to wait here."""
    try:
        coroutine.send(None)
    except StopIteration as stop:
        return cast("Result", stop.value)
    coroutine.close()
    raise AssertionError("it waits")


class Leaves(Enum):
    """When a client leaves that waits for its intent."""

    BEFORE = auto()  # it is written
    AFTER = auto()


class Fuse:
    """Lets the process die at one of the next statements."""

    def __init__(self) -> None:
        self.left: int | None = None

    def count(self) -> None:
        if self.left is not None:
            if self.left == 0:
                raise Crash
            self.left -= 1


class MortalCursor:
    """The cursor of a process that may die before any statement."""

    def __init__(self, cursor: sqlite3.Cursor, fuse: Fuse) -> None:
        self._cursor = cursor
        self._fuse = fuse

    def execute(self, *arguments: Any) -> Any:
        self._fuse.count()
        return self._cursor.execute(*arguments)

    def executemany(self, *arguments: Any) -> Any:
        self._fuse.count()
        return self._cursor.executemany(*arguments)


class StepWriter:
    """The ledger's writer without its thread: it writes when it is told to."""

    def __init__(self, path: Path, fuse: Fuse) -> None:
        self._store = LedgerStore(path)
        self._store._cursor = cast("Any", MortalCursor(self._store._cursor, fuse))
        self.queue: list[Change] = []
        self.leaves: Leaves | None = None  # whoever waits

    def has_room(self) -> bool:
        return True

    def put(self, change: Change) -> None:
        self.queue.append(change)

    async def write(self, change: Change, *, patience_seconds: float = 5.0) -> None:
        del patience_seconds
        self.put(change)
        if self.leaves is Leaves.BEFORE:
            raise CancelledError
        refused = self.step(len(self.queue))
        assert change not in refused, f"the database refuses what was admitted: {change}"
        if self.leaves is Leaves.AFTER:
            raise CancelledError

    @property
    def closings(self) -> list[Settlement | Withdrawal]:
        return [one for one in self.queue if isinstance(one, Settlement | Withdrawal)]

    def coming(self, held: Iterable[str]) -> Callable[[str], Sequence[int]]:
        """Return what will be added to the held, settled and overshoot of a period.

        What is not held any more by then, or not yet, has nothing to add.
        """
        is_open, sums = {*held}, defaultdict[str, list[int]](lambda: [0, 0, 0])
        for change in self.queue:
            for charge in _charges_of(change, is_open):
                for period_id in charge.period_ids:
                    sums[period_id] = [*map(add, sums[period_id], charge[1:])]
        return sums.__getitem__

    async def flush(self) -> None:
        self.step(len(self.queue))

    def step(self, count: int) -> Sequence[Change]:
        if not self.queue:
            return []
        refused = self._store.write(self.queue[:count])
        del self.queue[:count]
        return refused

    def die(self) -> None:
        self._store.close()


def _charges_of(change: Change, is_open: set[str]) -> Sequence[Charge]:
    match change:
        case Intent(row=row, charges=charges):
            is_open.add(str(dict(zip(HOLDS.names, row, strict=True))["id"]))
            return charges
        case PeriodChange(period_id=period_id, overshoot_nusd=nusd):
            return [Charge((period_id,), overshoot_nusd=nusd)]
        case TopUp() | Settlement() | Withdrawal() if change.hold_id in is_open:
            if not isinstance(change, TopUp):
                is_open.remove(change.hold_id)
            return change.charges
        case _:
            return ()


class Rows:
    """What stands in for the repositories: the same rows, read at once."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection: sqlite3.Connection | None = None  # a new one takes a millisecond
        self.budgets: dict[str, Budget] = {}

    def query(self, sql: str, *values: object) -> list[dict[str, Any]]:
        if self._connection is None:
            self._connection = open_read_only(self._path)
            self._connection.row_factory = sqlite3.Row
        return [dict(row) for row in self._connection.execute(sql, values)]

    def close(self) -> None:
        """Let go of the file, until somebody asks again."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    async def read(self, *, known: Any) -> TermsRead:
        periods: dict[str, BudgetPeriod] = {}
        for row in self.query("SELECT * FROM budget_periods ORDER BY start_ms"):
            budget = self.budgets[row["budget_id"]]
            if not known(budget.id):
                periods[budget.id] = period_of(budget, BudgetPeriodRow(**row), ())
        return TermsRead([*self.budgets.values()], (), periods)

    async def find_orphans(self, lease_id: str) -> Orphans:
        holds = self.query("SELECT * FROM holds WHERE lease_id != ?", lease_id)
        leases = self.query("SELECT id FROM leases WHERE id != ?", lease_id)
        return Orphans([_hold(row) for row in holds], [row["id"] for row in leases])


def _hold(row: Mapping[str, Any]) -> HoldRow:
    parsed = {
        name: json.loads(row[name]) if row[name] else None for name in ("price", "charged", "tags")
    }
    return HoldRow(**{**row, **parsed})


class Prices:
    """Quotes one price, which can change, and half of it at a spare upstream."""

    def __init__(self) -> None:
        self.price = price(1_000_000, 2_000_000)

    def quote(self, model: str, upstream: str, upstream_model: str, at_ms: int) -> Quote:
        del model, upstream_model, at_ms
        if upstream != SPARE:
            return Quote(self.price)
        return Quote(Price({unit: nusd // 2 for unit, nusd in self.price.units.items()}, SPARE))


def price(tokens_in: int, tokens_out: int) -> Price:
    """Return a price in nano-dollars for 1,000,000 tokens."""
    return Price(
        {PricedUnit.INPUT_TOKEN: tokens_in, PricedUnit.OUTPUT_TOKEN: tokens_out}, "the test"
    )


class Process:
    """One gateway process over a file, from its start to its death."""

    def __init__(
        self, path: Path, rows: Rows, prices: Prices, *, clock: FakeClock, name: str
    ) -> None:
        self._rows = rows
        self.clock = clock
        self.fuse = Fuse()
        self.lease_id = f"lease_{name}"
        self.writer = StepWriter(path, self.fuse)
        self.running: dict[str, Admitted] = {}
        self.tries: dict[str, list[dict[str, Any]]] = {}  # that running calls have paid for
        writer, now_ms = cast("LedgerWriter", self.writer), epoch_ms(clock.now())
        self.writer.put(LeaseRenewal(self.lease_id, now_ms, now_ms + 30_000))
        self.writer.step(1)
        run(settle_orphans(writer, cast("HoldDirectory", rows), self.lease_id, now_ms))
        self.admission = Admission(
            Ledger(writer, self.lease_id),
            cast("PriceBook", prices),
            cast("StoredTerms", rows),
            lambda _: ModelBounds(),
            clock=clock,
        )
        self.refresh()

    def refresh(self) -> None:
        run(self.admission.refresh())

    def admit(
        self,
        call_id: str,
        who: Principal,
        max_tokens: int,
        *,
        stream: bool,
        leaves: Leaves | None = None,
    ) -> Admitted:
        payload = {"max_tokens": max_tokens}
        call = Call(call_id, None, who, "chat-completion", "m", payload, b"{}", stream)
        target = replace(TARGET, model=call_id)  # nothing is learnt of it for the next call
        targets = (target, replace(target, upstream=SPARE))
        self.writer.leaves = leaves
        try:
            admitted = run(self.admission.admit(call, Plan("m", targets[:: -1 if stream else 1])))
        finally:
            self.writer.leaves = None
        self.running[call_id] = admitted
        self.tries[call_id] = []
        return admitted

    def try_again(self, call_id: str, tokens_out: int, *, elsewhere: bool) -> bool:
        """Let an attempt of a call fail that is paid for; say whether another one is made."""
        admitted = self.running[call_id]
        attempt = _try(admitted, 100, tokens_out)
        self.tries[call_id].append(attempt)
        admitted.spent_nusd += attempt["cost_nusd"]
        targets = [offer.target for offer in admitted.offers]
        here = targets.index(admitted.offer.target)
        return self.admission.holds.go_on(admitted, targets[here ^ elsewhere])

    def settle(self, call_id: str, tokens_in: int, tokens_out: int) -> int:
        """Let a call end, and return its cost."""
        admitted = self.running.pop(call_id)
        tries = [*self.tries.pop(call_id), _try(admitted, tokens_in, tokens_out)]
        entry = entry_of(admitted, tries)
        self.admission.settle(admitted, entry)
        return entry.cost_nusd or 0

    def renew(self) -> None:
        now_ms = epoch_ms(self.clock.now())
        self.writer.put(LeaseRenewal(self.lease_id, now_ms, now_ms + 30_000))

    def die(self) -> None:
        self._rows.close()
        with suppress(sqlite3.Error):
            self.writer.die()


def _try(admitted: Admitted, tokens_in: int, tokens_out: int) -> dict[str, Any]:
    price = admitted.price
    assert price is not None
    counts = {PricedUnit.INPUT_TOKEN: tokens_in, PricedUnit.OUTPUT_TOKEN: tokens_out}
    return {"units_in": tokens_in, "units_out": tokens_out, "cost_nusd": price.cost(counts)}


def entry_of(admitted: Admitted, tries: Sequence[Mapping[str, Any]]) -> Entry:
    """Return the entry of a call that has ended, after so many attempts."""
    hold = admitted.hold
    return Entry(
        id=hold.id,
        created_at_ms=hold.created_at_ms,
        key_id=hold.key_id,
        client_request_id=None,
        task=hold.task,
        model=hold.model,
        upstream=hold.upstream,
        upstream_model=hold.upstream_model,
        stream=hold.stream,
        status=Status.OK,
        error_code=None,
        finish_reason="stop",
        units_in=sum(one["units_in"] for one in tries),
        units_out=sum(one["units_out"] for one in tries),
        basis=Basis.REPORTED,
        attempts=len(tries),
        latency_ms=1,
        ttft_ms=None,
        user_id=hold.user_id,
        team_id=hold.team_id,
        cost_nusd=sum(one["cost_nusd"] for one in tries),
        price=None if admitted.price is None else admitted.price.json,
        held_nusd=admitted.held_nusd,
        charged=hold.charged,
        tries=tries,
    )
