"""Streams reach every client, piece by piece, and end as they should."""

from collections.abc import AsyncIterable, Iterable

import httpx2
import pytest
from huggingface_hub import AsyncInferenceClient, ChatCompletionStreamOutput, InferenceClient
from openai import AsyncOpenAI, OpenAI
from openai.types.chat import ChatCompletionChunk

from tests.contract.upstream import ECHO, HELLO, Upstream
from tests.support.hugging_face import async_stream, stream as hf_stream

Chunk = ChatCompletionChunk | ChatCompletionStreamOutput

# What upstreams do that clients should not have to know of.
ODD = ["sim/no-done", "sim/no-space", "sim/json-answer", "sim/no-usage", "sim/usage-unasked"]


def text_of(chunks: Iterable[Chunk], index: int = 0) -> str:
    choices = [choice for chunk in chunks for choice in chunk.choices if choice.index == index]
    return "".join(choice.delta.content or "" for choice in choices)


def finish_reasons(chunks: Iterable[Chunk]) -> list[str]:
    return [one.finish_reason for chunk in chunks for one in chunk.choices if one.finish_reason]


async def collect(chunks: AsyncIterable[Chunk]) -> list[Chunk]:
    return [chunk async for chunk in chunks]


@pytest.mark.parametrize("model", ["org/model", "local/org/model", "small", *ODD])
def test_openai(openai_client: OpenAI, model: str) -> None:
    chunks = [*openai_client.chat.completions.create(model=model, messages=HELLO, stream=True)]
    assert text_of(chunks) == ECHO
    assert finish_reasons(chunks) == ["stop"]
    assert chunks[0].choices[0].delta.role == "assistant"


@pytest.mark.parametrize("model", ["org/model", *ODD])
async def test_async_openai(async_openai_client: AsyncOpenAI, model: str) -> None:
    chunks = await collect(
        await async_openai_client.chat.completions.create(model=model, messages=HELLO, stream=True)
    )
    assert text_of(chunks) == ECHO
    assert finish_reasons(chunks) == ["stop"]


@pytest.mark.parametrize("model", ["org/model", *ODD])
def test_hugging_face(hf_client: InferenceClient, model: str) -> None:
    chunks = [*hf_stream(hf_client, model=model)]
    assert text_of(chunks) == ECHO
    assert finish_reasons(chunks) == ["stop"]


@pytest.mark.parametrize("model", ["org/model", *ODD])
async def test_async_hugging_face(async_hf_client: AsyncInferenceClient, model: str) -> None:
    chunks = await collect(await async_stream(async_hf_client, model=model))
    assert text_of(chunks) == ECHO
    assert finish_reasons(chunks) == ["stop"]


def test_usage_comes_in_a_chunk_of_its_own_where_asked_for(
    openai_client: OpenAI, hf_client: InferenceClient
) -> None:
    options = {"include_usage": True}
    mine = [
        *openai_client.chat.completions.create(
            model="m", messages=HELLO, stream=True, stream_options={"include_usage": True}
        )
    ]
    theirs = [*hf_stream(hf_client, model="m", stream_options=options)]
    for chunks in (mine, theirs):
        *rest, last = chunks
        assert last.choices == []
        assert last.usage is not None
        assert (last.usage.prompt_tokens, last.usage.completion_tokens) == (3, 14)
        assert not any(chunk.usage for chunk in rest)


def test_usage_is_asked_of_the_upstream_but_not_told_unasked(
    openai_client: OpenAI, upstream: Upstream
) -> None:
    chunks = [*openai_client.chat.completions.create(model="quiet/m", messages=HELLO, stream=True)]
    assert upstream.last_call("quiet/m")["include_usage"] is True
    assert all(chunk.choices and chunk.usage is None for chunk in chunks)


def test_several_choices(openai_client: OpenAI) -> None:
    chunks = [*openai_client.chat.completions.create(model="m", messages=HELLO, stream=True, n=2)]
    assert (text_of(chunks, 0), text_of(chunks, 1)) == (ECHO, f"{ECHO} (choice 2)")
    assert finish_reasons(chunks) == ["stop", "stop"]


def test_an_upstream_that_gives_fewer_choices_than_asked_for(openai_client: OpenAI) -> None:
    # TGI and many small servers do not know `n`.
    chunks = [
        *openai_client.chat.completions.create(
            model="sim/one-choice", messages=HELLO, stream=True, n=2
        )
    ]
    assert text_of(chunks) == ECHO


@pytest.mark.parametrize("model", ["sim/reasoning", "sim/reasoning-content"])
def test_reasoning_is_streamed(openai_client: OpenAI, model: str) -> None:
    field = model.removeprefix("sim/").replace("-", "_")
    chunks = [*openai_client.chat.completions.create(model=model, messages=HELLO, stream=True)]
    extras = [chunk.choices[0].delta.model_extra or {} for chunk in chunks]
    thought = "".join(extra.get(field) or "" for extra in extras)
    assert thought == "[simulator] No model was called, so nobody thought about this."
    assert text_of(chunks) == ECHO


def test_hugging_face_reads_streamed_reasoning(hf_client: InferenceClient) -> None:
    chunks = [*hf_stream(hf_client, model="simulator/reasoner")]
    assert "".join(chunk.choices[0].delta.reasoning or "" for chunk in chunks).startswith("[sim")


def test_the_openai_helper_accumulates_a_stream(openai_client: OpenAI) -> None:
    with openai_client.chat.completions.stream(model="m", messages=HELLO) as stream:
        kinds = {event.type for event in stream}
        final = stream.get_final_completion()
    assert {"chunk", "content.delta", "content.done"} <= kinds
    assert final.choices[0].message.content == ECHO


def test_a_stream_is_marked_as_one_and_ends_with_done(raw_client: httpx2.Client) -> None:
    fields = {"model": "sim/no-done", "messages": HELLO, "stream": True}
    answer = raw_client.post(
        "/v1/chat/completions", json=fields, headers={"accept": "application/json"}
    )
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert "content-encoding" not in answer.headers
    assert answer.text.endswith("\n\ndata: [DONE]\n\n")
    assert answer.headers["x-request-id"].startswith("req_")


def test_pieces_are_not_held_back(openai_client: OpenAI, upstream: Upstream) -> None:
    model = "sim/chunk-delay-20+completion-tokens-77"
    stream = openai_client.chat.completions.create(model=model, messages=HELLO, stream=True)
    next(iter(stream))
    assert upstream.last_call(model)["outcome"] == "running"
    assert text_of(stream) == ECHO
