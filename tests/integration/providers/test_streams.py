import asyncio
import json
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing

import pytest

from app.core import errors
from app.services.providers.provider import AnswerFacts, Usage
from tests.integration.providers.upstreams import (
    COMPLETION,
    DONE,
    USAGE_CHUNK,
    chunk,
    openai_upstream,
    quick,
    request,
    stream_head,
)
from tests.support.raw_upstream import RawConnection


class Streams:
    """Streams the same pieces to every request, ends the body (or not), and keeps the line."""

    def __init__(self, pieces: Sequence[bytes], *, ends: bool = True) -> None:
        self.pieces = pieces
        self.ends = ends
        self.bodies: list[bytes] = []

    async def __call__(self, connection: RawConnection) -> None:
        while True:
            self.bodies.append((await connection.read_request()).body)
            await stream_head(connection)
            for piece in self.pieces:
                await connection.send_chunk(piece)
            if not self.ends:
                return
            await connection.send_chunk(b"")


async def _all(events: AsyncGenerator[bytes]) -> bytes:
    async with aclosing(events):
        return b"".join([event async for event in events])


async def test_a_stream_comes_as_it_was_sent_and_usage_is_always_asked_for() -> None:
    streams = Streams([chunk("He"), chunk("llo"), chunk(finish="stop"), USAGE_CHUNK, DONE])
    facts = AnswerFacts()

    async with openai_upstream(streams) as (provider, _):
        events = await _all(provider.stream_chat(request(stream=True), facts))

    assert events == chunk("He") + chunk("llo") + chunk(finish="stop")
    assert json.loads(streams.bodies[0])["stream_options"] == {"include_usage": True}
    assert (facts.provider, facts.usage, facts.finish_reason) == ("groq", Usage(5, 1), "stop")
    assert (facts.text_bytes, facts.text_pieces) == (5, 2)


async def test_a_caller_who_asks_for_usage_sends_the_bytes_that_go_up_and_gets_the_chunk() -> None:
    streams = Streams([chunk("Hi"), chunk(finish="stop"), USAGE_CHUNK, DONE])
    asked = request(stream=True, stream_options={"include_usage": True})

    async with openai_upstream(streams) as (provider, _):
        events = await _all(provider.stream_chat(asked, AnswerFacts()))

    assert streams.bodies[0] == asked.body
    assert events.endswith(USAGE_CHUNK)


async def test_connections_are_kept_after_a_stream_that_ended_well() -> None:
    streams = Streams([chunk("Hi"), chunk(finish="stop"), DONE])

    async with openai_upstream(streams) as (provider, upstream):
        for _ in range(3):
            await _all(provider.stream_chat(request(stream=True), AnswerFacts()))

    assert len(upstream.connections) == 1


@pytest.mark.parametrize("ends", [True, False], ids=["ended", "cut"])
async def test_after_its_finish_reason_a_stream_is_complete_without_the_end_mark(
    ends: bool,  # noqa: FBT001 - a case of the table
) -> None:
    streams = Streams([chunk("Hi"), chunk(finish="stop")], ends=ends)
    facts = AnswerFacts()

    async with openai_upstream(streams) as (provider, _):
        events = await _all(provider.stream_chat(request(stream=True), facts))

    assert events == chunk("Hi") + chunk(finish="stop")
    assert facts.usage is None


@pytest.mark.parametrize("ends", [True, False], ids=["ended", "cut"])
@pytest.mark.parametrize("tail", [[], [DONE]], ids=["silently", "with its end mark"])
async def test_a_stream_that_ends_before_its_finish_reason_is_truncated(
    tail: list[bytes],
    ends: bool,  # noqa: FBT001 - a case of the table
) -> None:
    streams = Streams([chunk("Hi"), *tail], ends=ends)

    async with openai_upstream(streams) as (provider, _):
        events = provider.stream_chat(request(stream=True), AnswerFacts())
        async with aclosing(events):
            assert await anext(events) == chunk("Hi")
            with pytest.raises(errors.UpstreamTruncatedError):
                await anext(events)


