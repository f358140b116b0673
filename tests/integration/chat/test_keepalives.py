"""A stream that is quiet for a while says that it is still there."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from app.core.config import Settings
from tests.integration.chat.gateways import BODY, PATH, entries, gateway_over
from tests.integration.providers.upstreams import DONE, chunk, stream_head
from tests.support.raw_upstream import RawConnection

STREAM = {**BODY, "stream": True}
COMMENT = ": keepalive\n\n"
END = chunk("there") + chunk(finish="stop") + DONE
Quiet = Callable[[RawConnection], Awaitable[None]]


def often(settings: Settings) -> Settings:
    return settings.model_copy(update={"keepalive_seconds": 0.2})


def quiet_upstream(may_go_on: asyncio.Event, *, word_first: bool) -> Quiet:
    """Return an upstream that is quiet, at first or after a word, until it may go on."""

    async def serve(connection: RawConnection) -> None:
        await connection.read_request()
        await stream_head(connection)
        if word_first:
            await connection.send_chunk(chunk("Hi"))
        await may_go_on.wait()
        await connection.send_chunk(END)
        await connection.send_chunk(b"")

    return serve


@pytest.mark.parametrize("word_first", [False, True])
async def test_a_quiet_stream_gets_comments_and_goes_on(
    settings: Settings, *, word_first: bool
) -> None:
    may_go_on = asyncio.Event()
    upstream = quiet_upstream(may_go_on, word_first=word_first)
    async with (
        gateway_over(upstream, often(settings)) as (client, _),
        client.stream("POST", PATH, json=STREAM) as answer,
    ):
        text = ""
        async for piece in answer.aiter_text():
            text += piece
            if text.count(COMMENT) >= 3:
                may_go_on.set()

    assert answer.status_code == 200
    assert text.startswith(COMMENT) is not word_first
    assert text.endswith("data: [DONE]\n\n")
    assert "there" in text.rpartition(COMMENT)[2]


async def test_a_stream_that_is_not_quiet_gets_none(settings: Settings) -> None:
    may_go_on = asyncio.Event()
    may_go_on.set()
    async with gateway_over(quiet_upstream(may_go_on, word_first=True), settings) as (client, _):
        answer = await client.post(PATH, json=STREAM)

    assert COMMENT not in answer.text


async def test_an_error_after_a_comment_is_an_event(settings: Settings) -> None:
    may_fail = asyncio.Event()

    async def fails(connection: RawConnection) -> None:
        await connection.read_request()
        await may_fail.wait()
        body = b'{"error":{"message":"Too hot."}}'
        head = b"HTTP/1.1 422 No\r\nContent-Length: %d\r\n\r\n" % len(body)
        await connection.send(head + body)

    async with (
        gateway_over(fails, often(settings)) as (client, _),
        client.stream("POST", PATH, json=STREAM) as answer,
    ):
        text = ""
        async for piece in answer.aiter_text():
            may_fail.set()
            text += piece
        written = await entries(client)

    assert answer.status_code == 200
    assert "x-meterhouse-upstream" not in answer.headers  # it was too early to tell
    assert '"code":"upstream_unprocessable"' in text.rpartition(COMMENT)[2]
    assert [entry["status"] for entry in written] == ["error"]


async def test_after_a_comment_somebody_else_may_still_answer(settings: Settings) -> None:
    may_fail, asked = asyncio.Event(), 0

    async def fails_once(connection: RawConnection) -> None:
        nonlocal asked
        while True:
            await connection.read_request()
            asked += 1
            if asked == 1:
                await may_fail.wait()
                await connection.send(b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n")
            else:
                await stream_head(connection)
                await connection.send_chunk(END)
                await connection.send_chunk(b"")

    async with (
        gateway_over(fails_once, often(settings)) as (client, _),
        client.stream("POST", PATH, json=STREAM) as answer,
    ):
        text = ""
        async for piece in answer.aiter_text():
            may_fail.set()
            text += piece
        [entry] = await entries(client)

    assert text.startswith(COMMENT)
    assert text.count("there") == 1
    assert text.endswith("data: [DONE]\n\n")
    assert (entry["status"], entry["attempts"]) == ("ok", 2)
