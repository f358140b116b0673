"""Fixtures for everybody: a gateway of the test's own, which sees nothing of this machine."""

import gc
import shutil
from collections.abc import Generator
from pathlib import Path
from typing import Final

import hypothesis
import pytest
import structlog
from fastapi import FastAPI
from fastapi.testclient import TestClient
from pydantic import SecretStr

from app.core.config import Settings
from app.core.gateway_file import GatewayConfig, UpstreamConfig
from app.core.logging import configure
from app.db.schema import upgrade
from app.main import create_app
from app.simulator.app import create_simulator
from tests.support.servers import running

ADMIN_KEY: Final = "an-admin-key-that-only-tests-know"

# A busy machine must not fail a test that is only slow there.
hypothesis.settings.register_profile("meterhouse", deadline=None)
hypothesis.settings.load_profile("meterhouse")


def pytest_collection_finish() -> None:
    """Leave what is loaded by now out of the search for garbage: it stays until the end."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def _log_as_in_production() -> None:
    """Log as JSON, without the pretty tracebacks that take a second each."""
    configure(Settings(log_format="json"))


@pytest.fixture(scope="session")
def migrated_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a data folder at the newest schema, to copy and not to touch."""
    folder = tmp_path_factory.mktemp("migrated") / "data"
    upgrade(folder)
    return folder


@pytest.fixture(autouse=True)
def _logging_put_back(_log_as_in_production: None) -> Generator[None]:
    """Put back how the process logs: a test, or its application, may have changed it for all."""
    kept = structlog.get_config()
    yield
    structlog.configure(**kept)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Return settings over a folder of the test's own; nothing comes from the environment."""
    return Settings(
        data_dir=tmp_path / "data",
        admin_key=SecretStr(ADMIN_KEY),
        port=0,
        secrets_dir=tmp_path / "no-secrets",
    )


@pytest.fixture
def data_dir(settings: Settings, migrated_dir: Path) -> Path:
    """Return the settings' data folder, at the newest schema."""
    shutil.copytree(migrated_dir, settings.data_dir)
    return settings.data_dir


@pytest.fixture(scope="session")
def simulator_url() -> Generator[str]:
    """Return the URL of a simulator that all tests share; what it answers depends on nothing."""
    with running(create_simulator()) as url:
        yield url


@pytest.fixture
def gateway_config(simulator_url: str) -> GatewayConfig:
    """Return a gateway whose only upstream is the simulator."""
    simulator = UpstreamConfig(
        kind="openai",
        base_url=f"{simulator_url}/v1",
        token=SecretStr("any-token-will-do"),
        simulated=True,
    )
    return GatewayConfig(default_model=None, upstreams={"simulator": simulator}, models={})


@pytest.fixture
def app(settings: Settings, gateway_config: GatewayConfig, data_dir: Path) -> FastAPI:
    """Return a whole application that has not started."""
    assert data_dir == settings.data_dir
    return create_app(settings, gateway_config)


@pytest.fixture
def client(app: FastAPI) -> Generator[TestClient]:
    """Return a client of the running application that holds the admin key."""
    headers = {"authorization": f"Bearer {ADMIN_KEY}"}
    with TestClient(app, headers=headers) as client:
        yield client
