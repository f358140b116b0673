"""Limits on calls: refusals, waiting, and what answers say of them."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

import pytest

from app.core.config import Settings
from app.db.ledger_writer import LedgerWriter
from app.services.providers.openai_compatible.service import OpenaiCompatibleService
from tests.integration.admission.metered import Metered, metered, refusing

pytestmark = pytest.mark.usefixtures("data_dir")


@pytest.fixture
async def gateway(settings: Settings) -> AsyncGenerator[Metered]:
    async with metered(settings) as opened:
        yield opened


async def test_answers_and_refusals_say_what_is_left(gateway: Metered) -> None:
    await gateway.set_limit(requests_per_minute=2, tokens_per_minute=100_000)

    first, second, third = [await gateway.call() for _ in range(3)]

    assert first.headers["x-ratelimit-limit-requests"] == "2"
    assert first.headers["x-ratelimit-remaining-requests"] == "1"
    assert int(first.headers["x-ratelimit-remaining-tokens"]) < 100_000
    assert second.headers["x-ratelimit-remaining-requests"] == "0"
    assert third.status_code == 429
    assert third.json()["error"]["code"] == "rate_limited"
    assert "2 calls a minute" in third.json()["error"]["message"]
    assert third.headers["x-ratelimit-remaining-requests"] == "0"
    assert 1 <= int(third.headers["retry-after"]) <= 30
    assert len(await gateway.entries()) == 2


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"model": "up/other"}, 400),  # nobody knows its price
        ({"service_tier": "priority"}, 400),
        ({"max_tokens": 4_000_000}, 402),
        ({}, 429),
        ({"stream": True}, 429),
    ],
)
async def test_whatever_a_call_is_refused_for_it_is_told_what_is_left(
    gateway: Metered, fields: dict[str, Any], status: int
) -> None:
    await gateway.set_limit(requests_per_minute=5, tokens_per_minute=100_000)
    await gateway.set_budget()
    gateway.upstream.script = refusing(b"429 Too Many Requests")

    answer = await gateway.call(**fields)

    assert answer.status_code == status
    assert answer.headers["x-ratelimit-limit-requests"] == "5"
    left = 4 if gateway.upstream.bodies else 5
    assert answer.headers["x-ratelimit-remaining-requests"] == str(left)
    assert int(answer.headers["x-ratelimit-remaining-tokens"]) <= 100_000


async def test_what_nobody_foresaw_and_a_ledger_that_is_behind_tell_it_too(
    gateway: Metered, monkeypatch: pytest.MonkeyPatch
) -> None:
    await gateway.set_limit(requests_per_minute=5)

    def has_no_room(_: LedgerWriter) -> bool:
        return False

    with monkeypatch.context() as patch:
        patch.setattr(LedgerWriter, "has_room", has_no_room)
        behind = await gateway.call()
    with monkeypatch.context() as patch:
        patch.setattr(OpenaiCompatibleService, "chat", None)
        broken = await gateway.call()

    assert (behind.status_code, broken.status_code) == (503, 500)
    assert behind.headers["x-ratelimit-remaining-requests"] == "5"
    assert broken.headers["x-ratelimit-remaining-requests"] == "4"


async def test_tokens_that_were_not_used_come_back(gateway: Metered) -> None:
    await gateway.set_limit(tokens_per_minute=10_000)

    answers = [await gateway.call(max_tokens=9_000) for _ in range(5)]

    assert {answer.status_code for answer in answers} == {200}
    assert int(answers[-1].headers["x-ratelimit-remaining-tokens"]) < 10_000


@pytest.mark.parametrize("stream", [False, True])
async def test_calls_at_once_are_bounded_and_free_again_at_their_end(
    gateway: Metered, *, stream: bool
) -> None:
    await gateway.set_limit(parallel_calls=2)
    gateway.upstream.gate.clear()
    running = [asyncio.ensure_future(gateway.call(stream=stream)) for _ in range(2)]
    for _ in running:
        await gateway.upstream.came.acquire()

    refused = await gateway.call(stream=stream)
    gateway.upstream.gate.set()
    await asyncio.gather(*running)

    assert refused.status_code == 429
    assert "2 calls running at once" in refused.json()["error"]["message"]
    assert (await gateway.call(stream=stream)).status_code == 200


async def test_a_team_that_may_wait_waits_instead(gateway: Metered) -> None:
    team = (await gateway.client.post("/v1/teams", json={"name": "patient"})).json()["id"]
    key = {"name": "k", "team_id": team, "scopes": ["inference"]}
    secret = (await gateway.client.post("/v1/keys", json=key)).json()["secret"]
    await gateway.set_limit(scope="team", scope_id=team, parallel_calls=1, wait_up_to_seconds=10)
    gateway.client.headers["authorization"] = f"Bearer {secret}"
    gateway.upstream.gate.clear()

    calls = [asyncio.ensure_future(gateway.call()) for _ in range(4)]
    await gateway.upstream.came.acquire()
    assert len(gateway.upstream.bodies) == 1  # the others wait
    gateway.upstream.gate.set()

    assert [answer.status_code for answer in await asyncio.gather(*calls)] == [200] * 4


async def test_money_that_is_held_is_waited_for_too(gateway: Metered) -> None:
    team = (await gateway.client.post("/v1/teams", json={"name": "patient"})).json()["id"]
    key = {"name": "k", "team_id": team, "scopes": ["inference"]}
    secret = (await gateway.client.post("/v1/keys", json=key)).json()["secret"]
    await gateway.set_budget(scope="team", scope_id=team, cap_usd=0.003)  # one call and a half
    await gateway.set_limit(scope="team", scope_id=team, parallel_calls=9, wait_up_to_seconds=10)
    gateway.client.headers["authorization"] = f"Bearer {secret}"

    answers = await asyncio.gather(*(gateway.call(max_tokens=100) for _ in range(4)))

    assert [answer.status_code for answer in answers] == [200] * 4


async def test_calls_with_more_than_memory_should_hold_do_not_wait(gateway: Metered) -> None:
    team = (await gateway.client.post("/v1/teams", json={"name": "patient"})).json()["id"]
    key = {"name": "k", "team_id": team, "scopes": ["inference"]}
    secret = (await gateway.client.post("/v1/keys", json=key)).json()["secret"]
    await gateway.set_limit(scope="team", scope_id=team, parallel_calls=1, wait_up_to_seconds=10)
    gateway.client.headers["authorization"] = f"Bearer {secret}"
    gateway.upstream.gate.clear()
    first = asyncio.ensure_future(gateway.call())
    await gateway.upstream.came.acquire()

    large = [asyncio.ensure_future(gateway.call(pad="x" * 9_000_000)) for _ in range(2)]
    refused, _ = await asyncio.wait(large, timeout=5, return_when=asyncio.FIRST_COMPLETED)
    gateway.upstream.gate.set()

    assert [(await one).status_code for one in refused] == [429]
    assert sorted(answer.status_code for answer in await asyncio.gather(*large)) == [200, 429]
    assert (await first).status_code == 200
