"""TGI's stream of tokens, as Hugging Face's own client reads it."""

import asyncio
from collections.abc import AsyncIterable, Iterable
from typing import Any

import httpx2
import pytest
from huggingface_hub import AsyncInferenceClient, InferenceClient
from huggingface_hub.errors import (
    GenerationError,
    HfHubHTTPError,
    IncompleteGenerationError,
    OverloadedError,
    TextGenerationError,
    ValidationError,
)

from tests.contract.upstream import Upstream

PROMPT = "Once upon a time"
TEXT = f"[simulator] No model was called. You wrote: {PROMPT}"
TOKENS = 16  # at most four characters each
PATHS = (
    "/hf-inference/models/org/text-generation",
    "/models/org/text-generation",
    "/hf-inference/models/org/anything/pipeline/text-generation",
)


def sync_stream(client: InferenceClient, **wish: Any) -> Iterable[Any]:
    untyped: Any = client
    return untyped.text_generation(PROMPT, stream=True, **wish)


async def async_stream(client: AsyncInferenceClient, **wish: Any) -> AsyncIterable[Any]:
    untyped: Any = client
    return await untyped.text_generation(PROMPT, stream=True, **wish)


def at(gateway_url: str, model: str) -> str:
    return f"{gateway_url}/hf-inference/models/{model}/pipeline/text-generation"


def entry_of(raw_client: httpx2.Client, model: str) -> dict[str, Any]:
    entries = raw_client.get("/v1/usage/entries").json()["data"]
    return next(entry for entry in entries if entry["model"] == model)


@pytest.mark.parametrize("path", PATHS)
def test_each_token_comes_with_its_details(gateway_url: str, secret: str, path: str) -> None:
    client = InferenceClient(base_url=gateway_url + path, api_key=secret)

    events = list(sync_stream(client, details=True))

    assert "".join(event.token.text for event in events) == TEXT
    assert [event.index for event in events] == [*range(1, TOKENS + 1)]
    assert {event.generated_text for event in events[:-1]} == {None}
    last = events[-1]
    assert (last.generated_text, last.token.id, last.token.special) == (TEXT, TOKENS, False)
    assert (last.details.finish_reason, last.details.generated_tokens) == ("eos_token", TOKENS)


async def test_each_token_comes_to_the_async_client(gateway_url: str, secret: str) -> None:
    url = gateway_url + PATHS[0]
    async with AsyncInferenceClient(base_url=url, api_key=secret) as client:
        wish = {"details": True, "max_new_tokens": 3}
        events = [event async for event in await async_stream(client, **wish)]
        texts = [text async for text in await async_stream(client)]

    assert [event.token.text for event in events] == ["[sim", "ulat", "or]"]
    assert events[-1].details.finish_reason == "length"
    assert "".join(texts) == TEXT


def test_details_that_nobody_asked_for_do_not_come(
    gateway_url: str, secret: str, raw_client: httpx2.Client
) -> None:
    body = {"inputs": PROMPT, "stream": True, "parameters": {"max_new_tokens": 2}}

    answer = raw_client.post(PATHS[0], json=body)

    assert answer.headers["content-type"].startswith("text/event-stream")
    last, trailer = answer.text.split("\n\n")[-3:-1]
    assert ('"generated_text":"[simulat"' in last, '"details":null' in last) == (True, True)
    assert trailer.startswith(": meterhouse ")
    assert "[DONE]" not in answer.text
    del gateway_url, secret


def test_an_entry_has_the_usage_of_its_stream(
    gateway_url: str, secret: str, raw_client: httpx2.Client
) -> None:
    for model, basis in (("org/one", "reported"), ("sim/no-usage", "counted")):
        client = InferenceClient(base_url=at(gateway_url, model), api_key=secret)
        assert "".join(sync_stream(client)) == TEXT

        entry = entry_of(raw_client, model)
        assert (entry["units_in"], entry["units_out"], entry["basis"]) == (4, TOKENS, basis)
        assert (entry["task"], entry["stream"], entry["status"]) == ("text-generation", True, "ok")


