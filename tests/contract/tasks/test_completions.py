"""Completions of a text at the URL of a model, as OpenAI's client and Hugging Face's ask."""

import httpx2
import pytest
from openai import APIError, AsyncOpenAI, BadRequestError, OpenAI

PROMPT = "Once upon a time"
TEXT = f"[simulator] No model was called. You wrote: {PROMPT}"
TOKENS = 16
MODEL = "org/text-generation"


def at(gateway_url: str, model: str = MODEL) -> str:
    return f"{gateway_url}/hf-inference/models/{model}/v1"


def test_a_whole_text(gateway_url: str, secret: str) -> None:
    client = OpenAI(base_url=at(gateway_url), api_key=secret)

    answer = client.completions.create(model="dummy", prompt=PROMPT)
    cut = client.completions.create(model="dummy", prompt=PROMPT, max_tokens=3, echo=True)

    assert (answer.object, answer.model, answer.choices[0].text) == ("text_completion", MODEL, TEXT)
    assert answer.usage is not None
    assert (answer.usage.prompt_tokens, answer.usage.completion_tokens) == (4, TOKENS)
    assert answer.choices[0].finish_reason == "stop"
    assert (cut.choices[0].text, cut.choices[0].finish_reason) == (f"{PROMPT}[simulator]", "length")


def test_a_text_in_pieces(gateway_url: str, secret: str) -> None:
    client = OpenAI(base_url=at(gateway_url), api_key=secret)

    chunks = list(
        client.completions.create(
            model="dummy",
            prompt=[PROMPT],
            stream=True,
            stream_options={"include_usage": True},
        )
    )

    *pieces, usage = chunks
    assert "".join(piece.choices[0].text for piece in pieces) == TEXT
    assert [piece.choices[0].finish_reason for piece in pieces] == [*[None] * (TOKENS - 1), "stop"]
    assert usage.choices == []
    assert usage.usage is not None
    assert (usage.usage.prompt_tokens, usage.usage.completion_tokens) == (4, TOKENS)
    assert len({piece.id for piece in chunks}) == 1


async def test_a_text_in_pieces_for_the_async_client(gateway_url: str, secret: str) -> None:
    async with AsyncOpenAI(base_url=at(gateway_url), api_key=secret) as client:
        stream = await client.completions.create(
            model="dummy", prompt=PROMPT, stream=True, max_tokens=2
        )
        pieces = [piece async for piece in stream]

    assert [piece.choices[0].text for piece in pieces] == ["[sim", "ulat"]
    assert pieces[-1].choices[0].finish_reason == "length"


def test_the_body_names_another_model(raw_client: httpx2.Client) -> None:
    body = {"prompt": PROMPT, "model": "org/text-generation-2"}

    answer = raw_client.post(f"/hf-inference/models/{MODEL}/v1/completions", json=body)

    assert answer.json()["model"] == "org/text-generation-2"
    entry = raw_client.get("/v1/usage/entries").json()["data"][0]
    assert (entry["model"], entry["task"]) == ("org/text-generation-2", "text-generation")


def test_what_the_javascript_client_sends_is_understood(raw_client: httpx2.Client) -> None:
    path = f"/hf-inference/models/{MODEL}/v1/completions"
    body = {
        "model": f"http://gateway{path}",  # the client's own `endpointUrl`
        "prompt": PROMPT,
        "max_tokens": 2,
        "top_k": 5,
        "repetition_penalty": 1.1,
        "temperature": 0,
        "stop": "x",
        "user": "ana",
    }

    answer = raw_client.post(path, json=body)

    assert answer.json()["choices"][0]["text"] == "[simulat"
    assert raw_client.get("/v1/usage/entries").json()["data"][0]["end_user"] == "ana"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("logit_bias", {"1": 1}),
        ("suffix", "x"),
        ("n", 2),
        ("prompt", ["a", "b"]),
        ("prompt", ""),
        ("max_tokens", 0),
        ("top_k", "many"),
        ("stop", 3),
        ("temperature", -1),
    ],
)
def test_what_makes_no_sense_is_refused_by_its_name(
    raw_client: httpx2.Client, field: str, value: object
) -> None:
    body = {"prompt": PROMPT, field: value}

    answer = raw_client.post(f"/hf-inference/models/{MODEL}/v1/completions", json=body)

    assert answer.status_code == 400
    assert f"`{field}" in answer.json()["error"]


def test_a_model_of_another_task_is_refused(gateway_url: str, secret: str) -> None:
    client = OpenAI(base_url=at(gateway_url, "org/fill-mask"), api_key=secret, max_retries=0)

    with pytest.raises(BadRequestError):
        client.completions.create(model="dummy", prompt=PROMPT)


def test_a_stream_that_breaks_says_so(gateway_url: str, secret: str) -> None:
    client = OpenAI(base_url=at(gateway_url, "sim/cut-4"), api_key=secret, max_retries=0)

    text = ""
    with pytest.raises(APIError, match="cut its answer short"):  # noqa: PT012 - on its way
        for piece in client.completions.create(model="dummy", prompt=PROMPT, stream=True):
            text += piece.choices[0].text
    assert text == "[simulator] No"
