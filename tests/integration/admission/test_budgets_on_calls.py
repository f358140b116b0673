"""Hold, then settle: what callers, upstreams and budgets see of it."""

import asyncio
import json
from collections.abc import AsyncGenerator
from typing import Any

import httpx2
import pytest

from app.core.config import Settings
from tests.integration.admission.metered import PATH, Metered, chat, choice_of, event_of, metered
from tests.support.raw_upstream import RawConnection

pytestmark = pytest.mark.usefixtures("data_dir")


@pytest.fixture
async def gateway(settings: Settings) -> AsyncGenerator[Metered]:
    async with metered(settings) as opened:
        yield opened


async def test_calls_without_a_cap_do_not_crowd_each_other_out(gateway: Metered) -> None:
    budget = await gateway.set_budget(cap_usd=50)
    gateway.upstream.gate.clear()

    calls = [asyncio.ensure_future(gateway.call()) for _ in range(60)]
    for _ in calls:  # all of them run at the same time
        await gateway.upstream.came.acquire()
    gateway.upstream.gate.set()

    assert {answer.status_code for answer in await asyncio.gather(*calls)} == {200}
    assert {body["max_tokens"] for body in gateway.upstream.bodies} == {4096}
    state = await gateway.budget(budget)
    assert state["settled_usd"] == pytest.approx(60 * (10 * 1 + 20 * 15) / 1e6)
    assert state["held_usd"] == 0


@pytest.mark.parametrize("stream", [False, True])
async def test_a_budget_lets_in_exactly_what_fits(gateway: Metered, *, stream: bool) -> None:
    body = chat(max_tokens=100, stream=stream)
    each = (len(json.dumps(body, separators=(",", ":"))) + 256 + 100 * 15) / 1e6
    budget = await gateway.set_budget(cap_usd=round(each * 7.5, 9))
    gateway.upstream.gate.clear()

    calls = [asyncio.ensure_future(_post(gateway, body)) for _ in range(20)]
    refused: list[httpx2.Response] = []
    while len(refused) < 13:
        done, _ = await asyncio.wait(calls, return_when=asyncio.FIRST_COMPLETED)
        refused += [one.result() for one in done]
        calls = [one for one in calls if one not in done]
    for _ in range(7):
        await gateway.upstream.came.acquire()
    held = await gateway.budget(budget)
    gateway.upstream.gate.set()
    admitted = await asyncio.gather(*calls)

    assert [answer.status_code for answer in admitted] == [200] * 7
    assert {answer.status_code for answer in refused} == {429}
    assert {answer.json()["error"]["code"] for answer in refused} == {"budget_busy"}
    assert {answer.headers["retry-after"] for answer in refused} == {"2"}
    assert "7 running calls" in refused[-1].json()["error"]["message"]
    assert held["held_usd"] == pytest.approx(7 * each)
    assert len(gateway.upstream.bodies) == 7
    state = await gateway.budget(budget)
    assert state["held_usd"] == 0
    assert state["settled_usd"] == pytest.approx(7 * 310 / 1e6)


async def _post(gateway: Metered, body: dict[str, Any]) -> httpx2.Response:
    content = json.dumps(body, separators=(",", ":"))
    return await gateway.client.post(
        PATH, content=content, headers={"content-type": "application/json"}
    )


async def test_money_that_is_gone_is_402_and_nothing_is_sent(gateway: Metered) -> None:
    await gateway.set_budget(cap_usd=0.002)
    gateway.upstream.usage = {"prompt_tokens": 10, "completion_tokens": 100, "total_tokens": 110}
    assert (await gateway.call(max_tokens=100)).status_code == 200

    answer = await gateway.call(max_tokens=100)

    assert answer.status_code == 402
    error = answer.json()["error"]
    assert (error["type"], error["code"]) == ("insufficient_quota", "budget_exceeded")
    assert "month budget of this gateway has $0.00049 of $0.002 left" in error["message"]
    assert answer.headers["x-should-retry"] == "false"
    assert int(answer.headers["retry-after"]) > 0
    assert len(gateway.upstream.bodies) == 1
    assert len(await gateway.entries()) == 1


async def test_cost_is_told_and_written_down_with_its_price(gateway: Metered) -> None:
    details = {"prompt_tokens_details": {"cached_tokens": 4}}
    gateway.upstream.usage = {"prompt_tokens": 10, "completion_tokens": 20, **details}

    answer = await gateway.call()

    cost = (6 * 1 + 4 * 0.1 + 20 * 15) / 1e6
    assert float(answer.headers["x-meterhouse-cost-usd"]) == pytest.approx(cost)
    [entry] = await gateway.entries()
    assert entry["cost_usd"] == pytest.approx(cost)
    assert entry["price"]["source"] == "meterhouse.toml"
    assert (entry["units_in"], entry["cached_in"], entry["basis"]) == (10, 4, "reported")
    assert "max_tokens" not in gateway.upstream.bodies[0]  # nobody asked for a cap


