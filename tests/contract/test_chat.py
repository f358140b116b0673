"""Whole answers reach every client."""

from typing import Any

import httpx2
import pytest
from huggingface_hub import AsyncInferenceClient, ChatCompletionOutput, InferenceClient
from openai import AsyncOpenAI, OpenAI
from openai.types.chat import ChatCompletion, ChatCompletionMessageParam

from tests.contract.upstream import ECHO, HELLO, Upstream
from tests.support.hugging_face import async_chat, chat

IMAGE: list[ChatCompletionMessageParam] = [
    {
        "role": "user",
        "content": [
            {"type": "text", "text": "What is this?"},
            {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}},
        ],
    }
]
IMAGE_ECHO = "[simulator] No model was called. You wrote: What is this? (and sent 1 image)"


def assert_is_the_answer(answer: ChatCompletion | ChatCompletionOutput) -> None:
    choice = answer.choices[0]
    assert (choice.index, choice.finish_reason) == (0, "stop")
    assert (choice.message.role, choice.message.content) == ("assistant", ECHO)
    assert answer.system_fingerprint == "meterhouse-simulator"
    assert answer.usage is not None
    assert (answer.usage.prompt_tokens, answer.usage.completion_tokens) == (3, 14)


@pytest.mark.parametrize("model", ["org/model", "org/model:groq", "local/org/model", "small"])
def test_openai(openai_client: OpenAI, model: str) -> None:
    assert_is_the_answer(openai_client.chat.completions.create(model=model, messages=HELLO))


async def test_async_openai(async_openai_client: AsyncOpenAI) -> None:
    assert_is_the_answer(
        await async_openai_client.chat.completions.create(model="org/model", messages=HELLO)
    )


@pytest.mark.parametrize("path", ["", "/", "/v1", "/v1/"])
def test_hugging_face_by_any_base_url(gateway_url: str, secret: str, path: str) -> None:
    client = InferenceClient(base_url=gateway_url + path, api_key=secret)
    assert_is_the_answer(chat(client, model="org/model"))


async def test_async_hugging_face(async_hf_client: AsyncInferenceClient) -> None:
    assert_is_the_answer(await async_chat(async_hf_client, model="org/model"))


def test_hugging_face_through_its_openai_names(hf_client: InferenceClient) -> None:
    untyped: Any = hf_client
    create = untyped.chat.completions.create
    assert_is_the_answer(create(messages=HELLO, model="org/model"))


def test_the_request_id_is_ours(openai_client: OpenAI) -> None:
    answer: Any = openai_client.chat.completions.create(model="m", messages=HELLO)
    assert answer._request_id.startswith("req_")


def test_no_model_means_the_default(hf_client: InferenceClient, upstream: Upstream) -> None:
    assert_is_the_answer(chat(hf_client))
    assert upstream.last_call("openai/gpt-oss-20b")["status"] == 200


def test_a_url_as_the_model_means_the_default(openai_client: OpenAI, gateway_url: str) -> None:
    # Hugging Face's JavaScript client sends the gateway's own address where no model is named.
    answer = openai_client.chat.completions.create(model=f"{gateway_url}/v1", messages=HELLO)
    assert answer.model == "openai/gpt-oss-20b"


def test_several_choices(openai_client: OpenAI, hf_client: InferenceClient) -> None:
    answer = openai_client.chat.completions.create(model="m", messages=HELLO, n=2)
    texts = [choice.message.content for choice in answer.choices]
    assert texts == [ECHO, f"{ECHO} (choice 2)"]
    theirs = chat(hf_client, model="m", n=2)
    assert [choice.message.content for choice in theirs.choices] == texts


def test_limits_and_stops(openai_client: OpenAI) -> None:
    create = openai_client.chat.completions.create
    by_limit = create(model="m", messages=HELLO, max_tokens=4)
    assert by_limit.choices[0].finish_reason == "length"
    by_new_limit = create(model="m", messages=HELLO, max_completion_tokens=4)
    by_stop = create(model="m", messages=HELLO, stop=[" model"])
    for answer in (by_limit, by_new_limit, by_stop):
        assert answer.choices[0].message.content == "[simulator] No"


def test_images_with_openai(openai_client: OpenAI) -> None:
    answer = openai_client.chat.completions.create(model="m", messages=IMAGE)
    assert answer.choices[0].message.content == IMAGE_ECHO


def test_images_with_hugging_face(hf_client: InferenceClient) -> None:
    assert chat(hf_client, messages=IMAGE).choices[0].message.content == IMAGE_ECHO


def test_reasoning_in_both_spellings(openai_client: OpenAI, hf_client: InferenceClient) -> None:
    thought = "[simulator] No model was called, so nobody thought about this."
    mine = openai_client.chat.completions.create(model="sim/reasoning-content", messages=HELLO)
    assert (mine.choices[0].message.model_extra or {})["reasoning_content"] == thought
    theirs = chat(hf_client, model="simulator/reasoner")
    assert theirs.choices[0].message.reasoning == thought
    asked = openai_client.chat.completions.create(model="m", messages=HELLO, reasoning_effort="low")
    assert asked.usage is not None
    assert asked.usage.completion_tokens_details is not None
    assert asked.usage.completion_tokens_details.reasoning_tokens == 18


def test_unknown_fields_are_passed_on(
    openai_client: OpenAI, hf_client: InferenceClient, upstream: Upstream
) -> None:
    extra = {"top_k": 7, "a_field_of_tomorrow": {"deep": [1, None]}}
    openai_client.chat.completions.create(model="u/one", messages=HELLO, extra_body=extra)
    chat(hf_client, model="u/two", extra_body=extra)
    for model in ("u/one", "u/two"):
        assert {"top_k", "a_field_of_tomorrow"} <= {*upstream.last_call(model)["fields"]}


def test_the_upstream_sees_the_operator_s_credential_and_no_other(
    raw_client: httpx2.Client, upstream: Upstream
) -> None:
    headers = {"x-hf-bill-to": "the-callers-choice"}
    fields = {"messages": HELLO}
    for model in ("who/hub", "local/who/local"):
        raw_client.post(
            "/v1/chat/completions", json={"model": model, **fields}, headers=headers
        ).raise_for_status()
    hub, local = upstream.last_call("who/hub"), upstream.last_call("who/local")
    assert (hub["authorization"], hub["bill_to"]) == ("hugging_face", "acme")
    assert (local["authorization"], local["bill_to"]) == ("other", None)


def test_a_client_that_retries_gets_its_answer(gateway_url: str, secret: str) -> None:
    with OpenAI(base_url=f"{gateway_url}/v1", api_key=secret, max_retries=2) as client:
        assert_is_the_answer(
            client.chat.completions.create(model="sim/overloaded+times-1", messages=HELLO)
        )
