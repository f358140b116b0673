"""What the tests of providers share: configurations, requests, and answers of a raw upstream."""

import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from pydantic import SecretStr

from app.core.clock import SystemClock
from app.core.gateway_file import UpstreamConfig
from app.core.gateway_models import TimeoutConfig
from app.services.providers.http_client import open_client
from app.services.providers.huggingface.service import HFService
from app.services.providers.openai_compatible.service import OpenaiCompatibleService
from app.services.providers.provider import ChatRequest
from tests.support.raw_upstream import Handler, RawConnection, RawUpstream, raw_upstream

TOKEN = "hf_the_operators_own_token"
COMPLETION = {
    "id": "chatcmpl-1",
    "object": "chat.completion",
    "created": 1,
    "model": "m",
    "choices": [
        {"index": 0, "message": {"role": "assistant", "content": "Hi"}, "finish_reason": "stop"}
    ],
    "usage": {"prompt_tokens": 5, "completion_tokens": 1, "total_tokens": 6},
}


def chunk(content: str | None = None, finish: str | None = None, **more: Any) -> bytes:
    delta = {"role": "assistant", "content": content} if content is not None else {}
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    body = {"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": "m"}
    return b"data: %b\n\n" % json.dumps({**body, "choices": [choice], **more}).encode()


USAGE_CHUNK = b"data: %b\n\n" % json.dumps({"choices": [], "usage": COMPLETION["usage"]}).encode()
DONE = b"data: [DONE]\n\n"


def config(url: str, *, kind: str = "openai", **more: Any) -> UpstreamConfig:
    document = {"kind": kind, "base_url": f"{url}/base/v1", "token": SecretStr(TOKEN), **more}
    return UpstreamConfig.model_validate(document)


def quick(**seconds: float) -> TimeoutConfig:
    return TimeoutConfig.model_validate({"total_seconds": 20.0, **seconds})


def request(model: str = "m", timeouts: TimeoutConfig | None = None, **payload: Any) -> ChatRequest:
    body = {"model": "m", "messages": [{"role": "user", "content": "Hello"}], **payload}
    encoded = json.dumps(body).encode()
    return ChatRequest(body, encoded, model, timeouts=timeouts or TimeoutConfig())


@asynccontextmanager
async def openai_upstream(
    handler: Handler, **more: Any
) -> AsyncGenerator[tuple[OpenaiCompatibleService, RawUpstream]]:
    async with raw_upstream(handler) as upstream, open_client() as client:
        settings = config(upstream.url, **more)
        yield OpenaiCompatibleService("up", settings, client, SystemClock()), upstream


@asynccontextmanager
async def hub(handler: Handler, **more: Any) -> AsyncGenerator[HFService]:
    async with raw_upstream(handler) as upstream, open_client() as client:
        settings = config(upstream.url, kind="huggingface", **more)
        yield HFService("hub", settings, client, SystemClock())


async def stream_head(connection: RawConnection) -> None:
    await connection.send(
        b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
        b"X-Inference-Provider: groq\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
