"""A new secret for a key, while the old one still works for a time."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.core.security import is_well_formed
from tests.integration.keys.conftest import Issue
from tests.support.keys import bearer
from tests.support.people import Key, People, error_of

Headers = dict[str, str]

WHAT_STAYS = ("name", "scopes", "user_id", "team_id", "allowed_models", "tags", "expires_at")


def with_key(issued: dict[str, Any]) -> Headers:
    return {"authorization": bearer(issued["secret"])}


def rotate(client: TestClient, key_id: str, headers: Headers, **body: object) -> Any:
    return client.post(f"/v1/keys/{key_id}/rotate", json=body, headers=headers)


def end_of(client: TestClient, key_id: str, admin: Headers) -> float:
    """Return in how many seconds a key ends."""
    shown = client.get(f"/v1/keys/{key_id}", headers=admin).json()
    end = datetime.fromisoformat(shown["expires_at"])
    return (end - datetime.now(UTC)).total_seconds()  # noqa: TID251 - the application's own clock


def test_gives_a_key_that_may_do_the_same(client: TestClient, admin: Headers, issue: Issue) -> None:
    old = issue(allowed_models=["org/*"], tags={"app": "shop"}, expires_at="2099-01-01T00:00:00Z")

    answer = rotate(client, old["id"], admin)

    new = answer.json()
    assert answer.status_code == 201
    assert {name: new[name] for name in WHAT_STAYS} == {name: old[name] for name in WHAT_STAYS}
    assert new["id"] != old["id"]
    assert is_well_formed(new["secret"])
    assert new["secret"] != old["secret"]
    assert client.get("/v1/usage", headers=with_key(new)).status_code == 200
    assert client.get("/v1/usage", headers=with_key(old)).status_code == 200


@pytest.mark.parametrize(("body", "hours"), [({}, 24), ({"overlap_hours": 720}, 720)])
def test_lets_the_old_one_end_after_the_overlap(
    client: TestClient, admin: Headers, issue: Issue, *, body: dict[str, Any], hours: int
) -> None:
    old = issue()

    rotate(client, old["id"], admin, **body)

    assert abs(end_of(client, old["id"], admin) - hours * 3600) < 60


def test_needs_no_body(client: TestClient, admin: Headers, issue: Issue) -> None:
    old = issue()

    assert client.post(f"/v1/keys/{old['id']}/rotate", headers=admin).status_code == 201
    assert end_of(client, old["id"], admin) > 23 * 3600


def test_without_an_overlap_ends_the_old_one_at_once(
    client: TestClient, admin: Headers, issue: Issue
) -> None:
    old = issue()
    assert client.get("/v1/usage", headers=with_key(old)).status_code == 200

    new = rotate(client, old["id"], admin, overlap_hours=0).json()

    status, _, _, message = error_of(client.get("/v1/usage", headers=with_key(old)))
    assert status == 401
    assert "has expired" in message
    assert client.get("/v1/usage", headers=with_key(new)).status_code == 200


def test_never_makes_the_old_one_last_longer(
    client: TestClient, admin: Headers, issue: Issue
) -> None:
    soon = datetime.now(UTC) + timedelta(hours=1)  # noqa: TID251 - the application's own clock
    old = issue(expires_at=soon.isoformat())

    rotate(client, old["id"], admin, overlap_hours=24)

    assert end_of(client, old["id"], admin) < 3600


def test_is_for_keys_that_are_good(client: TestClient, admin: Headers, issue: Issue) -> None:
    revoked, ended = issue(), issue()
    client.delete(f"/v1/keys/{revoked['id']}", headers=admin)
    rotate(client, ended["id"], admin, overlap_hours=0)

    for key in (revoked, ended):
        status, code, _, message = error_of(rotate(client, key["id"], admin))

        assert (status, code) == (409, "conflict")
        assert "POST /v1/keys" in message


@pytest.mark.parametrize("hours", [-1, 721, 1.5, "1", True, None])
def test_refuses_a_strange_overlap(
    client: TestClient, admin: Headers, issue: Issue, hours: object
) -> None:
    refused = rotate(client, issue()["id"], admin, overlap_hours=hours)

    assert error_of(refused)[:3] == (400, "invalid_request", "overlap_hours")


class TestRights:
    @pytest.fixture
    def mo(self, people: People) -> str:
        return people.user("mo")

    @pytest.fixture
    def lea(self, people: People) -> str:
        return people.user("lea")

    @pytest.fixture
    def team(self, people: People, mo: str, lea: str) -> str:
        return people.team("red", **{mo: "member", lea: "lead"})

    def test_are_its_owners_and_for_service_keys_the_leads(
        self, client: TestClient, people: People, mo: str, lea: str, *, team: str
    ) -> None:
        owners: dict[str, dict[str, Any]] = {
            "mo": {"user_id": mo},
            "charged": {"user_id": mo, "team_id": team},
            "lea": {"user_id": lea},
            "team": {"team_id": team},
        }

        def answers(caller: str) -> dict[str, int]:
            headers = people.key(**owners[caller]).headers
            return {
                name: rotate(client, people.key(**owner).id, headers).status_code
                for name, owner in owners.items()
            }

        assert answers("mo") == {"mo": 201, "charged": 201, "lea": 404, "team": 404}
        assert answers("lea") == {"mo": 404, "charged": 403, "lea": 201, "team": 201}
        assert answers("team") == {"mo": 404, "charged": 403, "lea": 404, "team": 201}

    def test_give_nobody_a_secret_that_may_more_than_their_own(
        self, client: TestClient, people: People, mo: str
    ) -> None:
        strong = people.key(mo)

        def param(weak: Key) -> tuple[int, str | None]:
            status, _, param, _ = error_of(rotate(client, strong.id, weak.headers))
            return status, param

        ending, tagged = people.key(mo), people.key(mo)
        people.query("UPDATE api_keys SET expires_at_ms = 1 << 42 WHERE id = ?", ending.id)
        tags = json.dumps({"app": "shop"})
        people.query("UPDATE api_keys SET tags = ? WHERE id = ?", tags, tagged.id)
        assert param(people.key(mo, scopes=("manage",))) == (403, "scopes")
        assert param(people.key(mo, allowed_models=["org/*"])) == (403, "allowed_models")
        assert param(ending) == (403, "expires_at")
        assert param(tagged) == (403, "tags")
        assert rotate(client, tagged.id, tagged.headers).status_code == 201  # itself, always
        assert client.get("/v1/usage", headers=strong.headers).status_code == 200
