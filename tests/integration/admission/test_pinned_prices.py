"""Under a hard budget, a router is told which provider to use: one whose price is known."""

import json
from collections.abc import AsyncGenerator
from typing import Any

import httpx2
import pytest

from app.core.config import Settings
from app.core.gateway_file import GatewayConfig
from app.main import create_app
from tests.conftest import ADMIN_KEY
from tests.support.raw_upstream import RawConnection, raw_upstream
from tests.support.servers import running

CHAT = {"model": "org/m", "messages": [{"role": "user", "content": "Hello"}]}


def provider(name: str, price: float | None, speed: float) -> dict[str, Any]:
    listed: dict[str, Any] = {"provider": name, "status": "live", "throughput": speed}
    return listed if price is None else {**listed, "pricing": {"input": price, "output": price}}


class Router:
    """Hugging Face's router: lists three providers, of which one says no price."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def serve(self, connection: RawConnection) -> None:
        while True:
            request = await connection.read_request()
            if request.lines[0].startswith("GET"):
                places = [
                    provider("slow", 1, 10),
                    provider("fast", 2, 90),
                    provider("mute", None, 99),
                ]
                models = {"data": [{"id": "org/m", "providers": places}]}
                await connection.answer(json.dumps(models).encode())
                continue
            self.asked.append(json.loads(request.body)["model"])
            answer = {
                "choices": [{"index": 0, "message": {"content": "Hi"}, "finish_reason": "stop"}],
                "usage": {"prompt_tokens": 1_000, "completion_tokens": 1_000},
            }
            await connection.answer(json.dumps(answer).encode(), b"x-inference-provider: slow")


@pytest.fixture
async def served(
    settings: Settings, data_dir: object
) -> AsyncGenerator[tuple[httpx2.AsyncClient, Router]]:
    del data_dir
    router = Router()
    async with raw_upstream(router.serve) as raw:
        upstream = {"kind": "huggingface", "base_url": f"{raw.url}/v1"}
        gateway = GatewayConfig.model_validate({"upstreams": {"hf": upstream}})
        headers = {"authorization": f"Bearer {ADMIN_KEY}"}
        with running(create_app(settings, gateway)) as url:
            async with httpx2.AsyncClient(base_url=url, headers=headers) as client:
                await client.get("/v1/models")  # the prices are known when this is answered
                yield client, router


async def test_only_a_hard_budget_pins(served: tuple[httpx2.AsyncClient, Router]) -> None:
    client, router = served
    unbound = await client.post("/v1/chat/completions", json=CHAT)
    budget = {"scope": "instance", "cap_usd": 50, "period": "month"}
    assert (await client.post("/v1/budgets", json=budget)).status_code == 201

    for model in ("org/m", "org/m:fastest", "org/m:cheapest", "org/m:slow"):
        answer = await client.post("/v1/chat/completions", json={**CHAT, "model": model})
        assert answer.status_code == 200, answer.text

    assert router.asked == ["org/m", "org/m:fast", "org/m:fast", "org/m:slow", "org/m:slow"]
    assert unbound.headers["x-meterhouse-cost-usd"] == "0.002000000"  # of who answered
    refused = await client.post("/v1/chat/completions", json={**CHAT, "model": "org/m:mute"})
    assert refused.json()["error"]["code"] == "price_unknown"
