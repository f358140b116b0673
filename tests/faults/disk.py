"""A disk that takes nothing any more, from database and log alike, of a running server."""

import asyncio
import resource
import sys
from pathlib import Path
from typing import Final

from tests.faults.disturbed import (
    Calls,
    Gate,
    expect_all_recorded,
    expect_answers,
    expect_reads,
    expect_refused,
)
from tests.faults.gateways import Gateway
from tests.faults.scenario import Scenario, Stage
from tests.faults.worlds import open_world

_RUNNING: Final = 6
_NEW: Final = 6
_ENDINGS: Final = ("room again", "kill -9")


async def gone(stage: Stage) -> str:
    """Let no file grow under running and new calls; then give room again, or kill the server."""
    if sys.platform != "linux":
        return "nothing: only Linux lets a running process be limited"
    endings = stage.random.sample(_ENDINGS, stage.count(len(_ENDINGS)))
    return "; ".join([await _gone_until(ending, stage.folder / ending) for ending in endings])


async def _gone_until(ending: str, folder: Path) -> str:
    gate = Gate(_RUNNING)
    async with open_world(folder, gate.answer) as world:
        calls = Calls(world, await world.rich_caller())
        running = await calls.under_way(_RUNNING)
        _limit_files(world.gateway, 0)
        new = calls.begin(_NEW)
        gate.open()
        answered = await asyncio.gather(*running)
        expect_answers(answered)
        await expect_reads(world)
        refused = await asyncio.gather(*new)
        expect_refused(refused)
        if ending == "kill -9":
            await world.gateway.kill()
            await world.gateway.start()
        else:
            _limit_files(world.gateway, resource.RLIM_INFINITY)
        await world.all_ended()
        later = await asyncio.gather(*calls.begin(_NEW))
        expect_answers(later)
        answered += later
        await expect_all_recorded(world, answered, refused)
    return (
        f"{_RUNNING} running calls finished, {_NEW} new ones got 503, reads went on; then "
        f"{ending}: {len(answered)} answers, {len(answered)} rows"
    )


def _limit_files(gateway: Gateway, size_bytes: int) -> None:
    """Let a running process write no file beyond a size."""
    if sys.platform == "linux":
        _, most = resource.prlimit(gateway.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(gateway.pid, resource.RLIMIT_FSIZE, (size_bytes, most))


SCENARIOS: Final = (
    Scenario(
        "disk/gone",
        "what was answered while nothing could be written has its row, even after kill -9",
        25,
        gone,
    ),
)
