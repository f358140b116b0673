"""Who may not use a route cannot make the gateway read what they send."""

import json
import socket
from collections.abc import Generator
from typing import Any
from urllib.parse import urlsplit

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.api.dependencies.hot_route import PlainRequest
from tests.conftest import ADMIN_KEY
from tests.support.people import People
from tests.support.servers import running

CHAT = "/v1/chat/completions"
KEY = {"authorization": f"Bearer {ADMIN_KEY}"}
JSON = {"content-type": "application/json"}
NINE_MEGABYTES = 9 * 1024 * 1024


@pytest.fixture
def connection(app: FastAPI) -> Generator[socket.socket]:
    with running(app) as url:
        address = urlsplit(url)
        with socket.create_connection((address.hostname or "", address.port or 80), 10) as one:
            yield one


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return the sizes of the bodies that were parsed, which grows."""
    sizes = list[int]()
    parse = PlainRequest.json

    async def noting(request: PlainRequest) -> Any:
        sizes.append(len(await request.body()))
        return await parse(request)

    monkeypatch.setattr(PlainRequest, "json", noting)
    return sizes


def head(path: str, length: int, **more: str) -> bytes:
    given = {"host": "localhost", "content-length": str(length), **JSON, **more}
    lines = "".join(f"{name}: {value}\r\n" for name, value in given.items())
    return f"POST {path} HTTP/1.1\r\n{lines}\r\n".encode()


def read_status(connection: socket.socket) -> int:
    with connection.makefile("rb") as stream:
        return int(stream.readline().split()[1])


@pytest.mark.parametrize("path", [CHAT, "/v1/keys"])
def test_without_a_key_the_answer_comes_before_the_body(
    connection: socket.socket, path: str
) -> None:
    connection.sendall(head(path, NINE_MEGABYTES))  # and nothing of the body

    assert read_status(connection) == 401


def test_with_a_key_the_body_is_waited_for(connection: socket.socket) -> None:
    connection.settimeout(0.3)
    connection.sendall(head(CHAT, NINE_MEGABYTES, **KEY))

    with pytest.raises(TimeoutError):
        connection.recv(1)


def test_a_large_body_without_a_key_is_refused_and_not_parsed(
    client: TestClient, parsed: list[int]
) -> None:
    long = {"model": "a/b", "messages": [{"role": "user", "content": "x"}] * 200_000}
    body = json.dumps(long).encode()
    assert 6_000_000 < len(body) < NINE_MEGABYTES

    refused = client.post(CHAT, content=body, headers={**JSON, "authorization": ""})

    assert refused.status_code == 401
    assert parsed == []


def test_a_body_that_is_taken_is_parsed(client: TestClient, parsed: list[int]) -> None:
    client.post(CHAT, json={})  # or the test above sees nothing

    assert set(parsed) == {2}


@pytest.mark.parametrize("body", [b"{", b"\xff", b'{"model": 7}', b"[" * 100_000])
@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"authorization": ""}, 401),
        ({"authorization": "Bearer mh_nobody"}, 401),
        (KEY, 400),
    ],
)
def test_what_is_wrong_with_a_body_is_told_to_callers_with_a_key_alone(
    client: TestClient, body: bytes, headers: dict[str, str], status: int
) -> None:
    answer = client.post(CHAT, content=body, headers={**JSON, **headers})

    assert answer.status_code == status


def test_a_key_with_the_wrong_scope_is_refused_before_the_body_is_read(
    client: TestClient, parsed: list[int]
) -> None:
    caller = People(client).key(scopes=("inference",))
    manager = People(client).key(scopes=("manage",))

    for path, key, scope in (("/v1/keys", caller, "manage"), (CHAT, manager, "inference")):
        refused = client.post(path, content=b"{", headers={**JSON, **key.headers})

        assert refused.status_code == 403
        assert f"scope `{scope}`" in refused.json()["error"]["message"]
    assert parsed == []


def test_bad_parameters_are_not_told_to_strangers(client: TestClient) -> None:
    path = "/v1/keys?limit=-1&after=x"

    assert client.get(path, headers={"authorization": ""}).status_code == 401
    assert client.get(path).status_code == 400


def test_who_is_no_admin_learns_nothing_of_a_route_for_admins(client: TestClient) -> None:
    people = People(client)
    member, admin = (people.key(people.user(role, role=role)) for role in ("member", "admin"))
    path = "/v1/admin/audit-log?limit=-1"

    assert client.get(path, headers=member.headers).status_code == 403
    assert client.get(path, headers=admin.headers).status_code == 400


def test_a_path_that_only_answers_others_methods_is_405_for_everybody(client: TestClient) -> None:
    assert client.put(CHAT, content=b"{", headers={"authorization": ""}).status_code == 405


def test_before_the_start_every_route_with_a_key_is_unavailable(app: FastAPI) -> None:
    assert TestClient(app).post(CHAT, content=b"{", headers=JSON | KEY).status_code == 503


@pytest.mark.parametrize(
    ("path", "method"),
    [(CHAT, "post"), ("/v1/models", "get"), ("/v1/keys", "post"), ("/metrics", "get")],
)
def test_the_api_reference_says_which_routes_need_a_key(
    app: FastAPI, path: str, method: str
) -> None:
    assert app.openapi()["paths"][path][method]["security"] == [{"Meterhouse key": []}]


@pytest.mark.parametrize("path", ["/health", "/ready"])
def test_the_api_reference_asks_for_no_key_where_none_is_needed(app: FastAPI, path: str) -> None:
    assert "security" not in app.openapi()["paths"][path]["get"]
