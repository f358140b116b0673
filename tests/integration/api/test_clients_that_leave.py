"""A client that leaves in the middle of its own request is nobody's error."""

import io
import json
import socket
import threading
from collections.abc import Generator
from typing import Any
from urllib.parse import urlsplit

import pytest
from fastapi import FastAPI, Request
from pydantic import BaseModel

from app.core.config import Settings
from app.core.logging import configure
from tests.support.bare_app import bare_app
from tests.support.servers import running


class Log(io.StringIO):
    """A log that says when a request has been answered."""

    def __init__(self) -> None:
        super().__init__()
        self.answered = threading.Event()

    def flush(self) -> None:
        super().flush()
        if "request_answered" in self.getvalue():
            self.answered.set()


class Thing(BaseModel):
    name: str


@pytest.fixture
def log() -> Generator[Log]:
    log = Log()
    configure(Settings(log_format="json"), stream=log)
    yield log
    configure(Settings(log_format="json"))


@pytest.fixture
def app() -> FastAPI:
    app = bare_app()

    @app.post("/v1/parsed")
    async def parsed(thing: Thing) -> Thing:
        """Have the framework read the body."""
        return thing

    @app.post("/v1/raw")
    async def raw(request: Request) -> None:
        """Read the body."""
        await request.body()

    return app


@pytest.mark.parametrize("path", ["/v1/parsed", "/v1/raw"])
@pytest.mark.parametrize("size", ["content-length: 100", "transfer-encoding: chunked"])
def test_half_a_body_is_logged_as_a_client_that_left(
    app: FastAPI, log: Log, path: str, size: str
) -> None:
    head = f"POST {path} HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n{size}\r\n\r\n"

    with running(app) as url:
        address = urlsplit(url)
        with socket.create_connection((address.hostname or "", address.port or 0)) as connection:
            connection.sendall(head.encode() + b'5\r\n{"nam')
        assert log.answered.wait(timeout=5)

    events: list[dict[str, Any]] = [json.loads(line) for line in log.getvalue().splitlines()]
    assert [(event["event"], event["status"]) for event in events] == [("request_answered", 499)]
