"""Applications that do nothing, served like the gateway: `null_route route|asgi`."""

import asyncio
import sys
from contextlib import closing

import uvloop
from fastapi import FastAPI, Response
from starlette.types import ASGIApp, Receive, Scope, Send

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


async def answer_anything(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer at once, without FastAPI, once the request is there."""
    if scope["type"] == "lifespan":
        for stage in ("startup", "shutdown"):
            await receive()
            await send({"type": f"lifespan.{stage}.complete"})
        return
    while (await receive()).get("more_body"):
        pass
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(ANSWER))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": ANSWER})


async def main(served: ASGIApp) -> None:
    """Serve on a free port and print its number."""
    with closing(listen("127.0.0.1", 0)) as listener:
        print(listener.getsockname()[1], flush=True)
        async with Server(served, listener, stall_seconds=60).running() as serving:
            await serving


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main(answer_anything if sys.argv[1:] == ["asgi"] else app))