async def test_an_unknown_price_is_unknown_and_not_nothing(gateway: Metered) -> None:
    answer = await gateway.call(model="up/other")

    assert answer.status_code == 200
    assert "x-meterhouse-cost-usd" not in answer.headers
    [entry] = await gateway.entries()
    assert entry["cost_usd"] is None


@pytest.mark.parametrize("mode", ["hard", "soft"])
async def test_an_unknown_price_under_a_budget_is_refused(gateway: Metered, mode: str) -> None:
    await gateway.set_budget(mode=mode)

    answer = await gateway.call(model="up/other")

    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "price_unknown"
    assert gateway.upstream.bodies == []


async def test_a_budget_can_assume_what_an_unknown_price_comes_to(gateway: Metered) -> None:
    budget = await gateway.set_budget(unknown_price={"hold_usd": 0.05})

    answer = await gateway.call(model="up/other")

    assert answer.headers["x-meterhouse-cost-usd"] == "0.050000000"
    [entry] = await gateway.entries()
    assert (entry["cost_usd"], entry["price"]["source"]) == (0.05, "assumed")
    assert (await gateway.budget(budget))["settled_usd"] == 0.05


async def test_what_is_free_needs_no_price(settings: Settings) -> None:
    async with metered(settings, up={"price": 0}, prices=[]) as gateway:
        await gateway.set_budget()

        answer = await gateway.call(service_tier="priority")

        assert answer.headers["x-meterhouse-cost-usd"] == "0.000000000"
        assert (await gateway.entries())[0]["cost_usd"] == 0


async def test_a_field_that_changes_the_price_is_refused_under_a_hard_budget(
    gateway: Metered,
) -> None:
    budget = await gateway.set_budget()

    answer = await gateway.call(service_tier="priority")

    assert answer.status_code == 400
    assert answer.json()["error"]["param"] == "service_tier"
    assert (await gateway.call(service_tier="default")).status_code == 200
    await gateway.client.patch(f"/v1/budgets/{budget}", json={"mode": "soft"})
    assert (await gateway.call(service_tier="priority")).status_code == 200


async def test_what_is_sent_is_what_was_held_for(gateway: Metered) -> None:
    await gateway.set_budget(cap_usd=0.01)
    twice = (
        b'{"model": "up/m", "max_tokens": 900000, "messages": [{"role": "user", "content": ""}], '
    )
    headers = {"content-type": "application/json"}

    answer = await gateway.client.post(PATH, content=twice + b'"max_tokens": 10}', headers=headers)

    assert answer.status_code == 200
    assert gateway.upstream.raw[0].count(b"max_tokens") == 1
    assert gateway.upstream.bodies[0]["max_tokens"] == 10


@pytest.mark.parametrize("cap", ["10", 10.0, True])
async def test_a_cap_that_others_might_read_otherwise_is_refused(
    gateway: Metered, cap: object
) -> None:
    answer = await gateway.call(max_tokens=cap)

    assert answer.status_code == 400
    assert answer.json()["error"]["param"] == "max_tokens"


async def test_a_soft_budget_tells_and_lets_everything_in(gateway: Metered) -> None:
    budget = await gateway.set_budget(cap_usd=0.0001, mode="soft", alert_percents=[50, 100])

    for _ in range(3):
        assert (await gateway.call()).status_code == 200

    assert "max_tokens" not in gateway.upstream.bodies[0]
    assert (await gateway.budget(budget))["settled_usd"] == pytest.approx(3 * 310 / 1e6)
    events = await gateway.events(budget)
    assert sorted(event["kind"] for event in events) == ["budget.alert", "budget.alert"]


async def test_an_upstream_above_its_bound_is_recorded(gateway: Metered) -> None:
    budget = await gateway.set_budget(cap_usd=0.01)
    gateway.upstream.usage = {"prompt_tokens": 10, "completion_tokens": 1_000}

    assert (await gateway.call(max_tokens=100)).status_code == 200

    state = await gateway.budget(budget)
    assert state["settled_usd"] == pytest.approx(15_010 / 1e6)
    assert state["overshoot_usd"] == pytest.approx(5_010 / 1e6)
    events = await gateway.events(budget)
    assert "budget.overshoot" in {event["kind"] for event in events}


