"""Nothing between a route and its client holds anything back."""

import threading
from collections.abc import AsyncGenerator

import anyio
import httpx2
import pytest
from fastapi import FastAPI, Request
from starlette.responses import StreamingResponse

from tests.support.bare_app import bare_app
from tests.support.servers import running


def streaming_app(taken: threading.Event, left: threading.Event) -> FastAPI:
    app = bare_app()

    @app.get("/v1/events")
    async def events() -> StreamingResponse:
        """Send an event, and the next one when the first was seen."""

        async def pieces() -> AsyncGenerator[bytes]:
            yield b"data: 1\n\n"
            await anyio.to_thread.run_sync(taken.wait)
            yield b"data: 2\n\n"

        return StreamingResponse(pieces(), media_type="text/event-stream")

    @app.post("/v1/wait")
    async def wait(request: Request) -> None:
        """Wait until the client is gone."""
        await request.body()
        while (await request.receive())["type"] != "http.disconnect":
            pass
        left.set()

    return app


def test_an_event_arrives_before_the_next_one_exists() -> None:
    taken = threading.Event()

    with (
        running(streaming_app(taken, threading.Event())) as url,
        httpx2.stream("GET", f"{url}/v1/events") as answer,
    ):
        pieces = answer.iter_raw()
        first = next(pieces)
        taken.set()
        rest = b"".join(pieces)

    assert (first, rest) == (b"data: 1\n\n", b"data: 2\n\n")
    assert answer.headers["x-request-id"]
    assert "content-length" not in answer.headers


@pytest.mark.parametrize("chunked", [False, True])
def test_a_client_that_leaves_is_noticed_inside_the_route(*, chunked: bool) -> None:
    left = threading.Event()
    body = iter([b"in ", b"pieces"]) if chunked else b"announced"

    with running(streaming_app(threading.Event(), left)) as url:
        with pytest.raises(httpx2.ReadTimeout), httpx2.Client(timeout=0.2) as client:
            client.post(f"{url}/v1/wait", content=body)

        assert left.wait(timeout=1)
