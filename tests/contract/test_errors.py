"""Errors arrive as each client's own exceptions, with words that people can read."""

from collections.abc import Awaitable, Callable, Generator
from itertools import count
from typing import Any, NamedTuple, cast

import httpx2
import openai
import pytest
from huggingface_hub import AsyncInferenceClient, InferenceClient
from huggingface_hub.errors import BadRequestError, HfHubHTTPError
from openai import AsyncOpenAI, OpenAI

from tests.contract.upstream import BUSY, HELLO
from tests.support.hugging_face import async_chat, async_stream, chat, stream as hf_stream


class Refusal(NamedTuple):
    """What an upstream refuses with, and what the caller makes of the gateway's answer."""

    fault: str
    status: int
    kind: type[openai.APIStatusError]
    code: str
    words: str


SECONDS = count(60)
REFUSALS = [
    Refusal(*row)
    for row in (
        ("model-not-supported", 400, openai.BadRequestError, "model_not_supported", "supported"),
        ("bad-input", 400, openai.BadRequestError, "upstream_rejected", "could not be used"),
        ("bad-token", 502, openai.InternalServerError, "upstream_credentials", "credential"),
        ("no-credits", 503, openai.InternalServerError, "upstream_credits", "no credits left"),
        ("no-permission", 502, openai.InternalServerError, "upstream_credentials", "credential"),
        ("not-found", 404, openai.NotFoundError, "upstream_not_found", "Model not found"),
        ("gone", 404, openai.NotFoundError, "upstream_not_found", "no longer supported"),
        ("too-large", 413, openai.APIStatusError, "upstream_too_large", "too large"),
        ("invalid", 422, openai.UnprocessableEntityError, "upstream_unprocessable", "too long"),
        ("detail", 422, openai.UnprocessableEntityError, "upstream_unprocessable", "required"),
        ("generation-failed", 502, openai.InternalServerError, "upstream_error", "failed during"),
        ("overloaded", 429, openai.RateLimitError, "upstream_rate_limited", "overloaded"),
        ("rate-limited", 429, openai.RateLimitError, "upstream_rate_limited", "slow down"),
        ("incomplete", 502, openai.InternalServerError, "upstream_error", "Incomplete"),
        ("loading+estimated-time-60", 503, openai.InternalServerError, "upstream_loading", "loads"),
        ("gateway-timeout", 504, openai.InternalServerError, "upstream_timeout", "HTML page"),
        ("status-418", 400, openai.BadRequestError, "upstream_rejected", "status 418."),
        ("status-text-500", 502, openai.InternalServerError, "upstream_error", "status 500."),
    )
]


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda refusal: refusal.fault)
@pytest.mark.parametrize("stream", [False, True])
def test_openai_raises_its_own_exception(
    openai_client: OpenAI, refusal: Refusal, *, stream: bool
) -> None:
    with pytest.raises(refusal.kind) as raised:
        openai_client.chat.completions.create(
            model=model_of(refusal), messages=HELLO, stream=stream
        )
    assert_is_openai_s(raised.value, refusal)


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda refusal: refusal.fault)
async def test_async_openai_raises_its_own_exception(
    async_openai_client: AsyncOpenAI, refusal: Refusal
) -> None:
    with pytest.raises(refusal.kind) as raised:
        await async_openai_client.chat.completions.create(
            model=model_of(refusal), messages=HELLO, stream=True
        )
    assert_is_openai_s(raised.value, refusal)


def model_of(refusal: Refusal) -> str:
    """Return a model that fails so, and that nobody has asked yet: one that loads is left alone."""
    return f"sim/{refusal.fault}".replace("time-60", f"time-{next(SECONDS)}")


def assert_is_openai_s(error: openai.APIStatusError, refusal: Refusal) -> None:
    assert error.status_code == refusal.status
    assert error.code == refusal.code
    assert refusal.words in error.message
    assert (error.request_id or "").startswith("req_")
    assert int(error.response.headers["content-length"]) > 0


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda refusal: refusal.fault)
@pytest.mark.parametrize("ask", [chat, hf_stream])
def test_hugging_face_raises_with_a_readable_message(
    hf_client: InferenceClient, ask: Callable[..., object], refusal: Refusal
) -> None:
    with pytest.raises(HfHubHTTPError) as raised:
        drain(ask(hf_client, model=model_of(refusal)))
    assert_is_hugging_face_s(raised.value, refusal)


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda refusal: refusal.fault)
@pytest.mark.parametrize("ask", [async_chat, async_stream])
async def test_async_hugging_face_raises_with_a_readable_message(
    async_hf_client: AsyncInferenceClient,
    ask: Callable[..., Awaitable[object]],
    refusal: Refusal,
) -> None:
    with pytest.raises(HfHubHTTPError) as raised:
        await ask(async_hf_client, model=model_of(refusal))
    assert_is_hugging_face_s(raised.value, refusal)


