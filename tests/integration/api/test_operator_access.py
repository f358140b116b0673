"""Who may see metrics and the API reference, and from where."""

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.api.dependencies.locality import host_of, is_local
from tests.conftest import ADMIN_KEY
from tests.support.people import People

PATHS = ("/metrics", "/docs", "/openapi.json")
ADMIN = {"authorization": f"Bearer {ADMIN_KEY}"}
FAR = "203.0.113.7"

Asking = tuple[str, str, dict[str, str]]  # from which address, for which host, with which headers

LOCAL: list[Asking] = [
    ("127.0.0.1", "127.0.0.1:8000", {}),
    ("127.0.0.1", "localhost", {}),
    ("127.9.9.9", "LOCALHOST:8000", {}),
    ("::1", "[::1]:8000", {}),
]
NOT_LOCAL: list[Asking] = [
    (FAR, "gateway.example.com", {}),
    (FAR, "localhost:8000", {}),  # a caller chooses this header
    ("127.0.0.1", "evil.example.com", {}),  # a page whose name resolves to this machine
    ("127.0.0.1", "localhost.evil.example.com", {}),
    ("127.0.0.1", "127.0.0.1.evil.example.com", {}),
    ("127.0.0.1", "", {}),
    ("127.0.0.1", "localhost:8000", {"x-forwarded-for": FAR}),
    ("127.0.0.1", "localhost:8000", {"x-forwarded-for": "127.0.0.1"}),
    ("127.0.0.1", "localhost:8000", {"forwarded": f"for={FAR}"}),
    ("127.0.0.1", "localhost:8000", {"x-real-ip": FAR}),
    ("127.0.0.1", "localhost:8000", {"x-forwarded-host": "gateway.example.com"}),
    ("127.0.0.1", "localhost:8000", {"via": "1.1 proxy"}),
    ("testclient", "localhost:8000", {}),
]


def client_at(app: FastAPI, address: str, host: str, headers: dict[str, str]) -> TestClient:
    return TestClient(app, client=(address, 50_000), headers={"host": host, **headers})


def test_this_machine_needs_no_key(client: TestClient, app: FastAPI) -> None:
    for asking in LOCAL:
        local = client_at(app, *asking)
        local.app_state.update(client.app_state)
        answers = {path: local.get(path).status_code for path in PATHS}

        assert answers == dict.fromkeys(PATHS, 200), asking


@pytest.mark.parametrize("path", PATHS)
def test_anybody_else_needs_one_that_manages(client: TestClient, app: FastAPI, path: str) -> None:
    for asking in NOT_LOCAL:
        far = client_at(app, *asking)
        far.app_state.update(client.app_state)

        refused, shown = far.get(path), far.get(path, headers=ADMIN)

        assert refused.status_code == 401, asking
        assert "scope `manage`" in refused.json()["error"]["message"]
        assert shown.status_code == 200, asking


@pytest.mark.parametrize("path", PATHS)
def test_a_bad_key_is_no_key(client: TestClient, path: str) -> None:
    for value in ("Bearer wrong", "Bearer mh_" + "a" * 38, "Basic abc", "", "Bearer"):
        answer = client.get(path, headers={"authorization": value})

        assert answer.status_code == 401, value
        assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("path", PATHS)
def test_a_key_that_only_calls_models_is_not_enough(client: TestClient, path: str) -> None:
    caller = People(client).key(scopes=("inference",))

    answer = client.get(path, headers=caller.headers)

    assert answer.status_code == 403
    assert "scope `manage`" in answer.json()["error"]["message"]


@pytest.mark.parametrize("path", ["/docs", "/openapi.json"])
def test_the_reference_needs_no_running_gateway_on_this_machine(app: FastAPI, path: str) -> None:
    assert client_at(app, *LOCAL[0]).get(path).status_code == 200


@pytest.mark.parametrize("path", PATHS)
def test_a_gateway_that_has_not_started_cannot_know_keys(app: FastAPI, path: str) -> None:
    assert client_at(app, *NOT_LOCAL[0]).get(path, headers=ADMIN).status_code == 503


def test_a_request_over_a_unix_socket_has_no_address_and_is_not_local() -> None:
    assert not is_local({"client": None, "headers": [(b"host", b"localhost")]})


@pytest.mark.parametrize(
    ("headers", "host"),
    [
        ([], ""),
        ([(b"host", b"a"), (b"host", b"b")], ""),
        ([(b"host", b"Example.COM:80")], "example.com"),
        ([(b"host", b"[::1]:80")], "::1"),
        ([(b"host", b"[::1")], "::1"),
    ],
)
def test_the_host_is_read_without_its_port(headers: list[tuple[bytes, bytes]], host: str) -> None:
    assert host_of({"headers": headers}) == host
