"""How long calls wait for their intents is shown to operators."""

from collections.abc import AsyncGenerator

import pytest

from app.core.config import Settings
from tests.integration.admission.metered import Metered, metered

pytestmark = pytest.mark.usefixtures("data_dir")


@pytest.fixture
async def gateway(settings: Settings) -> AsyncGenerator[Metered]:
    async with metered(settings) as opened:
        yield opened


async def waits(gateway: Metered) -> tuple[int, int]:
    """Return how many calls waited for ordinary intents, and for durable ones."""
    text = (await gateway.client.get("/metrics")).text
    counts = dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
    name = "meterhouse_intent_seconds_count"
    quick, durable = (float(counts.get(f'{name}{{durable="{it}"}}', 0)) for it in ("no", "yes"))
    return int(quick), int(durable)


async def test_a_hard_budget_makes_intents_durable_and_that_is_measured(gateway: Metered) -> None:
    assert (await gateway.call()).status_code == 200
    budget = await gateway.set_budget(mode="soft")
    assert (await gateway.call()).status_code == 200
    assert await waits(gateway) == (2, 0)

    await gateway.client.patch(f"/v1/budgets/{budget}", json={"mode": "hard"})
    assert (await gateway.call()).status_code == 200

    assert await waits(gateway) == (2, 1)
