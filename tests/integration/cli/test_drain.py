"""SIGTERM: nothing new, what runs may end, and what takes too long ends typed and settled."""

import asyncio
import json
import signal
import sqlite3
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import dataclass, field

import httpx2
import pytest
from openai import APIError, AsyncOpenAI

from app.db.sqlite import FILE_NAME
from tests.integration.providers.upstreams import chunk
from tests.support.commands import Command, Running
from tests.support.raw_upstream import RawConnection, raw_upstream

pytestmark = pytest.mark.timeout(60)

ADMIN_KEY = "an-admin-key-that-only-this-test-knows"
HEADERS = {"authorization": f"Bearer {ADMIN_KEY}"}
BODY = {"model": "m", "messages": [{"role": "user", "content": "Hello"}]}
CHAT = "/v1/chat/completions"
END = (
    b'data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"m",'
    b'"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n'
)


@dataclass
class Slow:
    """An upstream that says one word, and goes on when it may; or nothing at all."""

    asked: asyncio.Event = field(default_factory=asyncio.Event)
    may_end: asyncio.Event = field(default_factory=asyncio.Event)

    async def serve(self, connection: RawConnection) -> None:
        request = await connection.read_request()
        self.asked.set()
        if json.loads(request.body).get("stream"):
            await connection.start_stream()
            await connection.send_chunk(chunk("one"))
        await self.may_end.wait()
        await connection.send_chunk(chunk("two") + END)
        await connection.send_chunk(b"")


@dataclass
class Draining:
    """A server process with a slow upstream, and a client of it."""

    server: Running
    upstream: Slow
    client: httpx2.AsyncClient
    command: Command

    async def signal(self, number: signal.Signals = signal.SIGTERM) -> None:
        """Send a signal, and wait until the process has taken notice of it."""
        self.server.process.send_signal(number)
        with suppress(httpx2.TransportError):  # it has ended by now
            while (await self.client.get("/ready")).status_code == 200:
                pass

    async def refuses_for(self, seconds: float) -> None:
        """See that the port is open and says no, each time on a new connection."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            assert (await self.client.get("/ready")).status_code == 503

    async def exit_status(self) -> int:
        return await asyncio.to_thread(self.server.process.wait, 20)

    def written(self) -> tuple[list[tuple[str, str | None]], int]:
        with closing(sqlite3.connect(self.command.folder / "data" / FILE_NAME)) as connection:
            entries = connection.execute("SELECT status, error_code FROM entries").fetchall()
            [held] = connection.execute("SELECT count(*) FROM holds").fetchone()
        return entries, held


@asynccontextmanager
async def serving(command: Command, drain_seconds: str) -> AsyncGenerator[Draining]:
    upstream = Slow()
    command.variables = {
        "METERHOUSE_ADMIN_KEY": ADMIN_KEY,
        "METERHOUSE_DRAIN_SECONDS": drain_seconds,
    }
    async with raw_upstream(upstream.serve) as raw:
        config = f'[upstreams.up]\nkind = "openai"\nbase_url = "{raw.url}/v1"\nsimulated = true\n'
        (command.folder / "meterhouse.toml").write_text(config, encoding="utf-8")
        with command.running("serve", "--port", "0") as server:
            url = (await asyncio.to_thread(server.wait_for, "Meterhouse")).split()[2]
            async with httpx2.AsyncClient(base_url=url, headers=HEADERS, timeout=20) as client:
                yield Draining(server, upstream, client, command)


async def test_what_runs_ends_whole_and_nothing_new_begins(command: Command) -> None:
    async with serving(command, "30") as it:
        async with it.client.stream("POST", CHAT, json={**BODY, "stream": True}) as answer:
            events = answer.aiter_text()
            text = await anext(events)
            await it.signal()
            await it.refuses_for(0.5)
            ready = await it.client.get("/ready")
            refused = await it.client.post(CHAT, json=BODY)
            managed = await it.client.get("/v1/usage/entries")
            it.upstream.may_end.set()
            text += "".join([piece async for piece in events])
        status = await it.exit_status()
        said = it.server.errors

    assert (ready.status_code, "draining" in ready.text) == (503, True)
    assert (refused.status_code, refused.json()["error"]["code"]) == (503, "not_ready")
    assert int(refused.headers["retry-after"]) > 0
    assert {one.headers["connection"] for one in (ready, refused, managed)} == {"close"}
    assert managed.status_code == 200
    assert '"two"' in text
    assert text.endswith("data: [DONE]\n\n")
    assert (status, "Traceback" in said) == (0, False)
    assert it.written() == ([("ok", None)], 0)


async def test_a_stream_that_takes_too_long_ends_with_an_error_that_clients_raise(
    command: Command,
) -> None:
    async with serving(command, "0.3") as it:
        client = AsyncOpenAI(base_url=f"{it.client.base_url}/v1", api_key=ADMIN_KEY, max_retries=0)
        async with client:
            stream = await client.chat.completions.create(
                model="m", messages=[{"role": "user", "content": "Hello"}], stream=True
            )
            await anext(stream)
            await it.signal()
            with pytest.raises(APIError, match="The gateway is stopping") as raised:
                await anext(stream)
        status = await it.exit_status()
        said = it.server.errors

    assert raised.value.code == "not_ready"
    assert (status, "Traceback" in said) == (0, False)
    assert it.written() == ([("cancelled", None)], 0)


async def test_a_whole_answer_that_takes_too_long_is_refused(command: Command) -> None:
    async with serving(command, "0.3") as it, asyncio.TaskGroup() as tasks:
        asking = tasks.create_task(it.client.post(CHAT, json=BODY))
        await it.upstream.asked.wait()
        await it.signal()
        answer = await asking
        status = await it.exit_status()
        said = it.server.errors

    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "not_ready")
    assert (status, "Traceback" in said) == (0, False)
    assert it.written() == ([("cancelled", None)], 0)


@pytest.mark.parametrize("second", [signal.SIGTERM, signal.SIGINT])
async def test_a_second_signal_ends_it_at_once(command: Command, second: signal.Signals) -> None:
    async with (
        serving(command, "30") as it,
        it.client.stream("POST", CHAT, json={**BODY, "stream": True}) as answer,
    ):
        events = answer.aiter_text()
        await anext(events)
        await it.signal()
        began = time.monotonic()
        it.server.process.send_signal(second)
        rest = "".join([piece async for piece in events])
        status = await it.exit_status()
        seconds = time.monotonic() - began

    assert '"code":"not_ready"' in rest
    assert (status, seconds < 15) == (0, True)  # calls have 30
    assert it.written() == ([("cancelled", None)], 0)
