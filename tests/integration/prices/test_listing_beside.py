"""What routers list is fetched beside the server, before anybody asks for a price."""

import threading
from collections.abc import Generator

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from pydantic import SecretStr

from app.core.config import Settings
from app.core.gateway_file import GatewayConfig, UpstreamConfig
from app.main import create_app
from tests.support.servers import running


class Router:
    """A router that says when it was asked for its models."""

    def __init__(self) -> None:
        self.was_asked = threading.Event()
        self.app = FastAPI()
        self.app.add_api_route("/v1/models", self.list_models)

    async def list_models(self) -> dict[str, object]:
        self.was_asked.set()
        return {"object": "list", "data": []}


@pytest.fixture
def router() -> Router:
    """Return a router that nobody has asked yet."""
    return Router()


@pytest.fixture
def gateway_config(router: Router) -> Generator[GatewayConfig]:
    """Return a gateway whose upstream is the router."""
    with running(router.app) as url:
        hub = UpstreamConfig(kind="huggingface", base_url=f"{url}/v1", token=SecretStr("any"))
        yield GatewayConfig(upstreams={"hub": hub})


def test_a_router_is_asked_for_its_prices_at_the_start(app: FastAPI, router: Router) -> None:
    with TestClient(app):
        assert router.was_asked.wait(10)


def test_a_command_that_needs_the_gateway_for_a_moment_asks_nobody(
    settings: Settings, gateway_config: GatewayConfig, data_dir: object, router: Router
) -> None:
    assert data_dir == settings.data_dir
    app = create_app(settings, gateway_config, "an-operator", operator_only=True)

    with TestClient(app, headers={"authorization": "Bearer an-operator"}) as client:
        assert client.get("/v1/admin/prices/given").json()["data"] == []

    assert not router.was_asked.is_set()
