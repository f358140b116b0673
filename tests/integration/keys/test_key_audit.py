"""Every change of a key is written down once, counted, and free of secrets."""

import json
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.integration.keys.conftest import Issue
from tests.support.people import People

Headers = dict[str, str]


@pytest.fixture
def key(issue: Issue) -> dict[str, Any]:
    return issue(allowed_models=["org/*"], tags={"app": "shop"})


def rows_of(people: People, key_id: str) -> list[dict[str, Any]]:
    rows = people.client.get(f"/v1/admin/audit-log?object={key_id}").json()["data"]
    return rows[::-1]


def test_issuing_is_written_down(people: People, owner: str, key: dict[str, Any]) -> None:
    [row] = rows_of(people, key["id"])

    assert (row["action"], row["object"]["type"], row["before"]) == ("key.create", "key", None)
    assert row["after"] == {
        "name": "ci",
        "user_id": owner,
        "scopes": ["inference"],
        "allowed_models": ["org/*"],
        "tags": {"app": "shop"},
        "expires_at": None,
    }


def test_rotation_is_one_row_that_names_both_keys(
    client: TestClient, admin: Headers, people: People, key: dict[str, Any]
) -> None:
    path = f"/v1/keys/{key['id']}/rotate"
    new = client.post(path, json={"overlap_hours": 0}, headers=admin).json()

    rotated = rows_of(people, key["id"])[-1]

    assert rotated["action"] == "key.rotate"
    assert rotated["before"]["expires_at"] is None
    assert rotated["after"]["expires_at"] is not None
    assert rotated["after"]["replaced_by"] == new["id"]
    assert rows_of(people, new["id"]) == []


def test_revocation_is_written_down_once(
    client: TestClient, admin: Headers, people: People, key: dict[str, Any]
) -> None:
    for _ in range(2):
        client.delete(f"/v1/keys/{key['id']}", headers=admin)

    assert [row["action"] for row in rows_of(people, key["id"])] == ["key.create", "key.revoke"]


def test_each_change_is_counted_for_other_processes(
    client: TestClient, admin: Headers, people: People, key: dict[str, Any]
) -> None:
    counts = [people.changes()]

    for method, path, body in (
        ("POST", "/v1/keys", {"name": "x", "user_id": key["user_id"]}),
        ("POST", f"/v1/keys/{key['id']}/rotate", {}),
        ("DELETE", f"/v1/keys/{key['id']}", None),
        ("DELETE", f"/v1/keys/{key['id']}", None),  # changes nothing
        ("GET", f"/v1/keys/{key['id']}", None),
    ):
        client.request(method, path, json=body, headers=admin)
        counts.append(people.changes())

    assert [later - counts[0] for later in counts] == [0, 1, 2, 3, 3, 3]


def test_a_refused_change_leaves_nothing_behind(
    client: TestClient, people: People, key: dict[str, Any]
) -> None:
    limited = people.key(key["user_id"], allowed_models=["fast"])
    before = people.audit_log(), people.changes()

    for path in ("/v1/keys", f"/v1/keys/{key['id']}/rotate"):
        body = {"name": "x", "allowed_models": ["*"]} if path == "/v1/keys" else {}
        assert client.post(path, json=body, headers=limited.headers).status_code == 403

    assert (people.audit_log(), people.changes()) == before
    assert len(client.get("/v1/keys", headers=limited.headers).json()["data"]) == 2


def test_no_row_holds_anything_of_a_secret(
    client: TestClient, admin: Headers, people: People, key: dict[str, Any]
) -> None:
    new = client.post(f"/v1/keys/{key['id']}/rotate", headers=admin).json()
    client.delete(f"/v1/keys/{new['id']}", headers=admin)

    written = json.dumps(people.client.get("/v1/admin/audit-log?limit=100").json())
    digests = [row[0].hex() for row in people.query("SELECT digest FROM api_keys")]

    assert "key.revoke" in written
    for secret in [key["secret"], new["secret"], *digests]:
        assert secret not in written
        assert secret[8:-4] not in written
