"""Parallel calls under budgets of instance, teams, users and keys at once: never over, never idle.

The budgets form a tree, and all calls hold the same. So in whatever order they come, as many are
let in as fit, and that is a number: of a key, the smaller one of its calls and its budget; of
anything else, the smaller one of what its parts let in and its budget.
"""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from itertools import count, islice
from random import Random
from typing import Final

from app.core.money import usd_of
from app.services.admission.admitted import SLICE_TOKENS
from app.utils.background import running_beside
from tests.faults.budget_tree import Tree
from tests.faults.callers import Caller, Chat, Seen, call_together
from tests.faults.ledger_file import LedgerFile
from tests.faults.scenario import Scenario, Stage, expect, expect_equal
from tests.faults.tariff import bound_in
from tests.faults.upstreams import Arrived
from tests.faults.waiting import until
from tests.faults.worlds import MODEL, TARIFF, World, open_world

_MAX_TOKENS: Final = 64
_SAMPLE: Final = Chat("call-0000", MODEL, stream=False, max_tokens=_MAX_TOKENS)  # all are as long
_HOLD_NUSD: Final = TARIFF.hold_nusd(_SAMPLE)
_WATCH_SECONDS: Final = 0.02
_CALLS: Final = 200

_LONG_TOKENS: Final = 4 * SLICE_TOKENS
_PIECE: Final = "word " * 20  # 100 bytes, so that a slice is ten pieces
_PIECES: Final = 60
_STREAMS: Final = 16


async def parallel_calls(stage: Stage) -> str:
    """Send everything at once, first against held money, then against money that is spent."""
    gate, numbers, seen = asyncio.Event(), count(), list[str]()

    async def answer(call: Arrived) -> None:
        if gate.is_set():  # exactly what is held: nothing comes back, whoever ends first
            await call.answer(tokens_in=bound_in(_SAMPLE), tokens_out=_MAX_TOKENS)
            return
        await gate.wait()
        await call.answer(tokens_in=10, tokens_out=5)

    async with open_world(stage.folder, answer) as world:
        tree = Tree(world.admin, stage.random, _HOLD_NUSD)
        await tree.grow()
        for _ in range(2):
            wave = _wave(tree.root.callers, numbers, stage.count(_CALLS, least=80), stage.random)
            fitting = tree.fitting([caller for caller, _ in wave], world.ledger)
            async with _watched(world.ledger):
                admitted = await _send(world, wave, gate)
            expect_equal(admitted, fitting, f"admitted of {len(wave)}")
            seen.append(f"admitted {admitted} of {len(wave)}, which is what fits")
    return "; ".join(seen)


async def _send(world: World, wave: Sequence[tuple[Caller, Chat]], gate: asyncio.Event) -> int:
    """Make calls, open the gate when each is refused or at the upstream; count those let in."""
    seen, before = list[Seen](), len(world.upstream.arrived)

    def decided() -> int:
        return len(world.upstream.arrived) - before + sum(one.status != 200 for one in seen)

    sending = asyncio.ensure_future(call_together(wave, seen))
    await until(decided, lambda number: number == len(wave), "every call let in or refused")
    arrived = len(world.upstream.arrived) - before
    expect_equal(world.ledger.open_holds() if not gate.is_set() else arrived, arrived, "open holds")
    gate.set()
    await sending
    expect_equal(sum(one.is_answer for one in seen), arrived, "answers")
    refused = sum(one.is_refused_by_budget for one in seen)
    expect_equal(refused, len(wave) - arrived, "refused with 402 or 429")
    await world.expect_sound()
    return arrived


def _wave(
    callers: Sequence[Caller], numbers: "count[int]", calls: int, random: Random
) -> list[tuple[Caller, Chat]]:
    """Return so many calls, spread over all keys, every other one for a stream."""
    return [
        (random.choice(callers), Chat(f"call-{number:04}", MODEL, number % 2 == 1, _MAX_TOKENS))
        for number in islice(numbers, calls)
    ]


async def growing_streams(stage: Stage) -> str:
    """Let streams take slice after slice of a budget that does not fit them all."""
    streams = stage.count(_STREAMS, least=6)
    all_are_here = asyncio.Event()

    async def answer(call: Arrived) -> None:
        if len(world.upstream.arrived) == streams:
            all_are_here.set()
        await all_are_here.wait()
        await call.begin_stream()
        for _ in range(_PIECES):
            await call.say(_PIECE)
            await asyncio.sleep(0)  # the others' turn
        await call.end_stream(tokens_in=20, tokens_out=_PIECES * 25)

    async with open_world(stage.folder, answer) as world:
        chats = [Chat(f"grow-{one:02}", MODEL, True, _LONG_TOKENS) for one in range(streams)]  # noqa: FBT003
        slice_nusd = TARIFF.cost_nusd(bound_in(chats[0]), SLICE_TOKENS)
        # Each costs one and a half slices in the end, so a third of one more cannot do for all.
        more = stage.random.randint(0, streams // 3) * TARIFF.cost_nusd(0, SLICE_TOKENS)
        caller, key_id = await world.caller("long")
        await world.admin.budget("key", key_id, usd_of(streams * slice_nusd + more))
        seen = list[Seen]()
        async with _watched(world.ledger):
            await call_together([(caller, chat) for chat in chats], seen)
        await world.expect_sound()
        expect_equal(sum(one.is_answer for one in seen), streams, "streams that end typed")
        cut = [one for one in seen if b'"budget_exceeded"' in one.body]
        expect(cut, "no stream was cut, and they cannot all fit")
        for one in cut:
            expect(b'"finish_reason":"length"' in one.body, f"cut without a reason: {one.body!r}")
        [period] = world.ledger.periods()
        expect_equal(period.overshoot_nusd, 0, "overshoot")
    return f"{streams} streams, {len(cut)} of them cut with a finish reason, none over"


@asynccontextmanager
async def _watched(ledger: LedgerFile) -> AsyncGenerator[None]:
    """Look all the time, and in the end, whether every budget holds."""

    async def watch() -> None:
        while True:
            ledger.expect_within_caps()
            await asyncio.sleep(_WATCH_SECONDS)

    async with running_beside(watch()):
        yield
    ledger.expect_within_caps()


SCENARIOS: Final = (
    Scenario(
        "budgets/parallel-calls",
        "of calls that come at once, as many are let in as fit into all their budgets, no more",
        20,
        parallel_calls,
    ),
    Scenario(
        "budgets/growing-streams",
        "streams that need more are cut, with a finish reason, before a budget is exceeded",
        10,
        growing_streams,
    ),
)
