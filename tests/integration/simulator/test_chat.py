"""Whole answers, as the clients read them."""

import httpx2
import pytest
from huggingface_hub import AsyncInferenceClient, InferenceClient
from openai import AsyncOpenAI, OpenAI
from openai.types.chat import ChatCompletionMessageParam

from app.simulator.app import create_simulator
from tests.integration.simulator.requests import ECHO, HELLO, Json, body, post
from tests.support.hugging_face import async_chat, chat
from tests.support.servers import running


def test_the_openai_client_reads_an_answer(openai_client: OpenAI) -> None:
    answer = openai_client.chat.completions.create(model="org/model:groq", messages=HELLO)
    assert answer.choices[0].message.content == ECHO
    assert answer.choices[0].message.role == "assistant"
    assert answer.choices[0].finish_reason == "stop"
    assert answer.system_fingerprint == "meterhouse-simulator"
    assert answer.model == "org/model:groq"
    assert answer.id.startswith("chatcmpl-")
    assert answer.object == "chat.completion"
    assert answer.usage is not None
    assert (answer.usage.prompt_tokens, answer.usage.completion_tokens) == (3, 14)
    assert answer.usage.total_tokens == 17


async def test_the_async_openai_client_reads_an_answer(async_openai_client: AsyncOpenAI) -> None:
    answer = await async_openai_client.chat.completions.create(model="a/b", messages=HELLO)
    assert answer.choices[0].message.content == ECHO


def test_the_hugging_face_client_reads_an_answer(hf_client: InferenceClient) -> None:
    answer = chat(hf_client)
    assert answer.choices[0].message.content == ECHO
    assert answer.model == "dummy"
    assert answer.usage.total_tokens == 17


async def test_the_async_hugging_face_client_reads_an_answer(
    async_hf_client: AsyncInferenceClient,
) -> None:
    answer = await async_chat(async_hf_client)
    assert answer.choices[0].message.content == ECHO


def test_text_parts_are_joined_and_images_counted(openai_client: OpenAI) -> None:
    image = {"url": "data:image/png;base64,AAAA"}
    messages: list[ChatCompletionMessageParam] = [
        {"role": "system", "content": "Be kind."},
        {
            "role": "user",
            "content": [
                {"type": "text", "text": "What is"},
                {"type": "text", "text": "this?"},
                {"type": "image_url", "image_url": {"url": image["url"]}},
                {"type": "image_url", "image_url": {"url": image["url"]}},
            ],
        },
    ]
    answer = openai_client.chat.completions.create(model="m", messages=messages)
    text = "[simulator] No model was called. You wrote: What is this? (and sent 2 images)"
    assert answer.choices[0].message.content == text
    assert answer.usage is not None
    assert answer.usage.prompt_tokens == (1 + 3) + (1 + 4) + 2 * 64


def test_the_last_message_of_the_user_is_the_one_that_counts(raw_client: httpx2.Client) -> None:
    fields = body(
        messages=[
            {"role": "user", "content": "first"},
            {"role": "assistant", "content": "yes?"},
            {"role": "user", "content": "second"},
            {"role": "tool", "content": "42", "tool_call_id": "c"},
        ]
    )
    answer = post(raw_client, fields).json()
    assert answer["choices"][0]["message"]["content"].endswith("You wrote: second")


def test_a_long_message_is_not_echoed_whole(raw_client: httpx2.Client) -> None:
    fields = body(messages=[{"role": "user", "content": "x" * 501}])
    content = post(raw_client, fields).json()["choices"][0]["message"]["content"]
    assert content.endswith("x" * 500 + "...")


def test_several_choices_differ(openai_client: OpenAI) -> None:
    answer = openai_client.chat.completions.create(model="m", messages=HELLO, n=3)
    assert [choice.index for choice in answer.choices] == [0, 1, 2]
    assert [choice.message.content for choice in answer.choices] == [
        ECHO,
        f"{ECHO} (choice 2)",
        f"{ECHO} (choice 3)",
    ]
    assert answer.usage is not None
    assert answer.usage.completion_tokens == 14 + 2 * 17


@pytest.mark.parametrize("field", ["max_tokens", "max_completion_tokens"])
def test_an_answer_is_cut_at_its_limit(raw_client: httpx2.Client, field: str) -> None:
    answer = post(raw_client, body() | {field: 4}).json()
    assert answer["choices"][0]["message"]["content"] == "[simulator] No"
    assert answer["choices"][0]["finish_reason"] == "length"
    assert answer["usage"]["completion_tokens"] == 4


@pytest.mark.parametrize("stop", [" model", ["nothing", " model", "called"]])
def test_an_answer_ends_before_a_stop_sequence(
    raw_client: httpx2.Client, stop: str | list[str]
) -> None:
    answer = post(raw_client, body(stop=stop)).json()
    assert answer["choices"][0]["message"]["content"] == "[simulator] No"
    assert answer["choices"][0]["finish_reason"] == "stop"


def test_a_stop_at_the_very_start_leaves_an_empty_text(raw_client: httpx2.Client) -> None:
    assert post(raw_client, body(stop="[")).json()["choices"][0]["message"]["content"] == ""


def test_the_same_request_gets_the_same_bytes_from_any_simulator(
    raw_client: httpx2.Client,
) -> None:
    fields = body(seed=1, temperature=0.7, an_unknown_field={"a": [1]})
    with running(create_simulator()) as url, httpx2.Client(base_url=url) as other:
        theirs = post(other, fields, authorization="Bearer x")
        assert post(raw_client, fields).content == theirs.content


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"model": "simulator/reasoner"}, "reasoning"),
        ({"model": "m", "reasoning_effort": "low"}, "reasoning"),
        ({"model": "sim/reasoning"}, "reasoning"),
        ({"model": "sim/reasoning-content"}, "reasoning_content"),
    ],
)
def test_reasoning_comes_on_request(raw_client: httpx2.Client, fields: Json, name: str) -> None:
    answer = post(raw_client, body(**fields)).json()
    message = answer["choices"][0]["message"]
    assert message[name].startswith("[simulator] No model was called, so nobody thought")
    assert message["content"] == ECHO
    assert set(message) == {"role", "content", name}
    assert answer["usage"]["completion_tokens_details"] == {"reasoning_tokens": 18}
    assert answer["usage"]["completion_tokens"] == 14 + 18


def test_no_reasoning_comes_unasked(raw_client: httpx2.Client) -> None:
    answer = post(raw_client, body(reasoning_effort="none")).json()
    assert set(answer["choices"][0]["message"]) == {"role", "content"}
    assert "completion_tokens_details" not in answer["usage"]
