"""What is held for a call is at least what it can come to, however it is written."""

import asyncio
import json
from collections.abc import AsyncGenerator, Mapping

import pytest

from app.core.config import Settings
from tests.integration.admission.metered import PATH, Metered, chat, metered

pytestmark = pytest.mark.usefixtures("data_dir")


@pytest.fixture
async def gateway(settings: Settings) -> AsyncGenerator[Metered]:
    async with metered(settings) as opened:
        yield opened


async def _held(gateway: Metered, budget: str, content: bytes) -> int:
    """Return how many tokens are held for what goes into a call while it runs."""
    gateway.upstream.gate.clear()
    headers = {"content-type": "application/json"}
    call = asyncio.ensure_future(gateway.client.post(PATH, content=content, headers=headers))
    await gateway.upstream.came.acquire()
    state = await gateway.budget(budget)
    gateway.upstream.gate.set()
    assert (await call).status_code == 200
    cap = gateway.upstream.bodies[-1]["max_tokens"]
    return round(state["held_usd"] * 1e6) - 15 * cap


@pytest.mark.parametrize(
    ("caps", "sent"),
    [
        ({}, 4_096),
        ({"max_tokens": None}, 4_096),
        ({"max_tokens": 70}, 70),
        ({"max_completion_tokens": 70}, 70),
        ({"max_tokens": None, "max_completion_tokens": 70}, 70),
        ({"max_tokens": 10, "max_completion_tokens": 70}, 70),
    ],
)
@pytest.mark.parametrize("name", ["max_tokens", "max_completion_tokens"])
async def test_the_cap_that_is_held_for_is_the_only_one_that_is_sent(
    settings: Settings, name: str, caps: Mapping[str, int | None], sent: int
) -> None:
    async with metered(settings, up={"output_cap": name}) as gateway:
        await gateway.set_budget()

        assert (await gateway.call(**caps)).status_code == 200

    [body] = gateway.upstream.bodies
    assert {key: body[key] for key in body if key.startswith("max_")} == {name: sent}


async def test_a_number_that_grows_on_its_way_is_held_for_as_it_is_sent(gateway: Metered) -> None:
    budget = await gateway.set_budget()
    content = json.dumps(chat())[:-1] + ', "functions": [' + ", ".join(["1e15"] * 1_000) + "]}"

    held = await _held(gateway, budget, content.encode())

    assert len(content) < len(gateway.upstream.raw[0]) <= held


async def test_a_picture_is_held_for_however_it_is_spelled(gateway: Metered) -> None:
    budget = await gateway.set_budget()
    part = rb'{"type": "image\u005furl", "image\u005furl": {"url": "https://x.test/a.png"}}'
    content = b'{"model": "up/m", "messages": [{"role": "user", "content": [%b]}]}' % part

    assert await _held(gateway, budget, content) > 16_384
