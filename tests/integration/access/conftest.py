"""One application and one database for each module, and what was seen of them."""

import io
from collections.abc import Generator
from contextlib import closing
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr

from app.core.config import Settings
from app.core.gateway_file import GatewayConfig, UpstreamConfig
from app.core.logging import configure
from app.db.schema import upgrade
from app.main import create_app
from tests.conftest import ADMIN_KEY
from tests.integration.access.population import OPERATOR_SECRET
from tests.integration.access.world import World


@pytest.fixture(scope="module")
def log() -> Generator[io.StringIO]:
    """Return everything that is logged."""
    lines = io.StringIO()
    configure(Settings(log_format="json"), stream=lines)
    yield lines
    configure(Settings(log_format="json"))


@pytest.fixture(scope="module")
def gateway(
    tmp_path_factory: pytest.TempPathFactory, simulator_url: str, log: io.StringIO
) -> Generator[World]:
    """Return a running gateway, whose callers are far away, and a company in its database."""
    folder: Path = tmp_path_factory.mktemp("access")
    settings = Settings(
        data_dir=folder / "data",
        admin_key=SecretStr(ADMIN_KEY),
        secrets_dir=folder / "no-secrets",
    )
    upgrade(settings.data_dir)
    simulator = UpstreamConfig(
        kind="huggingface",
        base_url=f"{simulator_url}/v1",
        token=SecretStr("any-token-will-do"),
        simulated=True,
    )
    app = create_app(settings, GatewayConfig(upstreams={"simulator": simulator}), OPERATOR_SECRET)
    with TestClient(app) as client, closing(World(client, log)) as world:
        yield world


@pytest.fixture
def world(gateway: World) -> World:
    """Return the gateway with a company of the test's own."""
    gateway.populate()
    return gateway
