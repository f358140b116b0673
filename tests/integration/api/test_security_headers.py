"""What browsers are told, and which pages may call."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from fastapi import FastAPI, Request
from fastapi.testclient import TestClient

from app.core.config import Settings
from app.core.gateway_file import GatewayConfig
from app.core.telemetry import Metrics
from app.main import create_app
from tests.support.bare_app import bare_app

CHAT = "/v1/chat/completions"


@pytest.fixture
def started_with(settings: Settings, gateway_config: GatewayConfig, data_dir: Path) -> Any:
    """Return a function that builds an application over changed settings."""

    def build(**changes: Any) -> FastAPI:
        changed = settings.model_copy(update={"data_dir": data_dir, **changes})
        return create_app(changed, gateway_config)

    return build


@pytest.mark.parametrize(
    "path", ["/", "/health", "/ready", "/docs", "/nothing", "/v1/models", "/static/css/base.css"]
)
def test_every_answer_is_safe_to_show(client: TestClient, path: str) -> None:
    headers = client.get(path).headers

    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] in {"no-store", "no-cache"}


def test_api_answers_are_not_kept(client: TestClient) -> None:
    call = {"model": "a/b", "messages": [{"role": "user", "content": "Hi"}]}

    whole = client.post(CHAT, json=call)
    stream = client.post(CHAT, json=call | {"stream": True})

    assert whole.headers["cache-control"] == "no-store"
    assert stream.headers.get_list("cache-control") == ["no-store"]


def test_without_the_setting_no_page_may_call(client: TestClient) -> None:
    preflight = {"origin": "https://app.example.com", "access-control-request-method": "POST"}

    answer = client.options(CHAT, headers=preflight)

    assert answer.status_code == 405
    assert not any(name.startswith("access-control") for name in answer.headers)


def test_pages_of_a_configured_origin_may_call(started_with: Any) -> None:
    app = started_with(cors_origins=("https://app.example.com",))
    origin = {"origin": "https://app.example.com"}
    preflight = {
        **origin,
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization, content-type",
    }

    with TestClient(app) as client:
        asked = client.options(CHAT, headers=preflight)
        refused = client.post(CHAT, json={}, headers=origin)
        unknown = client.get("/nothing", headers=origin)
        foreign = client.post(CHAT, json={}, headers={"origin": "https://evil.example.com"})

    assert asked.status_code == 200
    assert asked.headers["access-control-allow-origin"] == "https://app.example.com"
    assert "authorization" in asked.headers["access-control-allow-headers"].lower()
    assert asked.headers.get("access-control-allow-credentials") is None
    for answer in (refused, unknown):  # errors must be readable too
        assert answer.headers["access-control-allow-origin"] == "https://app.example.com"
        assert "x-request-id" in answer.headers["access-control-expose-headers"]
    assert "access-control-allow-origin" not in foreign.headers


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("gateway.example.com", 200),
        ("GATEWAY.example.com:8443", 200),
        ("a.inner.example.com", 200),
        ("inner.example.com", 400),
        ("evil.com", 400),
        ("gateway.example.com.evil.com", 400),
        ("", 400),
    ],
)
def test_only_configured_hosts_are_answered_to(started_with: Any, host: str, status: int) -> None:
    app = started_with(trusted_hosts=("gateway.example.com", "*.inner.example.com"))

    with TestClient(app) as client:
        answer = client.get("/ready", headers={"host": host})
        alive = client.get("/health", headers={"host": host})

    assert answer.status_code == status
    assert alive.status_code == 200
    if status != 200:
        assert answer.json()["error"]["code"] == "invalid_request"
        assert answer.headers["x-request-id"]


def test_this_machines_own_programs_are_answered_under_any_configuration(started_with: Any) -> None:
    app = started_with(trusted_hosts=("gateway.example.com",))

    with TestClient(app, base_url="http://127.0.0.1:8000", client=("127.0.0.1", 5)) as client:
        assert client.get("/ready").status_code == 200


class TestProxies:
    """An application with nothing but the middleware shows what the routes are told."""

    @pytest.mark.parametrize(
        ("proxies", "address", "told"),
        [
            (("10.0.0.0/8",), "10.1.2.3", ("203.0.113.9", "https")),
            (("10.0.0.0/8",), "192.0.2.1", ("192.0.2.1", "http")),
            ((), "10.1.2.3", ("10.1.2.3", "http")),
        ],
        ids=["a configured one says who asks", "nobody else is believed", "nobody at all"],
    )
    def test_forwarded_headers(
        self, proxies: tuple[str, ...], address: str, told: tuple[str, str]
    ) -> None:
        app = bare_app()

        @app.get("/who")
        async def who(request: Request) -> tuple[str, str]:
            assert request.client
            return request.client.host, request.url.scheme

        client = TestClient(app, client=(address, 5))
        settings = Settings(trusted_proxies=proxies)
        client.app_state["container"] = SimpleNamespace(settings=settings, metrics=Metrics())
        forwarded = {"x-forwarded-for": "203.0.113.9", "x-forwarded-proto": "https"}

        assert tuple(client.get("/who", headers=forwarded).json()) == told

    def test_a_proxy_on_this_machine_opens_nothing(self, started_with: Any) -> None:
        app = started_with(trusted_proxies=("127.0.0.1",))

        with TestClient(app, base_url="http://localhost", client=("127.0.0.1", 5)) as client:
            assert client.get("/metrics").status_code == 200
            for forwarded in ("203.0.113.9", "127.0.0.1", ""):
                answer = client.get("/metrics", headers={"x-forwarded-for": forwarded})
                assert answer.status_code == 401
