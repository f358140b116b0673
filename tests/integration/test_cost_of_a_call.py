"""What a call costs does not creep up: the functions that are called for it are counted.

Time says little on a machine that others use, and a count is the same wherever it is made. With all
that belongs to it, each takes about half a microsecond.
"""

import asyncio
import json
import sys
from collections.abc import Generator
from types import FrameType
from typing import Any, Final, Self

import pytest
import uvloop
from fastapi import FastAPI

from app.core.config import Settings
from app.core.gateway_file import GatewayConfig
from app.main import create_app
from tests.conftest import ADMIN_KEY
from tests.support.servers import running

# What was counted when this was last made cheaper, with everything on. A change that needs more
# than a quarter above it belongs into docs/performance.md, with what it is good for.
WHOLE: Final = 770
A_CHUNK: Final = 90
CHUNKS: Final = 40

CALL: Final = {"model": "m", "messages": [{"role": "user", "content": "Say hello in five words."}]}
USAGE: Final = {"prompt_tokens": 9, "completion_tokens": 5, "total_tokens": 14}
ANSWER: Final = {
    "id": "1",
    "object": "chat.completion",
    "created": 1,
    "model": "m",
    "choices": [
        {"index": 0, "message": {"role": "assistant", "content": "Hi"}, "finish_reason": "stop"}
    ],
    "usage": USAGE,
}
SCOPES: Final = ("instance", "team", "user", "key")


def chunk(finish: str | None = None, **more: Any) -> bytes:
    choice = {"index": 0, "delta": {"content": "Hi"}, "finish_reason": finish}
    data = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m"}
    return f"data: {json.dumps({**data, 'choices': [choice], **more})}\n\n".encode()


async def upstream(scope: Any, receive: Any, send: Any) -> None:
    """Answer whole, or in pieces that come one by one."""
    if scope["type"] != "http":
        return
    body = (await receive())["body"]
    kind = b"text/event-stream" if b'"stream":' in body else b"application/json"
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", kind)]})
    if kind == b"application/json":
        await send({"type": "http.response.body", "body": json.dumps(ANSWER).encode()})
        return
    for _ in range(CHUNKS):
        await send({"type": "http.response.body", "body": chunk(), "more_body": True})
        await asyncio.sleep(0.002)  # so that each is read by itself
    end = chunk("stop") + chunk(choices=[], usage=USAGE) + b"data: [DONE]\n\n"
    await send({"type": "http.response.body", "body": end})


@pytest.fixture(scope="module")
def upstream_url() -> Generator[str]:
    with running(upstream, lifespan="off") as url:
        yield url


@pytest.fixture
def app(settings: Settings, data_dir: Any, upstream_url: str) -> FastAPI:
    assert data_dir == settings.data_dir
    gateway = {
        "upstreams": {"up": {"kind": "openai", "base_url": f"{upstream_url}/v1"}},
        "prices": [{"model": "m", "input": 1, "output": 2}],
    }
    return create_app(settings, GatewayConfig.model_validate(gateway))


async def ask(app: FastAPI, state: Any, to: tuple[str, str], body: Any) -> bytes:
    """Send a request as a server would, without one: to a path, with a secret."""
    (path, secret), data = to, json.dumps(body).encode()
    came, is_over = list[bytes](), asyncio.Event()
    received = iter([{"type": "http.request", "body": data, "more_body": False}])

    async def receive() -> Any:
        for message in received:
            return message
        await is_over.wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        assert message.get("status", 200) < 300, body
        came.append(message.get("body", b""))

    headers = [(b"host", b"here"), (b"authorization", b"Bearer " + secret.encode())]
    headers += [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(data))]
    scope = {"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST"}
    scope |= {"scheme": "http", "path": path, "raw_path": path.encode(), "query_string": b""}
    scope |= {"root_path": "", "headers": headers, "client": ("10.1.1.1", 1), "server": ("a", 1)}
    await app({**scope, "state": dict(state)}, receive, send)
    return b"".join(came)


async def set_up(app: FastAPI, state: Any) -> str:
    """Make a key with limits and hard budgets on everything it belongs to; return its secret."""

    async def post(path: str, body: Any) -> Any:
        return json.loads(await ask(app, state, (path, ADMIN_KEY), body))

    user = await post("/v1/users", {"name": "Ben", "email": "ben@example.com"})
    team = await post("/v1/teams", {"name": "b"})
    await post(f"/v1/teams/{team['id']}/members", {"user_id": user["id"]})
    key = await post("/v1/keys", {"name": "b", "team_id": team["id"], "user_id": user["id"]})
    for scope, one in zip(SCOPES, (None, team["id"], user["id"], key["id"]), strict=True):
        bound = {"scope": scope, "scope_id": one}
        await post("/v1/limits", {**bound, "requests_per_minute": 10**7, "parallel_calls": 99})
        budget = {"cap_usd": 1000, "period": "month", "mode": "hard"}
        await post("/v1/budgets", {**bound, **budget})
    secret: str = key["secret"]
    return secret


class Counter:
    """Counts the functions, Python's and C's, that this thread calls."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self, frame: FrameType, event: str, argument: object) -> None:
        del frame, argument
        if event.endswith("call"):
            self.calls += 1

    def __enter__(self) -> Self:
        sys.setprofile(self)
        return self

    def __exit__(self, *args: object) -> None:
        sys.setprofile(None)


async def calls_of_one(app: FastAPI, *, times: int, **more: Any) -> float:
    """Return how many functions are called for one call, of several, once everything is warm.

    The least of five rounds: what runs in the background each second is in some of them only.
    """
    async with app.router.lifespan_context(app) as state:
        to, body = ("/v1/chat/completions", await set_up(app, state)), {**CALL, **more}
        for _ in range(5):
            assert b'"Hi"' in await ask(app, state, to, body)
        counted = [await count(app, state, to, body, times=times) for _ in range(5)]
    return min(counted) / times


async def count(app: FastAPI, state: Any, to: tuple[str, str], body: Any, *, times: int) -> int:
    """Return how many functions are called for some calls."""
    with Counter() as counter:
        for _ in range(times):
            await ask(app, state, to, body)
    return counter.calls


def test_a_whole_answer_takes_no_more_than_it_did(app: FastAPI) -> None:
    calls = uvloop.run(calls_of_one(app, times=20))

    assert WHOLE / 2 < calls < WHOLE * 1.25


def test_a_piece_of_a_stream_takes_no_more_than_it_did(app: FastAPI) -> None:
    calls = uvloop.run(calls_of_one(app, times=2, stream=True))

    assert WHOLE < calls < WHOLE + CHUNKS * A_CHUNK * 1.25  # fewer, where several come at once
