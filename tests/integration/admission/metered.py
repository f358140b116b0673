"""A gateway with prices, in front of an upstream that says what it used when it is told to."""

import asyncio
import json
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx2

from app.core.config import Settings
from app.core.gateway_file import GatewayConfig
from app.db import schema
from app.main import create_app
from tests.conftest import ADMIN_KEY
from tests.support.raw_upstream import RawConnection, raw_upstream
from tests.support.servers import running

PATH = "/v1/chat/completions"
PRICES = [{"model": "m", "input": 1.0, "cached_input": 0.1, "output": 15.0}]  # dollars a million
USAGE = {"prompt_tokens": 10, "completion_tokens": 20, "total_tokens": 30}


def chat(**fields: Any) -> dict[str, Any]:
    """Return the body of a call."""
    return {"model": "up/m", "messages": [{"role": "user", "content": "Hello"}], **fields}


@dataclass(slots=True)
class Upstream:
    """Answers each call with what it is set to, but not before the gate is open."""

    usage: dict[str, Any] | None = field(default_factory=lambda: dict(USAGE))
    text: str = "Hi"
    pieces: Sequence[str] = ("Hi", " there")
    script: Callable[[RawConnection], Awaitable[None]] | None = None  # in place of all these
    bodies: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    raw: list[bytes] = field(default_factory=list[bytes])  # the same, as bytes
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    came: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(0))

    async def serve(self, connection: RawConnection) -> None:
        while True:
            request = await connection.read_request()
            if request.lines[0].startswith("GET"):
                await connection.answer(b'{"data": []}')
                continue
            body = json.loads(request.body)
            self.bodies.append(body)
            self.raw.append(request.body)
            self.came.release()
            await self.gate.wait()
            if self.script is not None:
                await self.script(connection)
            else:
                await (self._stream(connection) if body.get("stream") else self._answer(connection))

    async def _answer(self, connection: RawConnection) -> None:
        message = {"role": "assistant", "content": self.text}
        answer: dict[str, Any] = {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": 1,
            "model": "m",
            "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
        }
        if self.usage is not None:
            answer["usage"] = self.usage
        await connection.answer(json.dumps(answer).encode(), b"Content-Type: application/json")

    async def _stream(self, connection: RawConnection) -> None:
        await connection.start_stream()
        for piece in self.pieces:
            await connection.send_chunk(event_of([choice_of({"content": piece})]))
        await connection.send_chunk(event_of([choice_of({}, "stop")]))
        if self.usage is not None:
            await connection.send_chunk(event_of([], usage=self.usage))
        await connection.send_chunk(b"data: [DONE]\n\n")
        await connection.send_chunk(b"")


def refusing(status: bytes, head: bytes = b"") -> Callable[[RawConnection], Awaitable[None]]:
    """Return a script that answers with a status line, some head lines, and a page."""

    async def refuse(connection: RawConnection) -> None:
        line = b"HTTP/1.1 %b\r\n%bContent-Length: 6\r\n\r\n" % (status, head)
        await connection.send(line + b"<html>")

    return refuse


def choice_of(delta: dict[str, Any], finish_reason: str | None = None) -> dict[str, Any]:
    """Return one choice of a chunk."""
    return {"index": 0, "delta": delta, "finish_reason": finish_reason}


def event_of(choices: list[dict[str, Any]], **fields: Any) -> bytes:
    """Return one event of a stream."""
    chunk = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m"}
    return b"data: " + json.dumps({**chunk, "choices": choices, **fields}).encode() + b"\n\n"


@dataclass(frozen=True, slots=True)
class Metered:
    """A gateway and what stands behind it."""

    client: httpx2.AsyncClient
    upstream: Upstream

    async def call(self, **fields: Any) -> httpx2.Response:
        return await self.client.post(PATH, json=chat(**fields))

    async def set_budget(self, **fields: Any) -> str:
        usual = {"scope": "instance", "cap_usd": 50, "period": "month"}
        return await self._create("/v1/budgets", usual | fields)

    async def set_limit(self, **fields: Any) -> str:
        return await self._create("/v1/limits", {"scope": "instance", **fields})

    async def _create(self, path: str, body: dict[str, Any]) -> str:
        answer = await self.client.post(path, json=body)
        assert answer.status_code == 201, answer.text
        created: str = answer.json()["id"]
        return created

    async def budget(self, budget_id: str) -> dict[str, Any]:
        answer = await self.client.get(f"/v1/budgets/{budget_id}")
        found: dict[str, Any] = answer.json()
        return found

    async def entries(self) -> list[dict[str, Any]]:
        """Return the ledger's entries, newest first."""
        answer = await self.client.get("/v1/usage/entries")
        found: list[dict[str, Any]] = answer.json()["data"]
        return found

    async def events(self, budget_id: str) -> list[dict[str, Any]]:
        """Return what was told of a budget by all calls that have ended."""
        await self.entries()  # waits until theirs are written
        answer = await self.client.get(f"/v1/budgets/{budget_id}/events")
        found: list[dict[str, Any]] = answer.json()["data"]
        return found


@asynccontextmanager
async def metered(settings: Settings, **config: Any) -> AsyncGenerator[Metered]:
    """Serve a gateway with prices; its upstream's gate is open."""
    schema.upgrade(settings.data_dir)
    upstream = Upstream()
    upstream.gate.set()
    async with raw_upstream(upstream.serve) as raw:
        up = {"kind": "openai", "base_url": f"{raw.url}/v1", **config.pop("up", {})}
        gateway = GatewayConfig.model_validate(
            {"upstreams": {"up": up}, "prices": PRICES, **config}
        )
        headers = {"authorization": f"Bearer {ADMIN_KEY}"}
        with running(create_app(settings, gateway)) as url:
            limits = httpx2.Limits(max_connections=None)
            async with httpx2.AsyncClient(
                base_url=url, headers=headers, limits=limits, timeout=20
            ) as client:
                yield Metered(client, upstream)
