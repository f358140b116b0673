"""Who changed what, and who may know."""

import json
from typing import Any, Final

import pytest
from fastapi.testclient import TestClient

from tests.support.people import People, error_of

NOTHING_ENDED: Final[dict[str, list[str]]] = {
    "archived_budgets": [],
    "deleted_limits": [],
    "deleted_body_rules": [],
}


def rows(client: TestClient, **query: str) -> list[dict[str, Any]]:
    answer = client.get("/v1/admin/audit-log", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()["data"]


def test_a_change_says_who_what_when_and_from_where(client: TestClient, people: People) -> None:
    boss = people.user("boss", "admin")
    key = people.key(boss)
    body = {"email": "ana@example.com", "name": "Ana"}

    created = client.post("/v1/users", json=body, headers=key.headers)

    [row] = rows(client, object=created.json()["id"])
    assert row.pop("id").startswith("audit_")
    assert row.pop("at").startswith("20")
    assert row == {
        "actor": {"kind": "user", "id": boss, "key_id": key.id, "name": "Boss"},
        "action": "user.create",
        "object": {"type": "user", "id": created.json()["id"], "team_id": None},
        "before": None,
        "after": {"email": "ana@example.com", "name": "Ana", "role": "member"},
        "from_ip": "testclient",
        "request_id": created.headers["x-request-id"],
    }


def test_the_bootstrap_key_and_service_keys_are_named_as_what_they_are(
    client: TestClient, people: People
) -> None:
    ana = people.user("ana")
    team = people.team("ours")
    service = people.key(team_id=team)
    client.post(f"/v1/teams/{team}/members", json={"user_id": ana}, headers=service.headers)

    newest, *_, oldest = rows(client)

    assert oldest["actor"] == {
        "kind": "bootstrap",
        "id": "bootstrap",
        "key_id": None,
        "name": "bootstrap",
    }
    assert newest["actor"] == {
        "kind": "service",
        "id": service.id,
        "key_id": service.id,
        "name": "a key",
    }
    assert newest["object"] == {"type": "member", "id": ana, "team_id": team}


def test_every_change_leaves_one_row_and_counts_once(client: TestClient, people: People) -> None:
    people.user("boss", "admin")
    ana, team = people.user("ana"), people.team("ours")
    members = f"/v1/teams/{team}/members"
    steps: list[tuple[str, str, Any, str, Any, Any]] = [
        ("PATCH", f"/v1/users/{ana}", {"name": "B"}, "user.update", {"name": "Ana"}, {"name": "B"}),
        (
            "POST",
            members,
            {"user_id": ana, "role": "member"},
            "member.add",
            None,
            {"role": "member"},
        ),
        (
            "PATCH",
            f"{members}/{ana}",
            {"role": "lead"},
            "member.update",
            {"role": "member"},
            {"role": "lead"},
        ),
        (
            "DELETE",
            f"{members}/{ana}",
            None,
            "member.remove",
            {"role": "lead", "revoked_keys": []},
            None,
        ),
        (
            "PATCH",
            f"/v1/teams/{team}",
            {"name": "O"},
            "team.update",
            {"name": "ours"},
            {"name": "O"},
        ),
        (
            "DELETE",
            f"/v1/teams/{team}",
            None,
            "team.delete",
            {"name": "O", "revoked_keys": []} | NOTHING_ENDED,
            None,
        ),
        ("POST", f"/v1/users/{ana}/reset-password", None, "user.reset_password", None, None),
        (
            "PATCH",
            f"/v1/users/{ana}",
            {"disabled": True, "role": "admin"},
            "user.disable",
            {"role": "member", "is_disabled": False},
            {"role": "admin", "is_disabled": True, "revoked_keys": []},
        ),
        (
            "PATCH",
            f"/v1/users/{ana}",
            {"disabled": False},
            "user.enable",
            {"is_disabled": True},
            {"is_disabled": False},
        ),
        (
            "DELETE",
            f"/v1/users/{ana}",
            None,
            "user.delete",
            {
                "email": "ana@example.com",
                "name": "B",
                "role": "admin",
                "is_disabled": False,
                "revoked_keys": [],
                **NOTHING_ENDED,
            },
            None,
        ),
    ]

    for method, path, body, action, before, after in steps:
        count, length = people.changes(), len(people.audit_log())
        answer = client.request(method, path, json=body)
        assert answer.is_success, answer.text
        assert (people.changes(), len(people.audit_log())) == (count + 1, length + 1)
        newest = rows(client)[0]
        assert (newest["action"], newest["before"], newest["after"]) == (action, before, after)


def test_keys_that_a_change_kills_are_named(client: TestClient, people: People) -> None:
    ana = people.user("ana")
    key = people.key(ana)

    client.patch(f"/v1/users/{ana}", json={"disabled": True})

    assert rows(client)[0]["after"] == {"is_disabled": True, "revoked_keys": [key.id]}
    team = people.team("ours")
    service = people.key(team_id=team)
    client.delete(f"/v1/teams/{team}")
    assert rows(client)[0]["before"] == {
        "name": "ours",
        "revoked_keys": [service.id],
        **NOTHING_ENDED,
    }


def test_a_refused_change_leaves_no_row(client: TestClient, people: People) -> None:
    people.user("ana")
    log, count = people.audit_log(), people.changes()

    refused = client.post("/v1/users", json={"email": "ana@example.com", "name": "x"})

    assert refused.status_code == 409
    assert (people.audit_log(), people.changes()) == (log, count)


def test_no_row_holds_a_secret(client: TestClient, people: People) -> None:
    ana = people.user("ana")
    password = client.post(f"/v1/users/{ana}/reset-password").json()["password"]
    client.patch(f"/v1/users/{ana}", json={"name": "x"})
    client.delete(f"/v1/users/{ana}")

    text = json.dumps(rows(client)) + repr(people.query("SELECT * FROM audit_log"))

    assert password not in text
    assert "argon2" not in text


class TestFilters:
    @pytest.fixture
    def ids(self, client: TestClient, people: People) -> dict[str, str]:
        """Return a user who changed something, a user who was changed, and their key."""
        boss, ana = people.user("boss", "admin"), people.user("ana")
        headers = people.key(boss).headers
        client.patch(f"/v1/users/{ana}", json={"name": "Ana B."}, headers=headers)
        return {"boss": boss, "ana": ana}

    def test_find_by_actor_action_and_object(self, client: TestClient, ids: dict[str, str]) -> None:
        def actions(**query: str) -> list[str]:
            return [row["action"] for row in rows(client, **query)]

        assert actions() == ["user.update", "user.create", "user.create"]
        assert actions(actor=ids["boss"]) == ["user.update"]
        assert actions(actor="bootstrap", object=ids["ana"]) == ["user.create"]
        assert actions(action="user.create") == ["user.create", "user.create"]
        assert actions(object=ids["ana"]) == ["user.update", "user.create"]
        assert actions(actor="user_nobody") == []

    def test_find_by_time(self, client: TestClient, ids: dict[str, str]) -> None:
        assert ids
        newest, *_, oldest = rows(client)

        assert oldest not in rows(client, until=oldest["at"])
        assert oldest in rows(client, since=oldest["at"])
        assert newest in rows(client, since=newest["at"])
        assert newest not in rows(client, until=newest["at"])

    def test_page_from_the_newest_on(self, client: TestClient, ids: dict[str, str]) -> None:
        assert ids
        everything = [row["id"] for row in rows(client)]

        first = client.get("/v1/admin/audit-log", params={"limit": 2}).json()
        second = client.get(
            "/v1/admin/audit-log", params={"limit": 2, "after": first["last_id"]}
        ).json()

        assert [row["id"] for row in first["data"] + second["data"]] == everything
        assert (first["has_more"], second["has_more"]) == (True, False)

    @pytest.mark.parametrize(
        ("query", "param"),
        [
            ("action=user.love", "action"),
            ("since=yesterday", "since"),
            ("since=2026-01-01T00:00:00", "since"),
            ("since=2026-01-02T00:00:00Z&until=2026-01-01T00:00:00Z", "until"),
            ("after=user_1", "after"),
            ("limit=101", "limit"),
        ],
    )
    def test_are_refused_by_name(self, client: TestClient, query: str, param: str) -> None:
        refused = client.get(f"/v1/admin/audit-log?{query}")

        assert error_of(refused)[:3] == (400, "invalid_request", param)


def test_one_row_is_shown_as_in_the_list(client: TestClient, people: People) -> None:
    people.user("ana")
    [row] = rows(client)

    shown = client.get(f"/v1/admin/audit-log/{row['id']}")
    missing = client.get(f"/v1/admin/audit-log/{row['object']['id']}")

    assert shown.json() == row
    assert error_of(missing)[:2] == (404, "not_found")


def test_only_admins_read_it(client: TestClient, people: People) -> None:
    ana, boss = people.user("ana"), people.user("boss", "admin")
    team = people.team("ours", **{ana: "lead"})

    def status(headers: dict[str, str]) -> int:
        return client.get("/v1/admin/audit-log", headers=headers).status_code

    assert status(people.key(ana).headers) == 403
    assert status(people.key(team_id=team).headers) == 403
    assert status(people.key(boss, scopes=("inference",)).headers) == 403
    assert status(people.key(boss).headers) == 200
    assert status({"authorization": ""}) == 401
