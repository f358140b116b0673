"""What exceeds a budget: a cap that is lowered, and an upstream that bills above its bound."""

import asyncio
from typing import Final

from app.core.money import usd_of
from tests.faults.callers import Chat, call_together
from tests.faults.ledger_file import LedgerFile, PeriodRow
from tests.faults.scenario import Scenario, Stage, expect, expect_equal
from tests.faults.upstreams import Arrived
from tests.faults.waiting import until
from tests.faults.worlds import MODEL, TARIFF, OuterWorld, open_world

_MAX_TOKENS: Final = 64
_CALLS: Final = 8
_BILLED_IN: Final = 10
_BILLED_OUT: Final = 50 * _MAX_TOKENS
_CHATS: Final = [Chat(f"over-{one}", MODEL, one % 2 == 1, _MAX_TOKENS) for one in range(_CALLS)]
_LATER: Final = Chat("over-9", MODEL, stream=False, max_tokens=_MAX_TOKENS)
_HOLD_NUSD: Final = TARIFF.hold_nusd(_LATER)


async def recorded(stage: Stage) -> str:
    """Lower a cap under running calls, bill them above their bound, or kill them; raise it."""
    endings = stage.random.sample(("billed above the bound", "kill -9"), stage.count(2))
    return "; ".join([await _recorded(ending, stage) for ending in endings])


async def _recorded(ending: str, stage: Stage) -> str:
    gate, left = asyncio.Event(), stage.random.randrange(_CALLS)

    async def answer(call: Arrived) -> None:
        await gate.wait()
        await call.answer(tokens_in=_BILLED_IN, tokens_out=_BILLED_OUT)

    async with open_world(stage.folder / ending, answer) as world:
        caller, key_id = await world.caller("over")
        budget_id = await world.admin.budget("key", key_id, usd_of((_CALLS + 1) * _HOLD_NUSD))
        sending = asyncio.ensure_future(call_together([(caller, one) for one in _CHATS], []))
        arrived = world.upstream.arrived
        await until(lambda: len(arrived), lambda number: number == _CALLS, "calls let in")
        await world.admin.change(f"/v1/budgets/{budget_id}", cap_usd=usd_of(left * _HOLD_NUSD))
        await until(lambda: _period(world.ledger), lambda one: one.overshoot_nusd, "overshoot")
        _expect_period(world.ledger, left, held=_CALLS * _HOLD_NUSD, settled=0)
        expect((await caller.call(_LATER)).is_refused_by_budget, "a call above the lowered cap")
        settled = await _end(ending, world, gate)
        await sending
        await world.all_ended()
        _expect_period(world.ledger, left, held=0, settled=settled)
        expect_equal((await caller.call(_LATER)).status, 402, "status of a call above the cap")
        events = (await world.admin.get(f"/v1/budgets/{budget_id}/events")).json()["data"]
        kinds = {one["kind"] for one in events}
        expect("budget.overshoot" in kinds, f"no event says that it is exceeded: {kinds}")
        await world.admin.change(f"/v1/budgets/{budget_id}", cap_usd=usd_of(settled + _HOLD_NUSD))
        gate.set()
        expect((await caller.call(_LATER)).is_answer, "no answer under the raised cap")
        await world.expect_sound()
    return f"cap lowered to {left} of {_CALLS} running calls, {ending}: overshoot recorded"


async def _end(ending: str, world: OuterWorld, gate: asyncio.Event) -> int:
    """End the running calls; return what they cost."""
    if ending == "kill -9":
        await world.gateway.kill()
        await world.gateway.start()
        return _CALLS * _HOLD_NUSD
    gate.set()
    return _CALLS * TARIFF.cost_nusd(_BILLED_IN, _BILLED_OUT)


def _period(ledger: LedgerFile) -> PeriodRow:
    [period] = ledger.periods()
    return period


def _expect_period(ledger: LedgerFile, left: int, *, held: int, settled: int) -> None:
    """Go on only if the budget knows exactly by how much it was exceeded at worst."""
    period, cap = _period(ledger), left * _HOLD_NUSD
    worst = max(_CALLS * _HOLD_NUSD, settled) - cap
    seen = (period.cap_nusd, period.held_nusd, period.settled_nusd, period.overshoot_nusd)
    expect_equal(seen, (cap, held, settled, worst), "cap, held, settled, overshoot")
    ledger.expect_clean()


SCENARIOS: Final = (
    Scenario(
        "budgets/overshoot",
        "what a lowered cap or an upstream above its bound exceeds is recorded to the last digit",
        15,
        recorded,
    ),
)
