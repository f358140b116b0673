"""Creating, listing and deleting rules over HTTP."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.core.ids import is_id
from tests.support.people import People, error_of

PATH = "/v1/admin/body-rules"


@pytest.fixture
def people(client: TestClient) -> People:
    """Return what makes users, teams and keys."""
    return People(client)


def create(client: TestClient, scope: str, scope_id: str, **fields: Any) -> dict[str, Any]:
    answer = client.post(PATH, json={"scope": scope, "scope_id": scope_id, **fields})
    assert answer.status_code == 201, answer.text
    created: dict[str, Any] = answer.json()
    return created


class TestCreate:
    def test_shows_what_is_stored_of_whom(self, client: TestClient, people: People) -> None:
        team = people.team("ours")

        rule = create(client, "team", team, max_bytes=2_048, keep_days=7)

        assert client.get(PATH).json()["data"] == [rule]
        assert is_id(rule.pop("id"), "rule")
        assert rule.pop("created_at").startswith("20")
        assert rule == {"scope": "team", "scope_id": team, "max_bytes": 2_048, "keep_days": 7}

    def test_has_a_bound_and_an_end_that_nobody_named(
        self, client: TestClient, people: People
    ) -> None:
        rule = create(client, "team", people.team("ours"))

        assert (rule["max_bytes"], rule["keep_days"]) == (65_536, 30)

    def test_of_a_key_is_of_its_whole_lineage(self, client: TestClient, people: People) -> None:
        first = people.key(people.user("ana"))
        second = client.post(f"/v1/keys/{first.id}/rotate").json()["id"]

        rule = create(client, "key", second)
        again = client.post(PATH, json={"scope": "key", "scope_id": first.id})

        assert rule["scope_id"] == first.id
        status, code, param, message = error_of(again)
        assert (status, code, param) == (409, "conflict", "scope_id")
        assert f"DELETE {PATH}/{rule['id']}" in message

    @pytest.mark.parametrize(
        ("fields", "expected"),
        [
            ({"scope": "user"}, ("scope", "'team' or 'key'")),
            ({"scope": "instance"}, ("scope", "'team' or 'key'")),
            ({"scope_id": None}, ("scope_id", "must be a text")),
            ({"max_bytes": 1_023}, ("max_bytes", "greater than or equal to 1024")),
            ({"max_bytes": 262_145}, ("max_bytes", "less than or equal to 262144")),
            ({"max_bytes": "9999"}, ("max_bytes", "whole number")),
            ({"keep_days": 0}, ("keep_days", "greater than or equal to 1")),
            ({"keep_days": 3_651}, ("keep_days", "less than or equal to 3650")),
            ({"redact": False}, ("redact", "not a field")),
        ],
    )
    def test_refuses_a_bad_field_by_name(
        self, client: TestClient, people: People, fields: dict[str, Any], expected: tuple[str, str]
    ) -> None:
        param, words = expected
        wish = {"scope": "team", "scope_id": people.team("ours")} | fields

        status, code, named, message = error_of(client.post(PATH, json=wish))

        assert (status, code, named) == (400, "invalid_request", param)
        assert words in message
        assert client.get(PATH).json()["data"] == []

    def test_of_nobody_is_not_found(self, client: TestClient) -> None:
        for scope in ("team", "key"):
            refused = client.post(PATH, json={"scope": scope, "scope_id": f"{scope}_x"})
            assert error_of(refused)[:3] == (404, "not_found", "scope_id")


def test_a_rule_that_is_deleted_is_gone_and_may_be_made_anew(
    client: TestClient, people: People
) -> None:
    team = people.team("ours")
    path = f"{PATH}/{create(client, 'team', team)['id']}"

    assert client.delete(path).status_code == 204
    assert error_of(client.delete(path))[:2] == (404, "not_found")
    assert client.get(PATH).json()["data"] == []
    assert create(client, "team", team)["scope_id"] == team


def test_a_list_pages_from_the_newest_on(client: TestClient, people: People) -> None:
    made = sorted((create(client, "team", people.team(name))["id"] for name in "abc"), reverse=True)

    first = client.get(PATH, params={"limit": 2}).json()
    second = client.get(PATH, params={"limit": 2, "after": first["last_id"]}).json()

    assert [one["id"] for one in first["data"] + second["data"]] == made
    assert (first["has_more"], second["has_more"]) == (True, False)
    assert error_of(client.get(f"{PATH}?after=limit_1"))[2] == "after"


def test_rules_end_with_their_team_and_with_the_keys_of_their_user(
    client: TestClient, people: People
) -> None:
    team, ana = people.team("ours"), people.user("ana")
    of_team = create(client, "team", team)["id"]
    of_teams_key = create(client, "key", people.key(team_id=team).id)["id"]
    of_users_key = create(client, "key", people.key(ana).id)["id"]
    of_other = create(client, "team", people.team("others"))["id"]

    assert client.delete(f"/v1/teams/{team}").status_code == 204
    assert client.delete(f"/v1/users/{ana}").status_code == 204

    assert [one["id"] for one in client.get(PATH).json()["data"]] == [of_other]
    rows = client.get("/v1/admin/audit-log").json()["data"]
    ended = {one["action"]: one["before"].get("deleted_body_rules") for one in rows[:2]}
    assert ended == {"team.delete": sorted([of_team, of_teams_key]), "user.delete": [of_users_key]}


def test_a_rule_is_written_down_with_its_terms(client: TestClient, people: People) -> None:
    team = people.team("ours")
    key = people.key(team_id=team)
    facts: dict[str, Any] = {"scope": "team", "scope_id": team, "max_bytes": 2_048, "keep_days": 7}

    rule = create(client, **facts)["id"]
    client.delete(f"{PATH}/{rule}")
    other = create(client, "key", key.id)["id"]

    rows = client.get("/v1/admin/audit-log").json()["data"][:3]
    said = [(one["action"], one["object"], one["before"], one["after"]) for one in rows]
    whole = {"type": "body_rule", "id": rule, "team_id": team}
    assert said[::-1][:2] == [
        ("body_rule.create", whole, None, facts),
        ("body_rule.delete", whole, facts, None),
    ]
    assert (said[0][0], said[0][1]) == (
        "body_rule.create",
        {"type": "body_rule", "id": other, "team_id": None},
    )
