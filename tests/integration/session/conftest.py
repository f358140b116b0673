"""A running gateway, browsers on it, and people of the test's own."""

from collections.abc import Generator

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.core.config import Settings
from app.core.gateway_file import GatewayConfig
from app.main import create_app
from tests.support.browsers import ADMIN, Browser
from tests.support.clocks import FakeClock
from tests.support.people import People


@pytest.fixture
def clock() -> FakeClock:
    """Return the clock of the gateway."""
    return FakeClock()


@pytest.fixture
def app(
    settings: Settings, gateway_config: GatewayConfig, data_dir: object, clock: FakeClock
) -> FastAPI:
    """Return an application with a clock that a test moves."""
    assert data_dir == settings.data_dir
    return create_app(settings, gateway_config, clock=clock)


@pytest.fixture
def page(app: FastAPI) -> Generator[TestClient]:
    """Return a client of the running application without a key."""
    with TestClient(app) as client:
        yield client


@pytest.fixture
def people(page: TestClient) -> People:
    """Return what makes users, teams and keys."""
    return People(page, ADMIN)


@pytest.fixture
def browser(page: TestClient) -> Browser:
    """Return a browser in which nobody is signed in."""
    return Browser(page)


class Hashing:
    """Hashes in no time what the real thing takes a third of a second for, and counts."""

    def __init__(self) -> None:
        self.verified = 0

    def hash(self, password: str) -> str:
        return f"$quick${password[::-1]}"

    def is_outdated(self, hashed: str) -> bool:
        return not hashed.startswith("$quick$")

    def verify(self, password: str, hashed: str | None) -> bool:
        self.verified += 1
        return hashed == self.hash(password)


@pytest.fixture
def hashing(monkeypatch: pytest.MonkeyPatch) -> Hashing:
    """Return what hashes passwords in this test."""
    hashing = Hashing()
    monkeypatch.setattr("app.services.passwords.hash_password", hashing.hash)
    monkeypatch.setattr("app.services.passwords.verify_password", hashing.verify)
    monkeypatch.setattr("app.services.sign_in.is_outdated", hashing.is_outdated)
    return hashing
