"""A clock that jumps by hours, over the beginning of a day, while calls run."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Final

from app.core.clock import SystemClock, epoch_ms
from app.core.money import usd_of
from tests.faults.callers import Caller, Chat
from tests.faults.load import Load
from tests.faults.scenario import Scenario, Stage, expect, expect_equal
from tests.faults.tariff import bound_in
from tests.faults.upstreams import Arrived
from tests.faults.waiting import until
from tests.faults.worlds import MODEL, PLENTY_USD, TARIFF, World, open_inner_world

_DAILY: Final = {"period": "day", "time_zone": "Europe/Berlin"}
_EVENING: Final = datetime(2026, 11, 24, 22, 30, tzinfo=UTC)  # half past eleven in Berlin
_HOUR: Final = timedelta(hours=1)
_FITTING: Final = 5  # calls a day
_MAX_TOKENS: Final = 64
_SAMPLE: Final = Chat("call-0000", MODEL, stream=False, max_tokens=_MAX_TOKENS)  # all are as long
_SLOW: Final = Chat("slow-0000", MODEL, stream=True, max_tokens=_MAX_TOKENS)
_HOLD_NUSD: Final = TARIFF.hold_nusd(_SAMPLE)
_JUMPS: Final = 30
_CLIENTS: Final = 8
_ANSWERS_BETWEEN_JUMPS: Final = 20
_FARTHEST_HOURS: Final = 30.0
_THINKING_SECONDS: Final = 0.01  # of the upstream


class JumpingClock(SystemClock):
    """The machine's clock, set to another time again and again. Spans are measured as ever."""

    def __init__(self) -> None:
        """Set it to an evening."""
        self._ahead = _EVENING - super().now()

    def now(self) -> datetime:
        """Return what it shows."""
        return super().now() + self._ahead

    def jump(self, span: timedelta) -> None:
        """Set it forward, or back."""
        self._ahead += span


class Spender:
    """Somebody with money for some calls a day, each of which costs all that it holds."""

    def __init__(self, world: World, caller: Caller, first: int = 0) -> None:
        """Take where and who, and the number of the first call."""
        self._world = world
        self._caller = caller
        self._numbers = count(first)
        self.running = 0  # calls that are under way all the time

    def next_chat(self) -> Chat:
        """Return the next call, every other one for a stream."""
        number = next(self._numbers)
        return Chat(f"call-{number:04}", MODEL, number % 2 == 1, _MAX_TOKENS)

    async def expect_admitted(self, calls: int) -> None:
        """Go on only if so many calls, one after the other, are answered."""
        for _ in range(calls):
            seen = await self._caller.call(self.next_chat())
            expect(seen.is_answer, f"no answer: {seen}")
            holds = self._world.ledger.open_holds
            await until(holds, lambda number: number == self.running, "the call settled")

    async def expect_spent(self) -> None:
        """Go on only if there is no money for another call."""
        seen = await self._caller.call(self.next_chat())
        expect_equal((seen.status, seen.code), (402, "budget_exceeded"), "where all is spent")


async def over_midnight(stage: Stage) -> str:
    """Jump over the beginning of a day with a call under way, back, restart there, and go on."""
    clock, gate = JumpingClock(), asyncio.Event()

    async def answer(call: Arrived) -> None:
        if call.marker == _SLOW.marker:
            await gate.wait()
        await call.answer(tokens_in=bound_in(_SAMPLE), tokens_out=_MAX_TOKENS)

    async with open_inner_world(stage.folder, answer, clock) as world:
        caller, key_id = await world.caller("daily")
        await world.admin.budget("key", key_id, usd_of(_FITTING * _HOLD_NUSD), **_DAILY)
        await _there_and_back(world, caller, clock, gate)
    async with open_inner_world(stage.folder, answer, clock) as world:
        await _and_on(world, caller.at(world.place), clock)
    return (
        f"an hour forward over midnight, two back, a restart, three forward, a day forward: "
        f"settled 4, {_FITTING} and {_FITTING} calls of {_FITTING} a day, each in the day that it "
        "began in"
    )


