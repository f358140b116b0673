"""A running server takes other models over, and no call notices."""

import asyncio
import signal
from contextlib import AsyncExitStack
from pathlib import Path

import httpx2
import pytest

from tests.integration.admission.metered import choice_of, event_of
from tests.support.commands import Command, Running
from tests.support.raw_upstream import RawConnection, raw_upstream

KEY = "an-admin-key-that-only-tests-know"
PATIENCE_SECONDS = 20.0
HELLO = {"stream": True, "messages": [{"role": "user", "content": "Hello"}]}

pytestmark = pytest.mark.timeout(60)


class Upstream:
    """Streams one word, and another one once it goes on."""

    def __init__(self) -> None:
        self.goes_on = asyncio.Event()

    async def serve(self, connection: RawConnection) -> None:
        while True:
            request = await connection.read_request()
            if not request.body:
                await connection.answer(b'{"data": []}', b"Content-Type: application/json")
                continue
            await connection.start_stream()
            await connection.send_chunk(event_of([choice_of({"content": "before"})]))
            await self.goes_on.wait()
            await connection.send_chunk(event_of([choice_of({"content": "after"})]))
            await connection.send_chunk(event_of([choice_of({}, "stop")]) + b"data: [DONE]\n\n")
            await connection.send_chunk(b"")


@pytest.fixture
def command(tmp_path: Path) -> Command:
    (tmp_path / "home").mkdir()
    command = Command(tmp_path)
    command.variables["METERHOUSE_ADMIN_KEY"] = KEY
    return command


@pytest.mark.parametrize("is_asked", [False, True])
async def test_a_stream_goes_on_while_its_model_goes_away(
    command: Command, *, is_asked: bool
) -> None:
    upstream = Upstream()
    async with AsyncExitStack() as stack:
        place = await stack.enter_async_context(raw_upstream(upstream.serve))
        write(command.folder, place.url, "first")
        server = stack.enter_context(command.running("serve", "--port", "0"))
        client = await stack.enter_async_context(await client_of(server))
        answer = await stack.enter_async_context(
            client.stream("POST", "/v1/chat/completions", json={"model": "first", **HELLO})
        )
        lines = answer.aiter_lines()
        assert "before" in await anext(lines)

        write(command.folder, place.url, "second")
        if is_asked:
            server.process.send_signal(signal.SIGHUP)
        await until_listed(client, "second")
        gone = await client.get("/v1/models/first")
        upstream.goes_on.set()
        rest = [line async for line in lines]
        assert gone.status_code == 404
        assert any("after" in line for line in rest)
        assert rest[-2:] == ["data: [DONE]", ""]


async def client_of(server: Running) -> httpx2.AsyncClient:
    """Return a client of a server that has started."""
    url = (await asyncio.to_thread(server.wait_for, "Meterhouse")).split()[2]
    await asyncio.to_thread(server.wait_for, "curl -sN")
    headers = {"Authorization": f"Bearer {KEY}"}
    return httpx2.AsyncClient(base_url=url, headers=headers, timeout=PATIENCE_SECONDS)


async def until_listed(client: httpx2.AsyncClient, name: str) -> None:
    """Ask a server for a model until it knows it."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not (  # noqa: ASYNC110 - another process says nothing by itself
            await client.get(f"/v1/models/{name}")
        ).is_success:
            await asyncio.sleep(0.05)


def write(folder: Path, upstream: str, model: str) -> None:
    """Write a gateway file with one model."""
    (folder / "meterhouse.toml").write_text(
        f'[upstreams.one]\nkind = "openai"\nbase_url = "{upstream}/v1"\n'
        f'[models.{model}]\ntargets = [{{ upstream = "one", model = "m" }}]\n',
        encoding="utf-8",
    )
