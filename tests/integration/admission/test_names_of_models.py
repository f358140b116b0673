"""A model is priced, bounded and counted under its public name, however a caller asks for it."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

import httpx2
import pytest

from app.core.config import Settings
from tests.integration.admission.metered import PATH, Metered, chat, metered

pytestmark = pytest.mark.usefixtures("data_dir")

HOUSE = {
    "targets": [{"upstream": "up", "model": "real-1"}],
    "default_max_output": 77,
    "image_tokens": 100_000,
}
WAYS = ("house", None, "", "dummy", "https://gateway.test/v1", "up/real-1", "real-1")


@pytest.fixture
async def gateway(settings: Settings) -> AsyncGenerator[Metered]:
    prices = [{"model": "house", "input": 1.0, "output": 15.0}]
    async with metered(settings, models={"house": HOUSE}, prices=prices) as opened:
        yield opened


async def _ask(gateway: Metered, model: str | None, **fields: Any) -> httpx2.Response:
    return await gateway.client.post(PATH, json={**chat(**fields), "model": model})


@pytest.mark.parametrize("model", WAYS)
async def test_every_way_to_a_model_has_its_price_and_its_name(
    gateway: Metered, model: str | None
) -> None:
    await gateway.set_budget()

    answer = await _ask(gateway, model)

    assert answer.status_code == 200, answer.text
    assert answer.headers["x-meterhouse-cost-usd"] == "0.000310000"
    [entry] = await gateway.entries()
    assert (entry["model"], entry["upstream_model"]) == ("house", "real-1")
    assert gateway.upstream.bodies[0]["max_tokens"] == 77


async def test_every_way_to_a_model_has_its_bounds(gateway: Metered) -> None:
    budget = await gateway.set_budget()
    picture = {"type": "image_url", "image_url": {"url": "https://x.test/a.png"}}
    messages = [{"role": "user", "content": [picture]}]
    gateway.upstream.gate.clear()

    calls = [asyncio.ensure_future(_ask(gateway, model, messages=messages)) for model in WAYS]
    for _ in calls:
        await gateway.upstream.came.acquire()
    held = (await gateway.budget(budget))["held_usd"]
    gateway.upstream.gate.set()
    await asyncio.gather(*calls)

    assert held > len(WAYS) * 0.1


async def test_a_price_of_an_upstreams_model_is_its_own_whoever_else_has_a_name_for_it(
    settings: Settings,
) -> None:
    prices = [{"model": "up/real-1", "input": 1.0, "output": 15.0}]
    async with metered(settings, models={"house": HOUSE}, prices=prices) as gateway:
        await gateway.set_budget()

        for model in ("up/real-1", "house"):
            answer = await _ask(gateway, model)
            assert answer.headers["x-meterhouse-cost-usd"] == "0.000310000"
