"""Who gets through a gate, who waits, and who is turned away."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest

from app.core.errors import OverloadedError
from app.services.routing.gate import Gate
from app.services.urgency import Urgency

NEVER = 1_000.0


async def begun(work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
    """Start something, and return when it waits."""
    task = asyncio.ensure_future(work)
    await asyncio.sleep(0)
    return task


async def test_without_a_bound_everybody_gets_through() -> None:
    gate = Gate("it", None)
    for _ in range(100):
        await gate.enter()

    assert (gate.inside, gate.has_room) == (100, True)


async def test_who_waits_gets_the_place_of_who_leaves() -> None:
    gate = Gate("it", 1, max_wait_seconds=NEVER)
    await gate.enter()
    second = await begun(gate.enter())
    assert (gate.waiting, second.done()) == (1, False)

    gate.leave()
    await second

    assert (gate.inside, gate.waiting) == (1, 0)


async def test_the_line_is_as_long_as_there_is_room_and_then_it_is_full() -> None:
    gate = Gate("The upstream 'gpu'", 1, max_wait_seconds=NEVER)
    await gate.enter()
    waiting = await begun(gate.enter())

    with pytest.raises(OverloadedError, match="'gpu' has no room") as refused:
        await gate.enter()

    assert refused.value.retry_after_seconds is not None
    waiting.cancel()


async def test_nobody_waits_longer_than_allowed() -> None:
    gate = Gate("it", 1, max_wait_seconds=0.01)
    await gate.enter()

    with pytest.raises(OverloadedError):
        await gate.enter()

    gate.leave()
    assert (gate.inside, gate.waiting, gate.has_room) == (0, 0, True)


async def test_the_urgent_go_first() -> None:
    gate, order = Gate("it", 1, max_waiting=3, max_wait_seconds=NEVER), list[Urgency]()

    async def call(urgency: Urgency) -> None:
        await gate.enter(urgency)
        order.append(urgency)
        gate.leave()

    await gate.enter()
    calls = [await begun(call(one)) for one in (Urgency.BATCH, Urgency.ADMIN, Urgency.INTERACTIVE)]
    gate.leave()
    await asyncio.gather(*calls)

    assert order == [Urgency.ADMIN, Urgency.INTERACTIVE, Urgency.BATCH]


async def test_an_urgent_call_takes_the_place_of_one_that_is_less_so() -> None:
    gate = Gate("it", 1, max_wait_seconds=NEVER)
    await gate.enter()
    batch = await begun(gate.enter(Urgency.BATCH))
    urgent = await begun(gate.enter(Urgency.ADMIN))

    with pytest.raises(OverloadedError):
        await batch
    with pytest.raises(OverloadedError):
        await gate.enter(Urgency.ADMIN)  # nobody there is less urgent
    gate.leave()
    await urgent


@pytest.mark.parametrize("has_its_turn", [False, True])
async def test_who_goes_away_leaves_no_place_taken(*, has_its_turn: bool) -> None:
    gate = Gate("it", 1, max_wait_seconds=NEVER)
    await gate.enter()
    leaver = await begun(gate.enter())

    if has_its_turn:
        gate.leave()
    leaver.cancel()
    await asyncio.wait([leaver])
    if not has_its_turn:
        gate.leave()

    assert (gate.inside, gate.waiting, gate.has_room) == (0, 0, True)
