"""A parameter that a route does not know is refused: it may be a filter, misspelled."""

import pytest
from fastapi.testclient import TestClient

from tests.support.people import error_of

BY_SCOPE = "There are `after`, `limit`, `scope`, `scope_id`."


@pytest.mark.parametrize(
    ("path", "there"),
    [
        ("/v1/usage?group_by=team&team_id=x", "There are `group_by`, `interval`, `since`, `until`"),
        ("/v1/usage/entries?team_id=x&sience=x", "`status`, `tag`, `task`, `team_id`"),
        ("/v1/admin/usage/entries/export?format=csv&limit=5", "There are `format`, `key_id`"),
        ("/v1/budgets?team_id=x", BY_SCOPE),
        ("/v1/limits?team_id=x", BY_SCOPE),
        ("/v1/admin/prices?model=m", "There are `after`, `limit`, `with_history`."),
        ("/v1/admin/prices/missing?model=m", ""),
    ],
)
def test_it_is_named_with_those_that_there_are(client: TestClient, path: str, there: str) -> None:
    name = path.rpartition("&" if "&" in path else "?")[2].partition("=")[0]
    status, code, param, message = error_of(client.get(path))

    assert (status, code, param) == (400, "invalid_request", name)
    assert message.startswith(f"No parameter {name!r} here.")
    assert there in message
