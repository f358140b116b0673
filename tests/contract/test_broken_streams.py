"""A stream that breaks raises in every client, after the text that had come."""

import pytest
from huggingface_hub import AsyncInferenceClient, InferenceClient
from huggingface_hub.errors import TextGenerationError
from openai import APIError, AsyncOpenAI, OpenAI

from tests.contract.upstream import HELLO
from tests.support.hugging_face import async_stream, stream as hf_stream

# What the upstream does in the middle of its stream, and the words and the code for it.
BREAKS = [
    ("sim/cut-4", "cut its answer short", "upstream_truncated"),
    ("local/sim/cut-4", "cut its answer short", "upstream_truncated"),
    ("sim/end-4", "ended its stream before a finish reason", "upstream_truncated"),
    (
        "sim/error-event-4+chunk-delay-20",
        "Simulated error in the middle of a stream.",
        "upstream_error",
    ),
    (
        "sim/error-event-text-4+chunk-delay-20",
        "Simulated error in the middle of a stream.",
        "upstream_error",
    ),
]
BEGINNING = "[simulator]"


@pytest.mark.parametrize(("model", "words", "code"), BREAKS)
def test_openai(openai_client: OpenAI, model: str, words: str, code: str) -> None:
    text = ""
    with pytest.raises(APIError, match=words) as broken:  # noqa: PT012 - it breaks on its way
        for chunk in openai_client.chat.completions.create(
            model=model, messages=HELLO, stream=True
        ):
            text += chunk.choices[0].delta.content or ""
    assert text == BEGINNING
    assert (broken.value.code, broken.value.type) == (code, "server_error")


@pytest.mark.parametrize(("model", "words", "code"), BREAKS)
async def test_async_openai(
    async_openai_client: AsyncOpenAI, model: str, words: str, code: str
) -> None:
    text = ""
    stream = await async_openai_client.chat.completions.create(
        model=model, messages=HELLO, stream=True
    )
    with pytest.raises(APIError, match=words) as broken:  # noqa: PT012 - it breaks on its way
        async for chunk in stream:
            text += chunk.choices[0].delta.content or ""
    assert text == BEGINNING
    assert broken.value.code == code


@pytest.mark.parametrize(("model", "words", "code"), BREAKS)
def test_hugging_face(hf_client: InferenceClient, model: str, words: str, code: str) -> None:
    text = ""
    with pytest.raises(TextGenerationError, match=words) as broken:  # noqa: PT012 - on its way
        for chunk in hf_stream(hf_client, model=model):
            text += chunk.choices[0].delta.content or ""
    assert text == BEGINNING
    assert code in str(broken.value)


@pytest.mark.parametrize(("model", "words", "code"), BREAKS)
async def test_async_hugging_face(
    async_hf_client: AsyncInferenceClient, model: str, words: str, code: str
) -> None:
    text = ""
    stream = await async_stream(async_hf_client, model=model)
    with pytest.raises(TextGenerationError, match=words) as broken:  # noqa: PT012 - on its way
        async for chunk in stream:
            text += chunk.choices[0].delta.content or ""
    assert text == BEGINNING
    assert code in str(broken.value)


@pytest.mark.parametrize("fault", ["cut-0", "end-0", "error-event-0"])
def test_a_stream_that_breaks_before_its_first_event_is_an_ordinary_error(
    openai_client: OpenAI, fault: str
) -> None:
    with pytest.raises(APIError) as broken:
        openai_client.chat.completions.create(model=f"sim/{fault}", messages=HELLO, stream=True)
    assert getattr(broken.value, "status_code", None) == 502


def test_a_cut_after_the_finish_reason_is_no_break(openai_client: OpenAI) -> None:
    # 1 event for the role, 14 of text, 1 with the finish reason: then the connection dies.
    chunks = [
        *openai_client.chat.completions.create(model="sim/cut-16", messages=HELLO, stream=True)
    ]
    assert chunks[-1].choices[0].finish_reason == "stop"
