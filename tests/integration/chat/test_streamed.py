import asyncio
import json
from collections.abc import Sequence
from contextlib import AsyncExitStack

import httpx2
import pytest

from app.core.config import Settings
from tests.integration.chat.gateways import BODY, PATH, entries, gateway_over
from tests.integration.providers.upstreams import DONE, USAGE_CHUNK, chunk, quick, stream_head
from tests.support.raw_upstream import Handler, RawConnection

STREAM = {**BODY, "stream": True}


def _streams(pieces: Sequence[bytes], *, ends: bool = True) -> Handler:
    async def handler(connection: RawConnection) -> None:
        while True:
            await connection.read_request()
            await stream_head(connection)
            for piece in pieces:
                await connection.send_chunk(piece)
            if not ends:
                return
            await connection.send_chunk(b"")

    return handler


async def test_a_stream_ends_with_its_facts_and_the_end_mark(settings: Settings) -> None:
    handler = _streams([chunk("Hi"), chunk(finish="stop"), USAGE_CHUNK])
    async with gateway_over(handler, settings) as (client, _):
        answer = await client.post(PATH, json=STREAM)
        written = await entries(client)

    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.headers["x-inference-provider"] == "groq"
    assert "content-length" not in answer.headers
    body, _, tail = answer.content.partition(b": meterhouse ")
    assert body == chunk("Hi") + chunk(finish="stop")
    facts, _, rest = tail.partition(b"\n\n")
    assert rest == DONE
    assert json.loads(facts)["units_out"] == 1
    assert [(entry["status"], entry["units_in"], entry["stream"]) for entry in written] == [
        ("ok", 5, True)
    ]
    assert written[0]["ttft_ms"] is not None


async def test_the_first_chunk_leaves_before_the_second_has_come(settings: Settings) -> None:
    seen = asyncio.Event()

    async def waits(connection: RawConnection) -> None:
        await connection.read_request()
        await stream_head(connection)
        await connection.send_chunk(chunk("Hi"))
        await seen.wait()
        await connection.send_chunk(chunk(finish="stop") + DONE)
        await connection.send_chunk(b"")

    async with (
        gateway_over(waits, settings) as (client, _),
        client.stream("POST", PATH, json=STREAM) as answer,
    ):
        pieces = answer.aiter_raw()
        assert await anext(pieces) == chunk("Hi")
        seen.set()
        rest = b"".join([piece async for piece in pieces])

    assert rest.endswith(DONE)


@pytest.mark.parametrize("ends", [True, False], ids=["ended", "cut"])
async def test_a_stream_that_breaks_ends_with_one_typed_error_event(
    settings: Settings,
    ends: bool,  # noqa: FBT001 - a case of the table
) -> None:
    async with gateway_over(_streams([chunk("Hi")], ends=ends), settings) as (client, _):
        answer = await client.post(PATH, json=STREAM)
        written = await entries(client)

    assert answer.status_code == 200
    assert answer.content.startswith(chunk("Hi"))
    event = answer.content.removeprefix(chunk("Hi"))
    error = json.loads(event.removeprefix(b"data: "))["error"]
    assert error["code"] == "upstream_truncated"
    assert error["type"] == "server_error"
    assert error["request_id"] == answer.headers["x-request-id"]
    assert [(entry["status"], entry["error_code"]) for entry in written] == [
        ("error", "upstream_truncated")
    ]


async def test_a_silent_upstream_becomes_a_typed_error_event(settings: Settings) -> None:
    async def stalls(connection: RawConnection) -> None:
        await connection.read_request()
        await stream_head(connection)
        await connection.send_chunk(chunk("Hi"))
        await connection.wait_until_left()

    limits = quick(idle_seconds=0.2)
    async with gateway_over(stalls, settings, timeouts=limits) as (client, upstream):
        answer = await client.post(PATH, json=STREAM)
        await upstream.connections[0].left.wait()

    assert b'"code":"upstream_timeout"' in answer.content


async def test_an_error_before_the_first_event_is_an_ordinary_answer(settings: Settings) -> None:
    handler = _streams([b'data: {"error":{"message":"boom","http_status_code":422}}\n\n', DONE])
    async with gateway_over(handler, settings) as (client, _):
        answer = await client.post(PATH, json=STREAM)

    assert answer.status_code == 422
    assert answer.json()["error"]["code"] == "upstream_unprocessable"


@pytest.mark.parametrize("events", [0, 1])
async def test_a_client_that_leaves_ends_the_upstream_call_within_a_second(
    settings: Settings, events: int
) -> None:
    arrived = asyncio.Event()

    async def endless(connection: RawConnection) -> None:
        await connection.read_request()
        await stream_head(connection)
        for _ in range(events):
            await connection.send_chunk(chunk("Hi"))
        arrived.set()
        await connection.wait_until_left()

    async def reads(client: httpx2.AsyncClient) -> None:
        async with client.stream("POST", PATH, json=STREAM) as answer:
            async for _ in answer.aiter_raw():
                pass

    async with gateway_over(endless, settings) as (client, upstream):
        async with asyncio.TaskGroup() as group:
            call = group.create_task(reads(client))
            await arrived.wait()
            call.cancel()
        async with asyncio.timeout(1):
            await upstream.connections[0].left.wait()
        written = await entries(client)

    assert [entry["status"] for entry in written] == ["cancelled"]


async def test_a_stream_that_the_gateways_end_cuts_ends_with_a_typed_error_event(
    settings: Settings,
) -> None:
    async def endless(connection: RawConnection) -> None:
        await connection.read_request()
        await stream_head(connection)
        await connection.send_chunk(chunk("Hi"))
        await connection.wait_until_left()

    async with AsyncExitStack() as open_things:
        server = await open_things.enter_async_context(AsyncExitStack())
        gateway = gateway_over(endless, settings, grace_seconds=1)
        client, _ = await server.enter_async_context(gateway)
        outliving = httpx2.AsyncClient(base_url=client.base_url, headers=client.headers)
        await open_things.enter_async_context(outliving)
        answer = await open_things.enter_async_context(outliving.stream("POST", PATH, json=STREAM))
        pieces = answer.aiter_raw()
        assert await anext(pieces) == chunk("Hi")
        await server.aclose()
        rest = b"".join([piece async for piece in pieces])

    assert b'"code":"not_ready"' in rest
