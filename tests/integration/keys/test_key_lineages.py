"""Whoever has limits or budgets on their key gets no key without them."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.integration.keys.conftest import Issue
from tests.support.keys import bearer
from tests.support.people import People, error_of

BOTH = ["inference", "manage"]
TERMS = [
    ("/v1/limits", {"requests_per_minute": 6}),
    ("/v1/budgets", {"cap_usd": 1, "period": "day"}),
]


def lineage_of(people: People, key_id: str) -> str | None:
    [(lineage,)] = people.query("SELECT lineage_id FROM api_keys WHERE id = ?", key_id)
    return lineage


@pytest.fixture
def bind(people: People) -> Any:
    """Return a function that sets terms on a key."""

    def run(key_id: str, terms: tuple[str, dict[str, Any]] = TERMS[0]) -> None:
        path, body = terms
        answer = people.client.post(path, json={"scope": "key", "scope_id": key_id} | body)
        assert answer.status_code == 201, answer.text

    return run


@pytest.mark.parametrize("terms", TERMS)
def test_a_bound_key_issues_keys_of_its_own_lineage(
    client: TestClient, people: People, issue: Issue, *, bind: Any, terms: Any
) -> None:
    bound = issue(scopes=BOTH)
    bind(bound["id"], terms)
    headers = {"authorization": bearer(bound["secret"])}

    child = client.post("/v1/keys", json={"name": "x", "scopes": BOTH}, headers=headers).json()
    headers = {"authorization": bearer(child["secret"])}
    grandchild = client.post("/v1/keys", json={"name": "x"}, headers=headers).json()

    assert lineage_of(people, child["id"]) == bound["id"]
    assert lineage_of(people, grandchild["id"]) == bound["id"]
    me = client.get("/v1/me", headers={"authorization": bearer(grandchild["secret"])}).json()
    assert len(me["limits"]) + len(me["budgets"]) == 1


def test_a_free_key_issues_keys_of_a_lineage_of_their_own(
    client: TestClient, people: People, issue: Issue
) -> None:
    free = issue(scopes=BOTH)

    headers = {"authorization": bearer(free["secret"])}
    child = client.post("/v1/keys", json={"name": "x"}, headers=headers).json()

    assert lineage_of(people, child["id"]) is None


def test_a_key_is_free_again_when_its_terms_are_gone(
    client: TestClient, people: People, issue: Issue
) -> None:
    bound = issue(scopes=BOTH)
    wish = {"scope": "key", "scope_id": bound["id"], "cap_usd": 1, "period": "day"}
    budget_id = people.client.post("/v1/budgets", json=wish).json()["id"]
    people.client.delete(f"/v1/budgets/{budget_id}")

    headers = {"authorization": bearer(bound["secret"])}
    child = client.post("/v1/keys", json={"name": "x"}, headers=headers).json()

    assert lineage_of(people, child["id"]) is None


def test_an_admin_issues_free_keys_with_a_bound_one(
    client: TestClient, people: People, issue: Issue, bind: Any
) -> None:
    bound = issue(user_id=people.user("ada", role="admin"), scopes=BOTH)
    bind(bound["id"])

    headers = {"authorization": bearer(bound["secret"])}
    child = client.post("/v1/keys", json={"name": "x"}, headers=headers).json()

    assert lineage_of(people, child["id"]) is None


def test_a_bound_key_rotates_itself_and_its_lineage_and_no_other(
    client: TestClient, people: People, issue: Issue, bind: Any
) -> None:
    bound, free = issue(scopes=BOTH), issue(scopes=BOTH)
    bind(bound["id"])
    headers = {"authorization": bearer(bound["secret"])}
    child = client.post("/v1/keys", json={"name": "x"}, headers=headers).json()["id"]

    def rotate(key_id: str, headers: dict[str, str]) -> Any:
        return client.post(f"/v1/keys/{key_id}/rotate", headers=headers)

    refused = rotate(free["id"], headers)
    assert error_of(refused)[:2] == (403, "forbidden")
    assert "limits or budgets" in error_of(refused)[3]
    for key_id in (child, bound["id"]):
        rotated = rotate(key_id, headers)
        assert rotated.status_code == 201
        assert lineage_of(people, rotated.json()["id"]) == bound["id"]
    assert rotate(bound["id"], {"authorization": bearer(free["secret"])}).status_code == 201
