"""A server inside the process: how it starts, fails and ends."""

import asyncio
import os
import signal
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field

import httpx2
import pytest
from fastapi import FastAPI

from app.cli.listener import listen, local_url
from app.cli.server import Server, stopping_on_signals
from app.core.errors import ConfigurationError

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


@dataclass
class Trace:
    """What an application lived through."""

    begun: asyncio.Event = field(default_factory=asyncio.Event)
    may_end: asyncio.Event = field(default_factory=asyncio.Event)
    happened: list[str] = field(default_factory=list[str])


def _server(trace: Trace, lifespan: Lifespan | None = None) -> tuple[Server, str]:
    @asynccontextmanager
    async def traced(_: FastAPI) -> AsyncGenerator[None]:
        trace.happened.append("opened")
        yield
        trace.happened.append("closed")

    app = FastAPI(lifespan=lifespan or traced)

    @app.get("/slow")
    async def answer_slowly() -> str:
        trace.begun.set()
        try:
            await trace.may_end.wait()
        except asyncio.CancelledError:
            trace.happened.append("cancelled")
            raise
        return "done"

    assert answer_slowly
    listener = listen("127.0.0.1", 0)
    return Server(app, listener, stall_seconds=60), local_url(listener)


async def test_an_application_is_open_while_its_server_runs() -> None:
    trace = Trace()
    trace.may_end.set()
    server, url = _server(trace)
    async with server.running(), httpx2.AsyncClient() as client:
        response = await client.get(f"{url}/slow")
        assert response.json() == "done"
        assert not {"server", "date"} & set(response.headers)
        assert trace.happened == ["opened"]
    assert trace.happened == ["opened", "closed"]
    async with httpx2.AsyncClient() as client:
        with pytest.raises(httpx2.ConnectError):
            await client.get(url)


@pytest.mark.parametrize("failure", [ConfigurationError("No."), ZeroDivisionError("a bug")])
async def test_a_start_that_fails_raises_the_reason_and_logs_nothing(
    failure: Exception, capfd: pytest.CaptureFixture[str]
) -> None:
    @asynccontextmanager
    async def failing(_: FastAPI) -> AsyncGenerator[None]:
        raise failure
        yield

    server, _ = _server(Trace(), failing)
    with pytest.raises(type(failure)) as raised:
        async with server.running():
            pytest.fail("it runs")
    assert raised.value is failure
    assert capfd.readouterr() == ("", "")


async def test_an_end_that_fails_raises_the_reason() -> None:
    @asynccontextmanager
    async def failing(_: FastAPI) -> AsyncGenerator[None]:
        yield
        raise ZeroDivisionError("a bug")

    server, _ = _server(Trace(), failing)
    with pytest.raises(ZeroDivisionError, match="a bug"):
        async with server.running():
            pass


async def test_an_error_of_the_block_comes_out_as_it_is() -> None:
    trace = Trace()
    server, _ = _server(trace)
    with pytest.raises(ConfigurationError, match="of the block"):
        async with server.running():
            raise ConfigurationError("of the block")
    assert trace.happened == ["opened", "closed"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_a_signal_lets_running_answers_finish(
    number: signal.Signals, monkeypatch: pytest.MonkeyPatch
) -> None:
    trace, told = Trace(), asyncio.Event()
    server, url = _server(trace)
    stop = server.stop
    monkeypatch.setattr(server, "stop", lambda: (stop(), told.set()))
    with stopping_on_signals(server):
        async with server.running() as serving, asyncio.TaskGroup() as tasks:
            asking = tasks.create_task(_outcome(f"{url}/slow"))
            await trace.begun.wait()
            os.kill(os.getpid(), number)
            await told.wait()
            trace.may_end.set()
            await serving
    assert asking.result() == "200"
    assert trace.happened == ["opened", "closed"]


async def test_a_second_signal_ends_running_answers_and_still_closes_the_application() -> None:
    trace = Trace()
    server, url = _server(trace)
    async with server.running() as serving, asyncio.TaskGroup() as tasks:
        asking = tasks.create_task(_outcome(f"{url}/slow"))
        await trace.begun.wait()
        server.stop()
        server.stop()
        await serving
    assert asking.result() in {"cut", "500"}
    assert trace.happened == ["opened", "cancelled", "closed"]


async def _outcome(url: str) -> str:
    try:
        async with httpx2.AsyncClient() as client:
            return str((await client.get(url)).status_code)
    except httpx2.TransportError:
        return "cut"
