"""Streams, as the clients read them."""

from time import perf_counter

import httpx2
from huggingface_hub import AsyncInferenceClient, InferenceClient
from openai import AsyncOpenAI, OpenAI

from tests.integration.simulator.requests import ECHO, HELLO, body, chunks, post, text_of
from tests.support.hugging_face import async_stream, stream as stream_chat


def test_the_openai_client_reads_a_stream(openai_client: OpenAI) -> None:
    stream = openai_client.chat.completions.create(model="m", messages=HELLO, stream=True)
    some = list(stream)
    assert "".join(chunk.choices[0].delta.content or "" for chunk in some) == ECHO
    assert some[0].choices[0].delta.role == "assistant"
    assert [chunk.choices[0].finish_reason for chunk in some[-2:]] == [None, "stop"]
    assert {chunk.system_fingerprint for chunk in some} == {"meterhouse-simulator"}
    assert len({chunk.id for chunk in some}) == 1


async def test_the_async_openai_client_reads_a_stream(async_openai_client: AsyncOpenAI) -> None:
    stream = await async_openai_client.chat.completions.create(
        model="m", messages=HELLO, stream=True
    )
    assert "".join([chunk.choices[0].delta.content or "" async for chunk in stream]) == ECHO


def test_the_hugging_face_client_reads_a_stream(hf_client: InferenceClient) -> None:
    stream = stream_chat(hf_client)
    assert "".join(chunk.choices[0].delta.content or "" for chunk in stream) == ECHO


async def test_the_async_hugging_face_client_reads_a_stream(
    async_hf_client: AsyncInferenceClient,
) -> None:
    stream = await async_stream(async_hf_client)
    assert "".join([chunk.choices[0].delta.content or "" async for chunk in stream]) == ECHO


def test_a_stream_has_the_router_s_headers(raw_client: httpx2.Client) -> None:
    answer = post(raw_client, body(stream=True))
    assert answer.headers["content-type"] == "text/event-stream"
    assert answer.headers["x-inference-provider"] == "simulator"
    assert "content-length" not in answer.headers


def test_usage_comes_last_where_it_was_asked_for(raw_client: httpx2.Client) -> None:
    *some, last = chunks(
        post(raw_client, body(stream=True, stream_options={"include_usage": True}))
    )
    assert last["choices"] == []
    assert last["usage"] == {"prompt_tokens": 3, "completion_tokens": 14, "total_tokens": 17}
    assert all(chunk["usage"] is None for chunk in some)


def test_no_chunk_speaks_of_usage_unasked(raw_client: httpx2.Client) -> None:
    some = chunks(post(raw_client, body(stream=True)))
    assert not any("usage" in chunk for chunk in some)


def test_several_choices_take_turns(raw_client: httpx2.Client) -> None:
    some = chunks(post(raw_client, body(stream=True, n=2)))
    assert [chunk["choices"][0]["index"] for chunk in some[:6]] == [0, 1, 0, 1, 0, 1]
    assert text_of(some, 0) == ECHO
    assert text_of(some, 1) == f"{ECHO} (choice 2)"
    ends = [one["choices"][0]["finish_reason"] for one in some]
    assert ends[-2:] == ["stop", "stop"]
    assert set(ends[:-2]) == {None}


def test_a_limit_ends_a_stream(raw_client: httpx2.Client) -> None:
    some = chunks(post(raw_client, body(stream=True, max_tokens=4)))
    assert text_of(some) == "[simulator] No"
    assert some[-1]["choices"][0]["finish_reason"] == "length"


def test_reasoning_is_streamed_before_the_content(raw_client: httpx2.Client) -> None:
    some = chunks(post(raw_client, body("simulator/reasoner", stream=True)))
    names = [next(iter(chunk["choices"][0]["delta"]), "") for chunk in some[1:-1]]
    assert names == ["reasoning"] * 18 + ["content"] * 14


def test_events_arrive_one_by_one_with_pauses_between(raw_client: httpx2.Client) -> None:
    fields = body("sim/chunk-delay-20", stream=True, max_tokens=3)
    arrivals: list[float] = []
    with raw_client.stream("POST", "/v1/chat/completions", json=fields) as answer:
        for line in answer.iter_lines():
            arrivals += [perf_counter()] if line.startswith("data:") else []
    assert len(arrivals) == 6
    assert arrivals[-1] - arrivals[0] >= 5 * 0.015
