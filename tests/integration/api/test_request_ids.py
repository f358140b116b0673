"""One id for every request, ours, in every place; and one line in the log."""

import io
import json
import re
from collections.abc import AsyncGenerator, Generator
from typing import Any

import pytest
from fastapi import FastAPI, Request
from fastapi.testclient import TestClient
from pydantic import BaseModel
from starlette.responses import Response, StreamingResponse

from app.core.config import Settings
from app.core.logging import configure
from tests.support.bare_app import bare_app, client_of

FORM = re.compile(r"req_[0-9a-hjkmnp-tv-z]{26}")


class Ids(BaseModel):
    request_id: str
    client_request_id: str | None


@pytest.fixture
def app() -> FastAPI:
    app = bare_app()

    @app.get("/v1/ids/{thing}")
    async def show(thing: str, request: Request) -> Ids:
        """Show the state of the request."""
        del thing
        return Ids.model_validate(request.scope["state"])

    @app.get("/v1/theirs")
    async def theirs() -> Response:
        """Answer with headers that an upstream chose."""
        return Response("{}", headers={"x-request-id": "from-upstream"})

    @app.get("/v1/broken")
    async def broken() -> Ids:
        """Break."""
        raise KeyError("hf_abcdefghijklmnopqrstuvwxyz")

    @app.get("/v1/broken-stream")
    async def broken_stream() -> StreamingResponse:
        """Break when the status line has left."""

        async def pieces() -> AsyncGenerator[bytes]:
            yield b"data: 1\n\n"
            raise KeyError("late")

        return StreamingResponse(pieces(), media_type="text/event-stream")

    return app


@pytest.fixture
def client(app: FastAPI) -> TestClient:
    return client_of(app)


@pytest.fixture
def log() -> Generator[io.StringIO]:
    stream = io.StringIO()
    configure(Settings(log_format="json"), stream=stream)
    yield stream
    configure(Settings(log_format="json"))


def events(log: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


def test_every_answer_carries_an_id_of_ours(client: TestClient) -> None:
    paths = ("/v1/ids/1", "/v1/theirs", "/v1/broken", "/nothing")

    ids = [client.get(path).headers.get_list("x-request-id") for path in paths]

    assert all(len(found) == 1 and FORM.fullmatch(found[0]) for found in ids)
    assert len({found[0] for found in ids}) == len(paths)


@pytest.mark.parametrize("header", ["x-request-id", "X-Amzn-Trace-Id"])
def test_the_clients_own_id_is_kept_beside_it(client: TestClient, header: str) -> None:
    answer = client.get("/v1/ids/1", headers={header: "Root=1-67891233-abcdef"})

    assert answer.json()["client_request_id"] == "Root=1-67891233-abcdef"
    assert answer.json()["request_id"] == answer.headers["x-request-id"]


@pytest.mark.parametrize("value", ["", " ", "x" * 129, "tab\tinside", "ümlaut", "\x7f"])
def test_an_id_that_could_do_harm_is_not_kept(client: TestClient, value: str) -> None:
    answer = client.get("/v1/ids/1", headers={b"x-request-id": value.encode()})

    assert answer.json()["client_request_id"] is None


def test_one_line_says_what_was_asked_and_how_it_ended(
    client: TestClient, log: io.StringIO
) -> None:
    answer = client.get("/v1/ids/private?key=secret", headers={"authorization": "Bearer x"})

    (line,) = events(log)
    assert line.pop("ms") >= 0
    assert line.pop("timestamp")
    assert line == {
        "event": "request_answered",
        "level": "info",
        "method": "GET",
        "route": "/v1/ids/{thing}",
        "status": 200,
        "request_id": answer.headers["x-request-id"],
    }


@pytest.mark.parametrize(
    ("path", "outcome"),
    [("/nothing/private", (404, "not_found")), ("/v1/broken", (500, "internal_error"))],
)
def test_a_failed_request_names_its_error(
    client: TestClient, log: io.StringIO, path: str, outcome: tuple[int, str]
) -> None:
    client.get(path)

    line = events(log)[-1]
    assert (line["status"], line["error"]) == outcome
    assert "private" not in log.getvalue()


def test_an_unforeseen_error_is_logged_once_under_its_id(
    client: TestClient, log: io.StringIO
) -> None:
    answer = client.get("/v1/broken")

    (failed,) = [event for event in events(log) if event["event"] == "request_failed"]
    assert failed["request_id"] == answer.headers["x-request-id"]
    assert "KeyError" in failed["exception"]
    assert "hf_abcdef" not in failed["exception"]


def test_an_error_after_the_status_line_is_logged_and_adds_nothing(
    client: TestClient, log: io.StringIO
) -> None:
    answer = client.get("/v1/broken-stream")

    assert (answer.status_code, answer.content) == (200, b"data: 1\n\n")
    assert [event["event"] for event in events(log)] == ["request_failed", "request_answered"]


def test_a_log_level_above_info_leaves_the_line_out(client: TestClient, log: io.StringIO) -> None:
    configure(Settings(log_format="json", log_level="warning"), stream=log)

    client.get("/v1/ids/1")

    assert log.getvalue() == ""
