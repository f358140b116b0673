"""The real application over a fresh data folder, and callers of it."""

from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any, cast

import pytest
from fastapi.testclient import TestClient

from app.core.config import Settings
from app.core.gateway_file import GatewayConfig, UpstreamConfig
from app.main import create_app
from app.services.container import Container
from tests.conftest import ADMIN_KEY
from tests.support.keys import bearer
from tests.support.people import People

Issue = Callable[..., dict[str, Any]]


@pytest.fixture
def client(settings: Settings, data_dir: Path) -> Generator[TestClient]:
    """Return a client that sends no key."""
    assert data_dir == settings.data_dir
    nowhere = UpstreamConfig(kind="openai", base_url="http://127.0.0.1:9/v1")
    app = create_app(settings, GatewayConfig(upstreams={"nowhere": nowhere}))
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def container(client: TestClient) -> Container:
    """Return what lives behind the client."""
    return cast("Container", client.app_state["container"])


@pytest.fixture
def admin(client: TestClient) -> dict[str, str]:
    """Return the headers of the bootstrap admin."""
    del client
    return {"authorization": bearer(ADMIN_KEY)}


@pytest.fixture
def people(client: TestClient, admin: dict[str, str]) -> People:
    """Return what makes users, teams and keys."""
    with_key = TestClient(client.app, headers=admin)
    with_key.app_state.update(client.app_state)
    return People(with_key)


@pytest.fixture
def owner(people: People) -> str:
    """Return the id of the user whose keys are issued where nobody else is named."""
    return people.user("owner")


@pytest.fixture
def issue(client: TestClient, admin: dict[str, str], owner: str) -> Issue:
    """Return a function that issues a key through the API, for the owner unless it says whose."""

    def run(**fields: object) -> dict[str, Any]:
        whose = {} if fields.keys() & {"user_id", "team_id"} else {"user_id": owner}
        answer = client.post("/v1/keys", json={"name": "ci"} | whose | fields, headers=admin)
        assert answer.status_code == 201, answer.text
        return cast("dict[str, Any]", answer.json())

    return run
