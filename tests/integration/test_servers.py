"""The real server that other tests stand on."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import httpx2
import pytest
from fastapi import FastAPI
from starlette.responses import PlainTextResponse

from tests.support.servers import running


def app_with(events: list[str], *, fails: bool = False) -> FastAPI:
    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncGenerator[None]:
        events.append("opened")
        if fails:
            raise ValueError("cannot open")
        yield
        events.append("closed")

    app = FastAPI(lifespan=lifespan, openapi_url=None)

    @app.get("/")
    async def hello() -> PlainTextResponse:
        return PlainTextResponse("hello")

    return app


def test_an_application_is_served_with_its_lifespan() -> None:
    events: list[str] = []

    with running(app_with(events)) as url:
        assert events == ["opened"]
        assert httpx2.get(url).text == "hello"

    assert events == ["opened", "closed"]
    with pytest.raises(httpx2.ConnectError):
        httpx2.get(url)


def test_several_are_served_at_once() -> None:
    with running(app_with([])) as one, running(app_with([])) as other:
        assert one != other
        assert httpx2.get(one).text == httpx2.get(other).text


def test_an_application_that_cannot_start_says_so() -> None:
    with pytest.raises(RuntimeError, match="did not start"), running(app_with([], fails=True)):
        pass


def test_a_failing_test_still_stops_the_server() -> None:
    events: list[str] = []

    with pytest.raises(ZeroDivisionError), running(app_with(events)):
        _ = 1 / 0

    assert events == ["opened", "closed"]
