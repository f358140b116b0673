"""Streams that write more than they show: a hard budget holds for all that they may write."""

import asyncio
import json
from collections.abc import AsyncGenerator, Sequence
from typing import Any

import httpx2
import pytest

from app.core.config import Settings
from tests.integration.admission.metered import Metered, metered
from tests.support.raw_upstream import RawConnection

pytestmark = pytest.mark.usefixtures("data_dir")

CAP = 40_000  # tokens: $0.60, and something for what goes in
THINKING = {"prompt_tokens": 10, "completion_tokens": CAP}
HIDING = {"m": {"targets": [{"upstream": "up", "model": "m"}], "hides_output": True}}


@pytest.fixture
async def gateway(settings: Settings) -> AsyncGenerator[Metered]:
    async with metered(settings) as opened:
        yield opened


async def _answer_whole(connection: RawConnection) -> None:
    message = {"role": "assistant", "content": "word " * 4_000}
    answer = {
        "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
        "usage": THINKING,
    }
    await connection.answer(json.dumps(answer).encode(), b"Content-Type: application/json")


async def _streams(gateway: Metered, count: int) -> Sequence[httpx2.Response]:
    """Begin so many streams at once, and let them be answered when all are let in or refused."""
    gateway.upstream.gate.clear()
    calls = [asyncio.ensure_future(gateway.call(stream=True, max_tokens=CAP)) for _ in range(count)]
    waiting = [asyncio.ensure_future(gateway.upstream.came.acquire()) for _ in calls]
    while open_ones := _open_of(calls, waiting):
        await asyncio.wait(open_ones, return_when=asyncio.FIRST_COMPLETED)
    gateway.upstream.gate.set()
    for one in waiting:
        one.cancel()
    return await asyncio.gather(*calls)


def _open_of(
    calls: Sequence[asyncio.Future[Any]], waiting: Sequence[asyncio.Future[Any]]
) -> Sequence[asyncio.Future[Any]]:
    """Return what is still to come, until each call is refused or with the upstream."""
    every: Sequence[asyncio.Future[Any]] = [*calls, *waiting]
    open_ones = [one for one in every if not one.done()]
    return open_ones if len(open_ones) > len(calls) else ()


def _admitted(answers: Sequence[httpx2.Response]) -> int:
    assert {answer.status_code for answer in answers} <= {200, 429}
    return sum(answer.status_code == 200 for answer in answers)


async def test_a_model_that_is_said_to_hide_output_never_exceeds_a_budget(
    settings: Settings,
) -> None:
    async with metered(settings, models=HIDING) as gateway:
        budget = await gateway.set_budget(cap_usd=2)
        gateway.upstream.usage = THINKING

        assert _admitted(await _streams(gateway, 20)) == 3

        state = await gateway.budget(budget)
        assert state["settled_usd"] == pytest.approx(3 * (CAP * 15 + 10) / 1e6)
        assert state["overshoot_usd"] == 0


@pytest.mark.parametrize("is_streamed", [True, False])
async def test_a_model_that_has_hidden_output_is_held_for_in_full_from_then_on(
    gateway: Metered, *, is_streamed: bool
) -> None:
    budget = await gateway.set_budget(cap_usd=2.6)
    gateway.upstream.usage = THINKING
    gateway.upstream.script = None if is_streamed else _answer_whole

    assert _admitted(await _streams(gateway, 1)) == 1
    assert _admitted(await _streams(gateway, 20)) == 3

    state = await gateway.budget(budget)
    assert state["settled_usd"] == pytest.approx(4 * (CAP * 15 + 10) / 1e6)
    assert state["overshoot_usd"] == 0


async def test_a_model_that_shows_what_it_writes_is_held_for_in_slices(gateway: Metered) -> None:
    await gateway.set_budget(cap_usd=2)

    assert _admitted(await _streams(gateway, 1)) == 1
    assert _admitted(await _streams(gateway, 20)) == 20


async def test_a_soft_budget_holds_slices_of_every_model(settings: Settings) -> None:
    async with metered(settings, models=HIDING) as gateway:
        budget = await gateway.set_budget(mode="soft")
        gateway.upstream.gate.clear()
        call = asyncio.ensure_future(gateway.call(stream=True, max_tokens=CAP))
        await gateway.upstream.came.acquire()
        held = (await gateway.budget(budget))["held_usd"]
        gateway.upstream.gate.set()
        await call

        assert 1_000 * 15 / 1e6 < held < 2_000 * 15 / 1e6
