"""A client that leaves ends the upstream's work within a second."""

import asyncio

import httpx2
import pytest
from huggingface_hub import AsyncInferenceClient
from openai import APITimeoutError, AsyncOpenAI, OpenAI

from tests.contract.upstream import HELLO, Upstream
from tests.support.hugging_face import async_stream

SLOW = "sim/chunk-delay-250"
NEVER = "sim/delay-60000"


def test_closing_a_stream(openai_client: OpenAI, upstream: Upstream) -> None:
    model = f"{SLOW}+prompt-tokens-1"
    stream = openai_client.chat.completions.create(model=model, messages=HELLO, stream=True)
    next(iter(stream))
    assert upstream.last_call(model)["outcome"] == "running"
    stream.close()
    upstream.wait_for_outcome(model, "left")


async def test_closing_an_async_stream(
    async_openai_client: AsyncOpenAI, upstream: Upstream
) -> None:
    model = f"{SLOW}+prompt-tokens-2"
    stream = await async_openai_client.chat.completions.create(
        model=model, messages=HELLO, stream=True
    )
    async for _ in stream:
        break
    await stream.close()
    await asyncio.to_thread(upstream.wait_for_outcome, model, "left")


async def test_cancelling_a_hugging_face_stream(
    gateway_url: str, secret: str, upstream: Upstream
) -> None:
    model = f"{SLOW}+prompt-tokens-3"
    async with AsyncInferenceClient(base_url=gateway_url, api_key=secret) as client:
        async for _ in await async_stream(client, model=model):
            break
    await asyncio.to_thread(upstream.wait_for_outcome, model, "left")


@pytest.mark.parametrize("stream", [False, True])
def test_giving_up_before_the_first_byte(
    openai_client: OpenAI, upstream: Upstream, *, stream: bool
) -> None:
    model = f"{NEVER}+prompt-tokens-{int(stream)}"
    with pytest.raises(APITimeoutError):
        openai_client.chat.completions.create(
            model=model, messages=HELLO, stream=stream, timeout=0.3
        )
    upstream.wait_for_outcome(model, "left")


def test_leaving_is_written_in_the_ledger(
    openai_client: OpenAI, raw_client: httpx2.Client, upstream: Upstream
) -> None:
    model = f"{SLOW}+prompt-tokens-4"
    stream = openai_client.chat.completions.create(model=model, messages=HELLO, stream=True)
    next(iter(stream))
    stream.close()
    upstream.wait_for_outcome(model, "left")
    entries = raw_client.get("/v1/usage/entries").json()["data"]
    mine = next(entry for entry in entries if entry["model"] == model)
    assert (mine["status"], mine["stream"]) == ("cancelled", True)
