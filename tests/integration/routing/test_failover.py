"""Calls go on to the next target when one fails, and never after something has left."""

import json
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import httpx2
import pytest

from app.core.config import Settings
from app.core.gateway_file import GatewayConfig
from app.db import schema
from app.db.verifier import verify
from app.main import create_app
from tests.conftest import ADMIN_KEY
from tests.integration.admission.metered import choice_of, event_of, refusing
from tests.support.raw_upstream import RawConnection, RawUpstream, raw_upstream
from tests.support.servers import running

Script = Callable[[RawConnection], Awaitable[None]]
USAGE = {"prompt_tokens": 10, "completion_tokens": 20, "total_tokens": 30}
ANSWER = json.dumps(
    {
        "id": "c",
        "object": "chat.completion",
        "created": 1,
        "model": "m",
        "choices": [
            {"index": 0, "message": {"role": "assistant", "content": "B"}, "finish_reason": "stop"}
        ],
        "usage": USAGE,
    }
).encode()


class Gateway:
    """A gateway with a model that two upstreams answer for, `a` before `b`."""

    def __init__(self, client: httpx2.AsyncClient, upstreams: list[RawUpstream]) -> None:
        self.client = client
        self.upstreams = upstreams

    async def call(self, *, stream: bool) -> httpx2.Response:
        body = {"model": "m", "messages": [{"role": "user", "content": "Hello"}], "stream": stream}
        return await self.client.post("/v1/chat/completions", json=body)

    async def entry(self) -> dict[str, Any]:
        [one] = (await self.client.get("/v1/usage/entries")).json()["data"]
        return one


async def good(connection: RawConnection) -> None:
    """Answer, whole or streamed, as asked."""
    while True:
        request = await connection.read_request()
        if json.loads(request.body or b"{}").get("stream"):
            await connection.start_stream()
            await connection.send_chunk(event_of([choice_of({"content": "B"})]))
            await connection.send_chunk(event_of([choice_of({}, "stop")]))
            await connection.send_chunk(event_of([], usage=USAGE) + b"data: [DONE]\n\n")
            await connection.send_chunk(b"")
        else:
            await connection.answer(ANSWER, b"Content-Type: application/json")


def after_the_request(script: Script) -> Script:
    async def serve(connection: RawConnection) -> None:
        while True:
            await connection.read_request()
            await script(connection)

    return serve


@asynccontextmanager
async def gateway(settings: Settings, *scripts: Script, **upstream: Any) -> AsyncGenerator[Gateway]:
    async with AsyncExitStack() as stack:
        names = "abc"[: len(scripts)]
        upstreams = [await stack.enter_async_context(raw_upstream(one)) for one in scripts]
        config = GatewayConfig.model_validate(
            {
                "upstreams": {
                    name: {"kind": "openai", "base_url": f"{one.url}/v1", **upstream}
                    for name, one in zip(names, upstreams, strict=True)
                },
                "models": {
                    "m": {
                        "targets": [
                            {"upstream": name, "model": "m", "priority": number}
                            for number, name in enumerate(names)
                        ]
                    }
                },
            }
        )
        schema.upgrade(settings.data_dir)
        url = stack.enter_context(running(create_app(settings, config)))
        headers = {"Authorization": f"Bearer {ADMIN_KEY}"}
        client = await stack.enter_async_context(
            httpx2.AsyncClient(base_url=url, headers=headers, timeout=30)
        )
        yield Gateway(client, upstreams)


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(
    ("status", "code"),
    [
        (b"401 No", "upstream_credentials"),
        (b"402 Pay", "upstream_credits"),
        (b"404 Gone", "upstream_not_found"),
        (b"429 Slow", "upstream_rate_limited"),
        (b"500 Oops", "upstream_error"),
        (b"503 Busy", "upstream_unavailable"),
    ],
)
async def test_the_next_target_answers_for_one_that_fails(
    settings: Settings, status: bytes, code: str, *, stream: bool
) -> None:
    async with gateway(settings, after_the_request(refusing(status)), good) as one:
        answer = await one.call(stream=stream)
        entry = await one.entry()

    assert answer.status_code == 200
    assert '"B"' in answer.text
    assert answer.headers["x-meterhouse-upstream"] == "b"
    assert answer.headers["x-meterhouse-route"] == f"a {code}; b"
    assert [made["error_code"] for made in entry["tries"]] == [code, None]
    assert (entry["status"], entry["upstream"], entry["attempts"]) == ("ok", "b", 2)
    assert (entry["units_in"], entry["units_out"], entry["basis"]) == (10, 20, "reported")