async def test_a_lowered_cap_refuses_what_comes_and_is_recorded(gateway: Metered) -> None:
    budget = await gateway.set_budget()
    assert (await gateway.call()).status_code == 200

    await gateway.client.patch(f"/v1/budgets/{budget}", json={"cap_usd": 0.0001})

    assert (await gateway.call()).status_code == 402
    assert (await gateway.budget(budget))["overshoot_usd"] == pytest.approx(210 / 1e6)


async def test_what_is_spent_is_told_again_of_another_cap(gateway: Metered) -> None:
    budget = await gateway.set_budget(cap_usd=0.0004, mode="soft", alert_percents=[50, 90])
    assert (await gateway.call()).status_code == 200  # 310
    assert await _alerts(gateway, budget) == [(50, 0.0004)]

    await gateway.client.patch(f"/v1/budgets/{budget}", json={"cap_usd": 0.0003, "mode": "hard"})
    lowered = [(50, 0.0003), (50, 0.0004), (90, 0.0003)]
    assert await _alerts(gateway, budget) == lowered  # though no further call fits

    await gateway.client.patch(f"/v1/budgets/{budget}", json={"cap_usd": 0.001, "mode": "soft"})
    assert await _alerts(gateway, budget) == lowered
    assert (await gateway.call()).status_code == 200
    assert await _alerts(gateway, budget) == sorted([*lowered, (50, 0.001)])

    await gateway.client.patch(f"/v1/budgets/{budget}", json={"alert_percents": [50, 60]})
    assert await _alerts(gateway, budget) == sorted([*lowered, (50, 0.001), (60, 0.001)])


async def _alerts(gateway: Metered, budget_id: str) -> list[tuple[int, float]]:
    events = await gateway.events(budget_id)
    facts = [one["facts"] for one in events if one["kind"] == "budget.alert"]
    return sorted((one["percent"], one["cap_usd"]) for one in facts)


async def test_a_stream_that_no_money_is_left_for_ends_cleanly(gateway: Metered) -> None:
    budget = await gateway.set_budget(cap_usd=0.025)

    async def write_on(connection: RawConnection) -> None:
        await connection.start_stream()
        for _ in range(300):  # 3,600 bytes: at most as many tokens
            await connection.send_chunk(event_of([choice_of({"content": "twelve bytes"})]))
        await connection.wait_until_left()

    gateway.upstream.script = write_on

    answer = await gateway.call(stream=True)

    events = [line for line in answer.text.split("\n\n") if line.startswith("data: ")]
    assert events[-1] == "data: [DONE]"
    last = json.loads(events[-2].removeprefix("data: "))
    assert last["choices"] == [{"index": 0, "delta": {}, "finish_reason": "length"}]
    assert last["meterhouse"] == {"code": "budget_exceeded"}
    assert 1_000 < sum(len(piece) for piece in _texts(events)) <= 3_600
    [entry] = await gateway.entries()
    assert (entry["status"], entry["error_code"]) == ("ok", "budget_exceeded")
    assert (entry["finish_reason"], entry["basis"]) == ("length", "estimated")
    state = await gateway.budget(budget)
    assert state["held_usd"] == state["overshoot_usd"] == 0
    assert 0 < state["settled_usd"] <= 0.025


def _texts(events: list[str]) -> list[str]:
    chunks = [json.loads(event.removeprefix("data: ")) for event in events[:-2]]
    return [choice["delta"].get("content", "") for one in chunks for choice in one["choices"]]


@pytest.mark.parametrize("stream", [False, True])
async def test_usage_that_an_upstream_keeps_to_itself_is_counted(
    gateway: Metered, *, stream: bool
) -> None:
    gateway.upstream.usage = None
    gateway.upstream.text = "x" * 40

    await gateway.call(stream=stream)

    [entry] = await gateway.entries()
    assert entry["basis"] == "counted"
    assert entry["units_out"] == (2 if stream else 10)  # a piece or four bytes each
    assert entry["cost_usd"] > 0


async def test_a_refused_call_costs_nothing(settings: Settings) -> None:
    async with metered(settings, up={"base_url": "http://127.0.0.1:9/v1"}) as gateway:
        budget = await gateway.set_budget()

        assert (await gateway.call()).status_code == 502

        [entry] = await gateway.entries()
        assert (entry["status"], entry["cost_usd"], entry["units_in"]) == ("error", 0, 0)
        assert (await gateway.budget(budget))["held_usd"] == 0