def drain(answer: object) -> None:
    if isinstance(answer, Generator):
        list(cast("Generator[object]", answer))


def assert_is_hugging_face_s(error: HfHubHTTPError, refusal: Refusal) -> None:
    assert error.response.status_code == refusal.status
    assert (type(error) is BadRequestError) is (refusal.status == 400)
    assert refusal.words in first_line(error)
    assert "{" not in first_line(error)
    assert (error.request_id or "").startswith("req_")


def first_line(error: HfHubHTTPError) -> str:
    """Return what `X-Error-Message` says; below it the client prints the body's error object."""
    return (error.server_message or "").partition("\n")[0]


def test_a_whole_answer_that_is_cut_is_an_error(
    openai_client: OpenAI, hf_client: InferenceClient
) -> None:
    with pytest.raises(openai.InternalServerError, match="cut its answer short") as raised:
        openai_client.chat.completions.create(model="sim/cut-0", messages=HELLO)
    assert (raised.value.status_code, raised.value.code) == (502, "upstream_truncated")
    with pytest.raises(HfHubHTTPError) as theirs:
        chat(hf_client, model="sim/cut-0")
    assert first_line(theirs.value) == "The upstream 'hub' cut its answer short."


def test_when_to_come_back_is_passed_on(raw_client: httpx2.Client) -> None:
    body = {"model": BUSY, "messages": HELLO}  # it says 77 seconds, too long to wait here
    assert raw_client.post("/v1/chat/completions", json=body).headers["retry-after"] == "77"


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("mh_not_a_key", "key"),
        ("hf_a_token", "That is a Hugging Face key. Use a Meterhouse key (mh_...)."),
        ("sk-a-key", "That is an OpenAI key. Use a Meterhouse key (mh_...)."),
    ],
)
def test_a_wrong_key_is_refused_in_words(gateway_url: str, key: str, words: str) -> None:
    with (
        OpenAI(base_url=f"{gateway_url}/v1", api_key=key) as client,
        pytest.raises(openai.AuthenticationError) as raised,
    ):
        client.chat.completions.create(model="m", messages=HELLO)
    assert words in raised.value.message
    assert key not in raised.value.message
    with pytest.raises(HfHubHTTPError) as theirs:
        chat(InferenceClient(base_url=gateway_url, api_key=key), model="m")
    assert theirs.value.response.status_code == 401
    assert words in (theirs.value.server_message or "")


async def test_a_wrong_key_is_refused_to_async_streams(gateway_url: str) -> None:
    async with AsyncInferenceClient(base_url=gateway_url, api_key="mh_x") as client:
        with pytest.raises(HfHubHTTPError) as raised:
            await async_stream(client, model="m")
    assert raised.value.server_message


MALFORMED: list[tuple[dict[str, Any], str]] = [
    ({"messages": []}, "messages"),
    ({"messages": HELLO, "n": 0}, "n"),
    ({"messages": "Hello"}, "messages"),
    ({"messages": [{}]}, "messages.0.role"),
]


@pytest.mark.parametrize(("fields", "param"), MALFORMED)
def test_a_malformed_request_is_a_bad_request(
    openai_client: OpenAI, hf_client: InferenceClient, fields: dict[str, Any], param: str
) -> None:
    untyped: Any = openai_client
    with pytest.raises(openai.BadRequestError) as raised:
        untyped.chat.completions.create(model="m", **fields)
    assert raised.value.param == param
    with pytest.raises(BadRequestError) as theirs:
        chat(hf_client, model="m", **fields)
    assert raised.value.message.endswith(first_line(theirs.value))


def test_an_unknown_path_is_not_found(openai_client: OpenAI) -> None:
    with pytest.raises(openai.NotFoundError, match="There is no `POST /v1/embeddings` here"):
        openai_client.embeddings.create(model="m", input="x")