@pytest.mark.parametrize(
    ("pieces", "kind"),
    [
        ([b'data: {"error":{"message":"boom"}}\n\n'], errors.UpstreamError),
        ([b"data: garbage\n\n"], errors.UpstreamProtocolError),
        ([b": only a comment\n\n"], errors.UpstreamTruncatedError),
        ([b"data: " + b"x" * 1_100_000], errors.UpstreamProtocolError),
        ([], errors.UpstreamTruncatedError),
    ],
)
async def test_what_fails_before_the_first_event_raises_before_anything_is_yielded(
    pieces: list[bytes], kind: type[errors.UpstreamError]
) -> None:
    async with openai_upstream(Streams(pieces)) as (provider, _):
        events = provider.stream_chat(request(stream=True), AnswerFacts())
        with pytest.raises(kind):
            await anext(events)


async def test_a_json_answer_to_a_stream_request_becomes_a_stream() -> None:
    tools = [{"id": "t", "type": "function", "function": {"name": "f", "arguments": "{}"}}]
    message = {"role": "assistant", "content": None, "tool_calls": tools}
    choice = {"index": 0, "message": message, "finish_reason": "tool_calls"}
    body = json.dumps({**COMPLETION, "choices": [choice]}).encode()

    async def whole(connection: RawConnection) -> None:
        await connection.read_request()
        await connection.answer(body, b"Content-Type: application/json; charset=utf-8")

    asked = request(stream=True, stream_options={"include_usage": True})
    facts = AnswerFacts()
    async with openai_upstream(whole) as (provider, _):
        events = (await _all(provider.stream_chat(asked, facts))).split(b"\n\n")

    first, usage = (json.loads(event.removeprefix(b"data: ")) for event in events[:2])
    assert first["object"] == "chat.completion.chunk"
    assert first["choices"][0]["delta"]["tool_calls"] == [{"index": 0, **tools[0]}]
    assert first["choices"][0]["finish_reason"] == "tool_calls"
    assert usage["choices"] == []
    assert usage["usage"] == COMPLETION["usage"]
    assert facts.finish_reason == "tool_calls"


async def test_an_upstream_without_a_first_event_is_not_waited_for() -> None:
    async def silent(connection: RawConnection) -> None:
        await connection.read_request()
        await stream_head(connection)
        await connection.wait_until_left()

    async with openai_upstream(silent) as (provider, _):
        asked = request(timeouts=quick(first_byte_seconds=0.2), stream=True)
        with pytest.raises(errors.UpstreamTimeoutError):
            await anext(provider.stream_chat(asked, AnswerFacts()))


async def test_comments_do_not_count_as_data() -> None:
    async def drips(connection: RawConnection) -> None:
        await connection.read_request()
        await stream_head(connection)
        await connection.send_chunk(chunk("Hi"))
        while not connection.left.is_set():
            await connection.send_chunk(b": still here\n\n")
            await asyncio.sleep(0.02)

    async with openai_upstream(drips) as (provider, _):
        asked = request(timeouts=quick(idle_seconds=0.3), stream=True)
        with pytest.raises(errors.UpstreamTimeoutError):
            await _all(provider.stream_chat(asked, AnswerFacts()))


async def test_closing_a_stream_leaves_the_upstream_at_once() -> None:
    async def endless(connection: RawConnection) -> None:
        await connection.read_request()
        await stream_head(connection)
        await connection.send_chunk(chunk("Hi"))
        await connection.wait_until_left()

    async with openai_upstream(endless) as (provider, upstream):
        events = provider.stream_chat(request(stream=True), AnswerFacts())
        await anext(events)
        await events.aclose()
        async with asyncio.timeout(1):
            await upstream.connections[0].left.wait()


async def test_an_upstream_that_does_not_hang_up_after_its_end_mark_is_left() -> None:
    async def lingers(connection: RawConnection) -> None:
        await connection.read_request()
        await stream_head(connection)
        await connection.send_chunk(chunk("Hi", finish="stop") + DONE)
        await connection.wait_until_left()

    async with openai_upstream(lingers) as (provider, upstream):
        async with asyncio.timeout(2):
            await _all(provider.stream_chat(request(stream=True), AnswerFacts()))
            await upstream.connections[0].left.wait()