def test_an_upstream_that_does_not_stream_is_one_token(gateway_url: str, secret: str) -> None:
    client = InferenceClient(base_url=at(gateway_url, "sim/json-answer"), api_key=secret)

    (event,) = sync_stream(client, details=True)

    assert (event.token.text, event.generated_text) == (TEXT, TEXT)
    assert event.details.generated_tokens == TOKENS


BREAKS: list[tuple[str, type[TextGenerationError], str]] = [
    ("cut-4", IncompleteGenerationError, "cut its answer short"),
    ("end-4", IncompleteGenerationError, "ended its stream before a finish reason"),
    ("no-finish", IncompleteGenerationError, "ended its stream before a finish reason"),
    ("error-event-4", GenerationError, "Simulated error in the middle"),
    ("error-event-text-4", GenerationError, "Simulated error in the middle"),
]


@pytest.mark.parametrize(("fault", "kind", "words"), BREAKS, ids=[one[0] for one in BREAKS])
def test_a_stream_that_breaks_raises_what_tgi_s_would(
    gateway_url: str, secret: str, *, fault: str, kind: type[TextGenerationError], words: str
) -> None:
    client = InferenceClient(base_url=at(gateway_url, f"sim/{fault}"), api_key=secret)

    tokens: list[str] = []
    with pytest.raises(kind, match=words):
        tokens.extend(sync_stream(client))

    assert "".join(tokens) == (TEXT if fault == "no-finish" else "[simulator] No")


@pytest.mark.parametrize("fault", ["cut-0", "end-0", "error-event-0", "garbage", "status-500"])
def test_what_breaks_before_the_first_token_is_an_ordinary_error(
    gateway_url: str, secret: str, raw_client: httpx2.Client, fault: str
) -> None:
    model = f"sim/{fault}"
    client = InferenceClient(base_url=at(gateway_url, model), api_key=secret)

    with pytest.raises((TextGenerationError, HfHubHTTPError)):
        list(sync_stream(client))

    body = {"inputs": PROMPT, "stream": True}
    answer = raw_client.post(at("", model), json=body)
    assert answer.status_code == 502
    assert isinstance(answer.json()["error"], str)
    assert entry_of(raw_client, model)["status"] == "error"


@pytest.mark.parametrize(
    ("status", "kind"), [(422, ValidationError), (429, OverloadedError), (503, OverloadedError)]
)
async def test_a_refusal_is_of_its_kind(
    gateway_url: str, secret: str, status: int, kind: type[TextGenerationError]
) -> None:
    url = at(gateway_url, f"sim/status-{status}")
    async with AsyncInferenceClient(base_url=url, api_key=secret) as client:
        with pytest.raises(kind, match=f"Simulated status {status}"):
            await async_stream(client)


async def test_a_client_that_leaves_pays_for_what_it_has_seen(
    gateway_url: str, secret: str, raw_client: httpx2.Client, upstream: Upstream
) -> None:
    model = "sim/chunk-delay-250"
    async with AsyncInferenceClient(base_url=at(gateway_url, model), api_key=secret) as client:
        async for _ in await async_stream(client):
            break

    await asyncio.to_thread(upstream.wait_for_outcome, model, "left")
    entry = entry_of(raw_client, model)
    assert (entry["status"], entry["basis"]) == ("cancelled", "estimated")
    assert entry["units_in"] == len(PROMPT)  # at most: a token for each byte
    assert 1 <= entry["units_out"] <= TOKENS // 2


def test_other_tasks_have_no_stream(raw_client: httpx2.Client) -> None:
    body = {"inputs": "A [MASK]", "stream": True}

    answer = raw_client.post("/hf-inference/models/org/fill-mask", json=body)

    assert answer.status_code == 400
    assert "`stream`" in answer.json()["error"]