@pytest.mark.parametrize("stream", [False, True])
async def test_a_bad_request_goes_nowhere_else(settings: Settings, *, stream: bool) -> None:
    async with gateway(settings, after_the_request(refusing(b"400 Bad")), good) as one:
        answer = await one.call(stream=stream)
        entry = await one.entry()

    assert (answer.status_code, entry["attempts"], entry["upstream"]) == (400, 1, "a")


async def test_nobody_else_is_asked_once_text_has_left(settings: Settings) -> None:
    async def breaks(connection: RawConnection) -> None:
        await connection.start_stream()
        await connection.send_chunk(event_of([choice_of({"content": "A"})]))
        connection.writer.close()

    async with gateway(settings, after_the_request(breaks), good) as one:
        answer = await one.call(stream=True)
        entry = await one.entry()

    events = [line for line in answer.text.split("\n\n") if line.startswith("data: ")]
    assert json.loads(events[-1].removeprefix("data: "))["error"]["code"] == "upstream_truncated"
    assert '"B"' not in answer.text
    assert (entry["status"], entry["attempts"], entry["basis"]) == ("error", 1, "estimated")


async def test_one_upstream_alone_is_asked_three_times(settings: Settings) -> None:
    async with gateway(settings, after_the_request(refusing(b"500 Oops"))) as one:
        answer = await one.call(stream=False)
        entry = await one.entry()

    assert (answer.status_code, answer.json()["error"]["code"]) == (502, "upstream_error")
    assert answer.headers["x-meterhouse-route"] == "; ".join(["a upstream_error"] * 3)
    assert answer.headers["x-meterhouse-upstream"] == "a"
    assert answer.headers["x-meterhouse-attempts"] == "3"
    assert (entry["attempts"], entry["status"], entry["cost_usd"]) == (3, "error", 0)


async def test_a_credential_that_is_refused_is_left_alone(settings: Settings) -> None:
    refused = after_the_request(refusing(b"401 No"))
    async with gateway(settings, refused, good) as one:
        answers = [await one.call(stream=False) for _ in range(3)]
        asked = len(one.upstreams[0].connections)

    assert asked == 1
    assert {answer.headers["x-meterhouse-route"] for answer in answers} == {
        "a upstream_credentials; b"
    }
    assert [answer.headers["x-meterhouse-attempts"] for answer in answers] == ["2", "1", "1"]


async def test_a_budget_holds_for_the_dearest_and_pays_for_both(settings: Settings) -> None:
    async def gives_up(connection: RawConnection) -> None:
        await refusing(b"504 Timeout")(connection)

    async with gateway(settings, after_the_request(gives_up), good) as one:
        for upstream, usd in (("a", 3), ("b", 1)):
            price = {"model": "m", "upstream": upstream, "input": usd, "output": usd}
            assert (await one.client.post("/v1/admin/prices", json=price)).status_code == 201
        budget = {"scope": "instance", "cap_usd": 1, "period": "month", "mode": "hard"}
        made = (await one.client.post("/v1/budgets", json=budget)).json()["id"]
        assert (await one.call(stream=False)).status_code == 200
        entry = await one.entry()
        state = (await one.client.get(f"/v1/budgets/{made}")).json()

    first, second = entry["tries"]
    assert (first["status"], second["status"], entry["basis"]) == ("error", "ok", "estimated")
    assert second["cost_usd"] == pytest.approx(30e-6)
    assert first["cost_usd"] == pytest.approx((first["units_in"] + 4_096) * 3e-6)
    assert entry["cost_usd"] == pytest.approx(first["cost_usd"] + second["cost_usd"])
    assert [made["price"]["usd_per_million"]["output_token"] for made in (first, second)] == [3, 1]
    assert verify(settings.data_dir, 0).broken == []
    assert state["settled_usd"] == pytest.approx(entry["cost_usd"])
    assert (state["held_usd"], state["overshoot_usd"]) == (0, 0)
