"""Requests that several tests send, and what they read out of streams."""

import json
from typing import Any

import httpx2
from openai.types.chat import ChatCompletionMessageParam

Json = dict[str, Any]

HELLO: list[ChatCompletionMessageParam] = [{"role": "user", "content": "Hello"}]
ECHO = "[simulator] No model was called. You wrote: Hello"


def body(model: str = "org/model", **fields: Any) -> Json:
    return {"model": model, "messages": HELLO, **fields}


def post(client: httpx2.Client, fields: Json, **headers: str) -> httpx2.Response:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.post("/v1/chat/completions", json=fields, headers=names)


def events(answer: httpx2.Response) -> list[str]:
    """Return the data of each event of a stream."""
    blocks = answer.text.split("\n\n")[:-1]
    assert all(block.startswith("data:") for block in blocks)
    return [block.removeprefix("data:").removeprefix(" ") for block in blocks]


def chunks(answer: httpx2.Response) -> list[Json]:
    """Return the chunks of a stream that ends as it should."""
    *data, done = events(answer)
    assert done == "[DONE]"
    return [json.loads(one) for one in data]


def text_of(some: list[Json], index: int = 0) -> str:
    """Join the content of one choice."""
    found = [choice for chunk in some for choice in chunk["choices"] if choice["index"] == index]
    return "".join(choice["delta"].get("content") or "" for choice in found)


def last_call(client: httpx2.Client, model: str) -> Json:
    """Return how the simulator saw the last call of a model."""
    calls = client.get("/simulator/calls").json()["data"]
    return next(call for call in reversed(calls) if call["model"] == model)
