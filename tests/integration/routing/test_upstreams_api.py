"""What is seen of upstreams, and what an operator can do about them."""

import asyncio
from typing import Any
from unittest.mock import ANY

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.config import Settings
from app.services.routing.breaker import FAILURES_IN_A_ROW
from tests.integration.admission.metered import refusing
from tests.integration.routing.test_failover import Gateway, after_the_request, gateway, good
from tests.support.people import error_of
from tests.support.raw_upstream import RawConnection

PATH = "/v1/admin/upstreams"
OOPS = after_the_request(refusing(b"500 Oops"))


async def shown(one: Gateway, name: str) -> dict[str, Any]:
    answer = await one.client.get(f"{PATH}/{name}")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def steer(one: Gateway, name: str, what: str) -> dict[str, Any]:
    answer = await one.client.post(f"{PATH}/{name}/{what}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_an_upstream_that_nobody_called_is_shown_without_its_token(client: TestClient) -> None:
    answer = client.get(PATH)

    [upstream] = answer.json()["data"]
    assert upstream.pop("host").startswith("127.0.0.1:")
    assert upstream == {
        "name": "simulator",
        "kind": "openai",
        "simulated": True,
        "drained": False,
        "running": 0,
        "waiting": 0,
        "max_parallel": None,
        "retries_left": 30,
        "credentials": [{"number": "1", "wait_seconds": 0, "wait_reason": None}],
        "targets": [],
    }
    assert "any-token-will-do" not in answer.text
    assert client.get(f"{PATH}/simulator").json()["targets"] == []


def test_an_upstream_that_is_not_there_is_not_found(client: TestClient) -> None:
    for method, path in (("GET", "x"), ("POST", "x/drain"), ("POST", "x/restore")):
        refused = error_of(client.request(method, f"{PATH}/{path}"))
        assert refused[:3] == (404, "not_found", "upstream")
        assert PATH in refused[3]


async def test_what_calls_have_met_is_shown(settings: Settings) -> None:
    async with gateway(settings, OOPS, good, max_parallel=7, tokens=["one-token"]) as one:
        await one.call(stream=False)
        await one.call(stream=True)
        failing, working = await shown(one, "a"), await shown(one, "b")

    [target] = failing["targets"]
    assert target == {
        "model": "m",
        "credential": "1",
        "breaker": "closed",
        "wait_seconds": 0,
        "wait_reason": None,
        "running": 0,
        "first_event_seconds": None,
        "whole_seconds": None,
        "last_error": {"code": "upstream_error", "message": ANY, "at": ANY},
    }
    assert "HTML" in target["last_error"]["message"]
    [target] = working["targets"]
    assert 0 < target["first_event_seconds"] < 30
    assert 0 < target["whole_seconds"] < 30
    assert (target["last_error"], working["max_parallel"]) == (None, 7)


async def test_a_breaker_that_opens_is_shown_until_an_operator_restores(
    settings: Settings,
) -> None:
    async with gateway(settings, OOPS, good) as one:
        for _ in range(FAILURES_IN_A_ROW):
            await one.call(stream=False)
        opened = (await shown(one, "a"))["targets"][0]
        metrics = (await one.client.get("/metrics")).text.splitlines()
        skipped = await one.call(stream=False)
        restored = (await steer(one, "a", "restore"))["targets"][0]
        asked = await one.call(stream=False)
        rows = (await one.client.get("/v1/admin/audit-log")).json()["data"]

    assert (opened["breaker"], opened["wait_reason"]) == ("open", "breaker_open")
    assert 0 < opened["wait_seconds"] <= 6
    assert (restored["breaker"], restored["wait_seconds"]) == ("closed", 0)
    count = (
        f'meterhouse_upstream_attempts_total{{status="error",upstream="a"}} {FAILURES_IN_A_ROW}.0'
    )
    assert count in metrics
    assert 'meterhouse_breaker_open{upstream="a"} 1.0' in metrics
    assert 'meterhouse_breaker_open{upstream="b"} 0.0' in metrics
    assert 'meterhouse_upstream_running{upstream="a"} 0.0' in metrics
    attempts = [answer.headers["x-meterhouse-attempts"] for answer in (skipped, asked)]
    assert attempts == ["1", "2"]
    [row] = rows
    assert (row["action"], row["object"]["id"]) == ("upstream.restore", "a")
    assert row["before"] == {"is_drained": False, "open_breakers": 1, "paused_credentials": 0}
    assert row["after"] == {"is_drained": False, "open_breakers": 0, "paused_credentials": 0}


async def test_a_credential_that_is_refused_is_shown_by_its_number(settings: Settings) -> None:
    no = after_the_request(refusing(b"401 No"))
    async with gateway(settings, no, good, tokens=["one-token"]) as one:
        await one.call(stream=False)
        refused = (await shown(one, "a"))["credentials"]
        restored = (await steer(one, "a", "restore"))["credentials"]

    assert refused == [{"number": "1", "wait_seconds": ANY, "wait_reason": "upstream_credentials"}]
    assert 200 < refused[0]["wait_seconds"] <= 300
    assert restored == [{"number": "1", "wait_seconds": 0, "wait_reason": None}]


async def test_a_drained_upstream_gets_no_new_call_and_ends_those_that_run(
    settings: Settings,
) -> None:
    began, may_end = asyncio.Event(), asyncio.Event()

    async def slow(connection: RawConnection) -> None:
        began.set()
        await may_end.wait()
        await refusing(b"400 Bad")(connection)

    async with gateway(settings, after_the_request(slow), good) as one:
        async with asyncio.TaskGroup() as group:
            running = group.create_task(one.call(stream=False))
            await began.wait()
            drained = await steer(one, "a", "drain")
            meanwhile = await one.call(stream=False)
            may_end.set()
        await steer(one, "a", "drain")
        await steer(one, "a", "restore")
        back = await one.call(stream=False)
        rows = (await one.client.get("/v1/admin/audit-log")).json()["data"]

    assert (drained["drained"], drained["running"]) == (True, 1)
    assert meanwhile.headers["x-meterhouse-upstream"] == "b"
    assert (running.result().status_code, back.status_code) == (400, 400)
    said = [(row["action"], row["object"]["type"], row["object"]["id"]) for row in reversed(rows)]
    assert said == [("upstream.drain", "upstream", "a"), ("upstream.restore", "upstream", "a")]


async def test_a_model_whose_upstreams_are_all_drained_says_so(settings: Settings) -> None:
    async with gateway(settings, good) as one:
        await steer(one, "a", "drain")
        refused = await one.call(stream=False)

    assert (refused.status_code, error_of(refused)[1]) == (503, "upstream_unavailable")
    assert "drained" in refused.json()["error"]["message"]


def test_what_cannot_be_written_down_is_not_done(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(_: AsyncSession) -> None:
        raise OSError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(AsyncSession, "commit", fail)
        assert client.post(f"{PATH}/simulator/drain").status_code == 500

    assert client.get(f"{PATH}/simulator").json()["drained"] is False
