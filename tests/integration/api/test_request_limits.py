"""Requests that are too large, over a real socket."""

import json
import socket
from collections.abc import Generator, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest
from fastapi.testclient import TestClient

from app.core.config import Settings
from app.core.gateway_file import GatewayConfig
from app.main import create_app
from tests.conftest import ADMIN_KEY
from tests.support.idlers import client_that_reads_nothing as client_of
from tests.support.servers import running

LIMIT = 4096
KEY = {"authorization": f"Bearer {ADMIN_KEY}"}
JSON = {"content-type": "application/json"}
CHAT = "/v1/chat/completions"

Answer = tuple[int, dict[str, str], bytes]


@pytest.fixture
def url(settings: Settings, gateway_config: GatewayConfig, data_dir: Path) -> Generator[str]:
    small = settings.model_copy(update={"max_body_bytes": LIMIT, "data_dir": data_dir})
    with running(create_app(small, gateway_config)) as url:
        yield url


@pytest.fixture
def connection(url: str) -> Generator[socket.socket]:
    address = urlsplit(url)
    assert address.hostname
    with socket.create_connection((address.hostname, address.port or 80), timeout=10) as connection:
        yield connection


def read_answer(connection: socket.socket) -> Answer:
    with connection.makefile("rb") as stream:
        status = int(stream.readline().split()[1])
        lines = iter(lambda: stream.readline().strip().decode("latin-1"), "")
        pairs = (line.partition(": ") for line in lines)
        headers = {name.lower(): value for name, _, value in pairs}
        return status, headers, stream.read(int(headers["content-length"]))


def head(path: str = CHAT, **headers: str) -> bytes:
    given = {"host": "127.0.0.1", **KEY, **JSON, **headers}
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in given.items())
    return f"POST {path} HTTP/1.1\r\n{lines}\r\n".encode()


def chat(size: int) -> bytes:
    empty = json.dumps({"model": "a/b", "messages": [{"role": "user", "content": ""}]})
    return empty.replace('""', json.dumps("x" * (size - len(empty)))).encode()


def assert_too_large(answer: Answer) -> None:
    status, headers, body = answer
    error = json.loads(body)["error"]
    assert status == 413
    assert (error["code"], error["type"]) == ("request_too_large", "invalid_request_error")
    assert "4,096 bytes" in error["message"]
    assert headers["x-error-message"] == error["message"]
    assert headers["x-request-id"] == error["request_id"]


def test_an_announced_size_over_the_limit_is_refused_before_the_body_comes(
    connection: socket.socket,
) -> None:
    connection.sendall(head(content_length=str(LIMIT + 1)))

    assert_too_large(read_answer(connection))


def test_a_number_of_a_thousand_digits_is_refused(connection: socket.socket) -> None:
    connection.sendall(head(content_length="9" * 19))

    assert_too_large(read_answer(connection))


def test_a_body_without_announced_size_is_refused_when_it_grows_over(
    connection: socket.socket,
) -> None:
    piece = b"200\r\n" + b"x" * 512 + b"\r\n"
    connection.sendall(head(transfer_encoding="chunked") + piece * 9)  # and never ends

    assert_too_large(read_answer(connection))


@pytest.mark.parametrize(
    "begun",
    [head(content_length="100") + b'{"mod', head(transfer_encoding="chunked") + b"5\r\n{"],
    ids=["announced", "chunked"],
)
def test_a_body_that_does_not_come_to_an_end_is_refused_in_time(
    settings: Settings, gateway_config: GatewayConfig, data_dir: Path, begun: bytes
) -> None:
    hasty = settings.model_copy(update={"client_stall_seconds": 0.1, "data_dir": data_dir})
    with running(create_app(hasty, gateway_config)) as url, client_of(url, begun) as connection:
        status, headers, body = read_answer(connection)
        rest = connection.recv(1)

    error = json.loads(body)["error"]
    assert (status, error["code"]) == (408, "request_timeout")
    assert error["message"].startswith("Nothing more of the request body has come for 0.1 s.")
    assert (headers["connection"], rest) == ("close", b"")


def test_a_body_of_exactly_the_limit_is_answered_either_way(url: str) -> None:
    body = chat(LIMIT)
    assert len(body) == LIMIT

    def pieces() -> Iterator[bytes]:
        yield body[:1000]
        yield body[1000:]

    with httpx2.Client(base_url=url, headers=KEY | JSON) as client:
        announced, chunked = client.post(CHAT, content=body), client.post(CHAT, content=pieces())

    assert (announced.status_code, chunked.status_code) == (200, 200)


def test_an_ordinary_client_reads_the_refusal_of_a_body_far_too_large(url: str) -> None:
    with httpx2.Client(base_url=url, headers=KEY | JSON) as client:
        refused = client.post(CHAT, content=b"x" * 5_000_000)
        after = client.post(CHAT, content=chat(200))

    assert (refused.status_code, refused.json()["error"]["code"]) == (413, "request_too_large")
    assert after.status_code == 200


def test_a_compressed_body_is_refused(url: str) -> None:
    for encoding in ("gzip", "br", "deflate, gzip"):
        headers = {**KEY, **JSON, "content-encoding": encoding}
        answer = httpx2.post(url + CHAT, content=b"x", headers=headers)

        assert answer.status_code == 415
        assert "uncompressed" in answer.json()["error"]["message"]
    plain = httpx2.post(
        url + CHAT, content=chat(200), headers={**KEY, **JSON, "content-encoding": "identity"}
    )
    assert plain.status_code == 200


@pytest.mark.parametrize(
    "request_head",
    [
        head(x_padding="x" * 40_000),
        head(path=f"/v1/{'x' * 40_000}"),
        head(path=f"/v1/a?{'x' * 40_000}"),
    ],
    ids=["header", "path", "query"],
)
def test_a_head_over_the_limit_is_refused(connection: socket.socket, request_head: bytes) -> None:
    connection.sendall(request_head)

    status, headers, body = read_answer(connection)

    assert status == 431
    assert json.loads(body)["error"]["code"] == "request_head_too_large"
    assert len(headers["x-error-message"]) < 200


def test_hugging_face_paths_are_refused_in_their_own_form(connection: socket.socket) -> None:
    connection.sendall(head(path="/models/org/name", content_length=str(LIMIT + 1)))

    status, _, body = read_answer(connection)

    assert status == 413
    assert isinstance(json.loads(body)["error"], str)


def test_a_gateway_that_has_not_started_has_a_limit_too(
    settings: Settings, gateway_config: GatewayConfig
) -> None:
    client = TestClient(create_app(settings, gateway_config))

    assert client.post(CHAT, content=b"x" * 100_000, headers=JSON).status_code == 413


def test_a_size_that_is_no_number_is_refused(client: TestClient) -> None:
    answer = client.post(CHAT, content=b"{}", headers={**JSON, "content-length": "-1"})

    assert answer.status_code == 400
    assert answer.json()["error"]["message"] == "The Content-Length is not a number."
