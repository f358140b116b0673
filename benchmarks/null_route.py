"""A FastAPI application with one route that does nothing, served like the gateway."""

import asyncio
from contextlib import closing

import uvloop
from fastapi import FastAPI, Response

from app.cli.listener import listen
from app.cli.server import Server

ANSWER = b"{" + b" " * 586 + b"}"  # as long as the mock upstream's answer

app = FastAPI(openapi_url=None)


@app.post("/v1/chat/completions")
async def do_nothing() -> Response:
    """Answer at once."""
    return Response(ANSWER, media_type="application/json")


@app.get("/ready")
async def say_ready() -> Response:
    """Say that the server is up."""
    return Response()


async def main() -> None:
    """Serve on a free port and print its number."""
    with closing(listen("127.0.0.1", 0)) as listener:
        print(listener.getsockname()[1], flush=True)
        async with Server(app, listener, stall_seconds=60).running() as serving:
            await serving


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main())
