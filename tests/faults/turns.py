"""Calls that need not be refused: all fit at once, or each may wait for its turn."""

import asyncio
from typing import Final

from app.core.money import usd_of
from tests.faults.callers import Chat, Seen, call_together
from tests.faults.scenario import Scenario, Stage, expect_equal
from tests.faults.tariff import Tariff
from tests.faults.upstreams import Arrived
from tests.faults.waiting import until
from tests.faults.worlds import MODEL, TARIFF, open_world

_UNCAPPED_CALLS: Final = 60
_UNCAPPED_USD: Final = 50
_UNCAPPED_TARIFF: Final = Tariff(usd_in="3", usd_out="15")

_MAX_TOKENS: Final = 64
_SAMPLE: Final = Chat("wait-000", MODEL, stream=False, max_tokens=_MAX_TOKENS)  # all are as long
_FITTING: Final = 12  # at once; what the others cost in the end is less than half of that
_BEFORE_THEM: Final = 40
_LEAVING: Final = 20
_AFTER_THEM: Final = 40
_WAITING: Final = _BEFORE_THEM + _AFTER_THEM
_LEAVE_AFTER: Final = 5  # answers
_PATIENCE_SECONDS: Final = 60


async def without_max_tokens(stage: Stage) -> str:
    """Make parallel calls that say no cap: what is held for them must not be absurd."""
    gate = asyncio.Event()

    async def answer(call: Arrived) -> None:
        await gate.wait()
        await call.answer(tokens_in=10, tokens_out=10)

    async with open_world(stage.folder, answer, _UNCAPPED_TARIFF) as world:
        caller, key_id = await world.caller("uncapped")
        await world.admin.budget("key", key_id, _UNCAPPED_USD)
        chats = [
            Chat(f"call-{one:02}", MODEL, one % 2 == 1, max_tokens=None)
            for one in range(_UNCAPPED_CALLS)
        ]
        seen = list[Seen]()
        sending = asyncio.ensure_future(call_together([(caller, chat) for chat in chats], seen))
        arrived = world.upstream.arrived
        await until(lambda: len(arrived), lambda number: number == len(chats), "calls let in")
        gate.set()
        await sending
        expect_equal(sum(one.is_answer for one in seen), len(chats), "answers")
        await world.expect_sound()
    return f"{len(chats)} calls at once without max_tokens on ${_UNCAPPED_USD}: all answered"


async def waiting(stage: Stage) -> str:
    """Let a crowd wait for what a few hold, and let some of it leave meanwhile."""

    async def answer(call: Arrived) -> None:
        await asyncio.sleep(0)  # the others' turn
        await call.answer(tokens_in=10, tokens_out=5)

    async with open_world(stage.folder, answer) as world:
        caller, key_id = await world.caller("patient")
        cap_nusd = _FITTING * TARIFF.hold_nusd(_SAMPLE)
        await world.admin.budget("key", key_id, usd_of(cap_nusd))
        await world.admin.create(
            "/v1/limits", scope="key", scope_id=key_id, wait_up_to_seconds=_PATIENCE_SECONDS
        )
        chats = [
            Chat(f"wait-{one:03}", MODEL, one % 2 == 1, _MAX_TOKENS)
            for one in range(_WAITING + _LEAVING)
        ]
        stays, leaves = list[Seen](), list[Seen]()
        calls = [(caller, chat) for chat in chats]
        first = asyncio.ensure_future(call_together(calls[:_BEFORE_THEM], stays))
        leaving = asyncio.ensure_future(call_together(calls[_BEFORE_THEM:-_AFTER_THEM], leaves))
        last = asyncio.ensure_future(call_together(calls[-_AFTER_THEM:], stays))
        await until(lambda: len(stays), lambda number: number >= _LEAVE_AFTER, "first answers")
        leaving.cancel()
        await asyncio.wait([first, leaving, last])
        expect_equal(sum(one.is_answer for one in stays), _WAITING, "answers")
        await world.expect_sound()
        world.ledger.expect_one_row_each(request_ids=[str(one.request_id) for one in stays])
        world.ledger.expect_within_caps()
    return (
        f"{_WAITING} calls at once on a budget that fits {_FITTING}, with time to wait: all "
        f"answered; of {_LEAVING} more that left, {_LEAVING - len(leaves)} before their answer"
    )


SCENARIOS: Final = (
    Scenario(
        "budgets/without-max-tokens",
        "60 parallel 10-token calls without `max_tokens` on $50, at $15/M, are all answered",
        4,
        without_max_tokens,
    ),
    Scenario(
        "budgets/waiting",
        "calls that may wait get what others did not use, and who leaves the line holds nothing",
        6,
        waiting,
    ),
)
