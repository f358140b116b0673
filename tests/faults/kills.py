"""`kill -9` of the server, again and again, on the same data."""

import asyncio
from random import Random
from typing import Final

from tests.faults.load import Load
from tests.faults.scenario import Scenario, Stage, expect, expect_equal
from tests.faults.upstreams import Arrived
from tests.faults.waiting import until
from tests.faults.worlds import MODEL, OuterWorld, open_world

_KILLS: Final = 20
_CLIENTS: Final = 12
_MOST_ANSWERS: Final = 120  # between two kills
_MAX_TOKENS: Final = 3_000  # so that streams are topped up on the way
_PIECES: Final = 6
_PIECE: Final = "word " * 50
_TOKENS_OUT: Final = _PIECES * 50
_PAUSE_SECONDS: Final = 0.004  # of the upstream, between two of them
_EARLY: Final = 0.25  # of the restarts are killed too, before they serve
_LONGEST_START_SECONDS: Final = 1.5


async def under_load(stage: Stage) -> str:
    """Kill, look at the file, start, look again; every look finds all that anybody saw."""
    kills = stage.count(_KILLS, least=2)
    async with open_world(stage.folder, _answer_slowly) as world:
        load = Load(
            await world.rich_caller(), model=MODEL, clients=_CLIENTS, max_tokens=_MAX_TOKENS
        )
        early = 0
        for _ in range(kills):
            await _kill_under(world, load, stage.random.randint(1, _MOST_ANSWERS))
            if stage.random.random() < _EARLY:
                early += 1
                await _kill_while_starting(world, stage.random)
            await world.gateway.start()
            _look(world, load)
        await world.gateway.stop()
        _look(world, load)
        rows = world.ledger.rows()
        lost = sum(row.error_code == "outcome_unknown" for row in rows)
    expect_equal(load.refused, [], "refused calls")
    expect(lost, "no kill caught a call under way")
    return (
        f"{kills} kills, {early} more while starting; answers received {len(load.answers)}, all "
        f"with a row; sent calls {len(world.upstream.arrived)}, rows {len(rows)}, {lost} of them "
        "settled by a restart; verify clean each time"
    )


async def _kill_under(world: OuterWorld, load: Load, answers: int) -> None:
    """Let clients call, and kill the server when so many more answers have come."""
    wanted = len(load.answers) + answers
    async with load.running():
        await until(lambda: len(load.answers), lambda number: number >= wanted, "answers")
        await world.gateway.kill()


async def _kill_while_starting(world: OuterWorld, random: Random) -> None:
    world.gateway.begin()
    await asyncio.sleep(random.uniform(0, _LONGEST_START_SECONDS))  # anywhere in the recovery
    await world.gateway.kill()


def _look(world: OuterWorld, load: Load) -> None:
    """Find every call that a client or the upstream has seen, once, and nothing held."""
    expect_equal(world.ledger.open_holds(), 0, "open holds after a restart")
    world.ledger.expect_one_row_each(request_ids=load.begun_ids, markers=world.upstream.markers)
    world.ledger.expect_within_caps()
    world.ledger.expect_clean()


async def _answer_slowly(call: Arrived) -> None:
    if not call.stream:
        await asyncio.sleep(_PAUSE_SECONDS * _PIECES)
        await call.answer(tokens_in=10, tokens_out=_TOKENS_OUT)
        return
    await call.begin_stream()
    for _ in range(_PIECES):
        await call.say(_PIECE)
        await asyncio.sleep(_PAUSE_SECONDS)
    await call.end_stream(tokens_in=10, tokens_out=_TOKENS_OUT)


SCENARIOS: Final = (
    Scenario(
        "kills/under-load",
        "after kill -9 at any moment, every call that anybody saw has exactly one row",
        150,
        under_load,
    ),
)