async def _there_and_back(
    world: World, caller: Caller, clock: JumpingClock, gate: asyncio.Event
) -> None:
    """Begin the next day, with a call of the first under way, and go back to the first."""
    spender = Spender(world, caller)
    slow = asyncio.ensure_future(caller.call(_SLOW))
    await until(lambda: world.upstream.markers, bool, "the slow call at the upstream")
    spender.running = 1
    await spender.expect_admitted(3)
    clock.jump(_HOUR)
    await spender.expect_admitted(2)
    gate.set()
    expect((await slow).is_answer, "no answer to the slow call")
    await world.all_ended()
    spender.running = 0
    _expect_settled(world, [4, 2])
    clock.jump(-_HOUR)
    await spender.expect_admitted(3)  # of the newer day: the older one is over
    await spender.expect_spent()
    _expect_settled(world, [4, _FITTING])
    clock.jump(-_HOUR)
    await spender.expect_spent()
    await world.expect_sound(epoch_ms(clock.now()))


async def _and_on(world: World, caller: Caller, clock: JumpingClock) -> None:
    """Find the newer day still spent after a restart in the older one, and the one after fresh."""
    spender = Spender(world, caller, first=100)
    await spender.expect_spent()
    clock.jump(3 * _HOUR)
    await spender.expect_spent()
    clock.jump(24 * _HOUR)
    await spender.expect_admitted(_FITTING)
    await spender.expect_spent()
    _expect_settled(world, [4, _FITTING, _FITTING])
    await world.expect_sound(epoch_ms(clock.now()))


def _expect_settled(world: World, calls: Sequence[int]) -> None:
    """Go on only if so many calls are settled in each period, and nothing is held."""
    periods = [(one.settled_nusd, one.held_nusd) for one in world.ledger.periods()]
    wanted = [(number * _HOLD_NUSD, 0) for number in calls]
    expect_equal(periods, wanted, "settled and held, day by day")


async def under_load(stage: Stage) -> str:
    """Jump anywhere, any time."""
    clock, jumps = JumpingClock(), stage.count(_JUMPS, least=6)

    async def answer(call: Arrived) -> None:
        await asyncio.sleep(_THINKING_SECONDS)
        await call.answer(tokens_in=10, tokens_out=3)

    async with open_inner_world(stage.folder, answer, clock) as world:
        caller, key_id = await world.caller("jumping")
        await world.admin.budget("key", key_id, PLENTY_USD, **_DAILY)
        load = Load(caller, model=MODEL, clients=_CLIENTS)
        async with load.running():
            for number in range(1, jumps + 1):
                wanted = number * _ANSWERS_BETWEEN_JUMPS
                await until(lambda: len(load.answers), lambda seen, w=wanted: seen >= w, "answers")
                hours = stage.random.uniform(-_FARTHEST_HOURS / 2, _FARTHEST_HOURS)
                clock.jump(timedelta(hours=hours))
        await world.expect_sound(epoch_ms(clock.now()))
        expect_equal(len(load.answers), len(load.seen), "answers of all calls")
        world.ledger.expect_one_row_each(request_ids=load.begun_ids)
        days = len(world.ledger.periods())
    return (
        f"{jumps} jumps of up to {_FARTHEST_HOURS:g} hours: {len(load.seen)} answers, as many "
        f"rows, {days} days begun, all of which add up"
    )


SCENARIOS: Final = (
    Scenario(
        "clock/over-midnight",
        "a clock that jumps settles nothing twice, and opens no budget again",
        8,
        over_midnight,
    ),
    Scenario(
        "clock/under-load",
        "calls that a jump meets are settled once, in the period that they began in",
        15,
        under_load,
    ),
)
