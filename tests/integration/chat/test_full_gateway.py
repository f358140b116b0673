"""More calls than there is room for: who waits, who is refused, and who does not notice."""

import asyncio
from dataclasses import dataclass, field

import httpx2
import pytest

from app.core.config import Settings
from tests.integration.chat.gateways import BODY, PATH, entries, gateway_over
from tests.support.raw_upstream import RawConnection

ANSWER = (
    b'{"id":"c","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,'
    b'"message":{"role":"assistant","content":"Hi"},"finish_reason":"stop"}]}'
)
BATCH = {"x-meterhouse-class": "batch"}


@dataclass
class Busy:
    """An upstream that answers when it may."""

    asked: asyncio.Event = field(default_factory=asyncio.Event)
    may_answer: asyncio.Event = field(default_factory=asyncio.Event)

    async def serve(self, connection: RawConnection) -> None:
        while True:
            await connection.read_request()
            self.asked.set()
            await self.may_answer.wait()
            await connection.answer(ANSWER, b"Content-Type: application/json")


async def test_a_full_gateway_refuses_the_least_urgent_and_can_still_be_managed(
    settings: Settings,
) -> None:
    upstream = Busy()
    small = settings.model_copy(update={"max_calls": 1})
    async with gateway_over(upstream.serve, small) as (client, _), asyncio.TaskGroup() as tasks:
        runs = tasks.create_task(client.post(PATH, json=BODY))
        await upstream.asked.wait()
        two = [tasks.create_task(client.post(PATH, json=BODY, headers=BATCH)) for _ in range(2)]
        [refused], _ = await asyncio.wait(two, return_when=asyncio.FIRST_COMPLETED)
        urgent = tasks.create_task(client.post(PATH, json=BODY))
        await asyncio.wait(two)  # the one that waited gave its place up
        managed = await client.get("/v1/keys")
        upstream.may_answer.set()
        answers = [(await one).status_code for one in (runs, urgent)]
        written = await entries(client)

    answer = refused.result()
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "overloaded")
    assert answer.headers["x-should-retry"] == "true"
    assert 1 <= int(answer.headers["retry-after"]) <= 3
    assert {one.result().status_code for one in two} == {503}
    assert (managed.status_code, answers) == (200, [200, 200])
    assert [entry["status"] for entry in written] == ["ok", "ok"]


@pytest.mark.parametrize("stream", [False, True])
async def test_whatever_becomes_of_a_call_it_makes_room_for_the_next(
    settings: Settings, *, stream: bool
) -> None:
    async def leaving(connection: RawConnection) -> None:
        await connection.read_request()

    small = settings.model_copy(update={"max_calls": 1})
    async with gateway_over(leaving, small) as (client, _):
        body = {**BODY, "stream": stream}
        nowhere = {name: value for name, value in body.items() if name != "model"}
        answers = [(await client.post(PATH, json=one)).status_code for one in (nowhere, body) * 2]

    assert answers == [400, 502] * 2


async def test_a_class_that_does_not_exist_is_refused(settings: Settings) -> None:
    async def nobody(connection: RawConnection) -> None:
        await connection.read_request()

    async with gateway_over(nobody, settings) as (client, _):
        answer: httpx2.Response = await client.post(
            PATH, json=BODY, headers={"x-meterhouse-class": "admin"}
        )

    error = answer.json()["error"]
    assert (answer.status_code, error["param"]) == (400, "X-Meterhouse-Class")
    assert "`interactive`" in error["message"]
