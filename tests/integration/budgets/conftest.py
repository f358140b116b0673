"""People of the test's own, and short ways to budgets and limits."""

from collections.abc import Callable
from typing import Any, cast

import pytest
from fastapi.testclient import TestClient

from tests.support.people import People

Make = Callable[..., dict[str, Any]]


@pytest.fixture
def people(client: TestClient) -> People:
    """Return what makes users, teams and keys."""
    return People(client)


@pytest.fixture
def budget(client: TestClient) -> Make:
    """Return a function that creates a budget: $50 a month of the instance, unless it is told."""
    return _maker(client, "/v1/budgets", {"scope": "instance", "cap_usd": 50, "period": "month"})


@pytest.fixture
def limit(client: TestClient) -> Make:
    """Return a function that creates a limit: 60 requests of the instance, unless it is told."""
    return _maker(client, "/v1/limits", {"scope": "instance", "requests_per_minute": 60})


def _maker(client: TestClient, path: str, usual: dict[str, Any]) -> Make:
    def make(**fields: Any) -> dict[str, Any]:
        answer = client.post(path, json=usual | fields)
        assert answer.status_code == 201, answer.text
        return cast("dict[str, Any]", answer.json())

    return make
