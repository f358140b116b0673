"""People of the test's own."""

import pytest
from fastapi.testclient import TestClient

from tests.support.people import People


@pytest.fixture
def people(client: TestClient) -> People:
    """Return what makes users, teams and keys."""
    return People(client)
