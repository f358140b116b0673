"""A database that is locked, or whose disk is full: calls wait or are refused, never lost."""

# pyright: reportPrivateUsage=false

import asyncio
import time
from typing import Final

from app.services.ledger.ledger import INTENT_SECONDS
from tests.faults.callers import Seen
from tests.faults.disturbed import (
    Calls,
    Gate,
    expect_all_recorded,
    expect_answers,
    expect_patience,
    expect_reads,
    expect_refused,
)
from tests.faults.scenario import Scenario, Stage, expect, expect_equal
from tests.faults.worlds import InnerWorld, open_inner_world, open_world

_RUNNING: Final = 6
_NEW: Final = 6
_LOCK_SECONDS: Final = 10.0
_LATE_SECONDS: Final = 1.0  # before the lock goes, for calls that can wait so long
_PLENTY_OF_PAGES: Final = 1_000_000
_MOST_WAVES: Final = 40


async def locked(stage: Stage) -> str:
    """Hold the write lock as another program would, while calls run and come."""
    how = stage.random.choice(("EXCLUSIVE", "IMMEDIATE"))
    seconds = max(_LOCK_SECONDS * stage.share, INTENT_SECONDS + 2 * _LATE_SECONDS)
    gate = Gate(_RUNNING)
    async with open_world(stage.folder, gate.answer) as world:
        calls = Calls(world, await world.rich_caller())
        running = await calls.under_way(_RUNNING)
        with world.ledger.locked(how):
            began = time.monotonic()
            new, left = calls.begin(_NEW), calls.begin(_NEW)
            gate.open()
            answered = await asyncio.gather(*running)
            await expect_reads(world)
            for call in left:
                call.cancel()
            refused = await asyncio.gather(*new)
            waited = expect_patience(began)
            await _until(began + seconds - _LATE_SECONDS)
            late = calls.begin(_NEW)
            await _until(began + seconds)
            expect_equal(len(world.upstream.arrived), _RUNNING, "calls at the upstream")
        answered += await asyncio.gather(*late)
        expect_answers(answered)
        expect_refused(refused)
        await expect_all_recorded(world, answered, refused)
    return (
        f"{how.lower()} lock of {seconds:g} s: {_RUNNING} running calls finished, {_NEW} new ones "
        f"got 503 after {waited:.1f} s, {_NEW} left, {_NEW} later ones waited and were answered, "
        f"reads went on; {len(answered)} answers, {len(answered)} rows"
    )


async def _until(moment: float) -> None:
    """Let the lock last."""
    await asyncio.sleep(max(0.0, moment - time.monotonic()))


async def full(stage: Stage) -> str:
    """Let the file grow no more, while calls run and come; then give it room again."""
    gate = Gate(_RUNNING)
    async with open_inner_world(stage.folder, gate.answer) as world:
        calls = Calls(world, await world.rich_caller())
        running = await calls.under_way(_RUNNING)
        _allow_pages(world, 1)  # no fewer than there are
        answered, refused = await _fill(calls)
        for _ in range(stage.count(2, least=0)):
            refused += await asyncio.gather(*calls.begin(_NEW))
        gate.open()
        answered += await asyncio.gather(*running)
        expect_answers(answered)
        expect_refused(refused)
        world.ledger.expect_clean()
        await expect_reads(world)
        _allow_pages(world, _PLENTY_OF_PAGES)
        await world.all_ended()
        after = await asyncio.gather(*calls.begin(_NEW))
        expect_answers(after)
        answered += after
        await expect_all_recorded(world, answered, refused)
    return (
        f"disk full: {_RUNNING} running calls finished, {len(refused)} new ones got 503, reads "
        f"went on, integrity ok; with room again {len(answered)} answers, {len(answered)} rows"
    )


async def _fill(calls: Calls) -> tuple[list[Seen], list[Seen]]:
    """Call until there is no room; return what was answered, and what was refused."""
    answered, refused = list[Seen](), list[Seen]()
    for _ in range(_MOST_WAVES):
        for seen in await asyncio.gather(*calls.begin(_NEW)):
            (answered if seen.status == 200 else refused).append(seen)
        if refused:
            break
    expect(refused, "the disk never became full")
    return answered, refused


def _allow_pages(world: InnerWorld, pages: int) -> None:
    """Let the writer's connection believe in a disk of so many pages."""
    writer = world.container.ledger._writer
    with writer._changed:
        writer._store._connection.execute(f"PRAGMA max_page_count={pages}")


SCENARIOS: Final = (
    Scenario(
        "database/locked",
        "a locked database lets running calls finish, and refuses new ones after a while with 503",
        20,
        locked,
    ),
    Scenario(
        "database/full",
        "a full disk refuses calls with 503, leaves no half of anything, and is got over",
        12,
        full,
    ),
)
