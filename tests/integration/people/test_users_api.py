"""Creating, showing, changing and deleting users over HTTP."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.core.ids import is_id
from tests.support.people import People, error_of


class TestCreate:
    def test_gives_a_user_without_password(self, client: TestClient) -> None:
        body = {"email": " Ana@Example.COM ", "name": "  Ana Ö. "}

        answer = client.post("/v1/users", json=body)

        user = answer.json()
        assert answer.status_code == 201
        assert is_id(user.pop("id"), "user")
        assert user.pop("created_at").startswith("20")
        assert user == {
            "email": "ana@example.com",
            "name": "Ana Ö.",
            "role": "member",
            "has_password": False,
            "disabled_at": None,
        }

    def test_of_an_address_in_use_is_a_conflict(self, client: TestClient, people: People) -> None:
        people.user("ana")

        refused = client.post("/v1/users", json={"email": "ANA@example.com", "name": "Other"})

        status, code, param, message = error_of(refused)
        assert (status, code, param) == (409, "conflict", "email")
        assert "Use another one" in message
        assert refused.headers["x-should-retry"] == "false"

    @pytest.mark.parametrize(
        ("body", "expected"),
        [
            ({"name": "x"}, ("email", "missing")),
            ({"email": "a@b"}, ("name", "missing")),
            ({"email": "nobody", "name": "x"}, ("email", "must be an e-mail address, like")),
            ({"email": "a b@c", "name": "x"}, ("email", "must be an e-mail address")),
            ({"email": "a@b\u0000", "name": "x"}, ("email", "one line of printable")),
            ({"email": "a" * 250 + "@b.de", "name": "x"}, ("email", "at most 254")),
            ({"email": "a@b", "name": "x" * 121}, ("name", "at most 120")),
            ({"email": "a@b", "name": "a\nb"}, ("name", "one line of printable")),
            ({"email": "a@b", "name": " "}, ("name", "at least 1")),
            ({"email": "a@b", "name": "x", "role": "owner"}, ("role", "'admin' or 'member'")),
            ({"email": "a@b", "name": "x", "password_hash": "x"}, ("password_hash", "not a field")),
            ({"email": "a@b", "name": "x", "id": "user_1"}, ("id", "not a field")),
        ],
    )
    def test_refuses_a_bad_field_by_name(
        self, client: TestClient, body: dict[str, Any], expected: tuple[str, str]
    ) -> None:
        param, words = expected

        status, code, named, message = error_of(client.post("/v1/users", json=body))

        assert (status, code, named) == (400, "invalid_request", param)
        assert words in message


class TestShow:
    def test_is_the_same_under_both_paths(self, client: TestClient, people: People) -> None:
        user_id = people.user("ana")

        answer = client.get(f"/v1/users/{user_id}")

        assert answer.status_code == 200
        assert answer.json()["email"] == "ana@example.com"
        assert client.get(f"/users/{user_id}").json() == answer.json()

    def test_of_nobody_says_where_users_are_listed(self, client: TestClient) -> None:
        status, code, _, message = error_of(client.get("/v1/users/user_nobody"))

        assert (status, code) == (404, "not_found")
        assert "GET /v1/users" in message

    def test_of_somebody_out_of_sight_is_like_nobody(
        self, client: TestClient, people: People
    ) -> None:
        ana, ben = people.user("ana"), people.user("ben")
        headers = people.key(ana).headers

        foreign = client.get(f"/v1/users/{ben}", headers=headers)
        unknown = client.get("/v1/users/user_nobody", headers=headers)

        assert error_of(foreign) == error_of(unknown)
        assert foreign.status_code == 404
        assert client.get(f"/v1/users/{ana}", headers=headers).status_code == 200


class TestList:
    def test_pages_from_the_newest_on(self, client: TestClient, people: People) -> None:
        made = sorted((people.user(name) for name in ("ana", "ben", "eva")), reverse=True)

        first = client.get("/v1/users", params={"limit": 2}).json()
        second = client.get("/v1/users", params={"limit": 2, "after": first["last_id"]}).json()

        assert [user["id"] for user in first["data"] + second["data"]] == made
        assert (first["has_more"], second["has_more"]) == (True, False)
        assert (first["first_id"], second["last_id"]) == (made[0], made[2])

    def test_shows_a_member_only_themselves_and_a_lead_their_team(
        self, client: TestClient, people: People
    ) -> None:
        ana, ben, eva = people.user("ana"), people.user("ben"), people.user("eva")
        people.user("stranger")
        people.team("ours", **{ana: "lead", ben: "member"})
        people.team("other", **{ana: "member", eva: "member"})

        def seen_by(user_id: str) -> set[str]:
            page = client.get("/v1/users", headers=people.key(user_id).headers).json()
            return {user["id"] for user in page["data"]}

        assert seen_by(ana) == {ana, ben}
        assert seen_by(ben) == {ben}

    def test_refuses_a_bad_cursor_by_name(self, client: TestClient) -> None:
        status, code, param, message = error_of(client.get("/v1/users?after=team_1"))

        assert (status, code, param) == (400, "invalid_request", "after")
        assert "`user_...`" in message


class TestUpdate:
    def test_changes_what_is_sent_and_leaves_the_rest(
        self, client: TestClient, people: People
    ) -> None:
        user_id = people.user("ana")
        before = client.get(f"/v1/users/{user_id}").json()

        answer = client.patch(
            f"/v1/users/{user_id}", json={"name": "Ana B.", "email": "B@x.de", "role": None}
        )

        assert answer.status_code == 200
        assert answer.json() == before | {"name": "Ana B.", "email": "b@x.de"}
        assert client.get(f"/v1/users/{user_id}").json() == answer.json()

    def test_to_an_address_in_use_is_a_conflict(self, client: TestClient, people: People) -> None:
        people.user("ana")

        refused = client.patch(f"/v1/users/{people.user('ben')}", json={"email": "ana@example.com"})

        assert error_of(refused)[:3] == (409, "conflict", "email")

    def test_to_what_is_so_already_is_no_change(self, client: TestClient, people: People) -> None:
        user_id = people.user("ana")
        count, log = people.changes(), people.audit_log()

        answer = client.patch(f"/v1/users/{user_id}", json={"name": "Ana", "disabled": False})

        assert answer.status_code == 200
        assert (people.changes(), people.audit_log()) == (count, log)

    @pytest.mark.parametrize("field", ["has_password", "password_hash", "created_at", "id"])
    def test_refuses_what_is_not_to_be_set(
        self, client: TestClient, people: People, field: str
    ) -> None:
        refused = client.patch(f"/v1/users/{people.user('ana')}", json={field: "x"})

        assert error_of(refused)[:3] == (400, "invalid_request", field)

    def test_that_disables_kills_own_keys_and_no_others(
        self, client: TestClient, people: People
    ) -> None:
        ana = people.user("ana")
        team = people.team("ours", **{ana: "lead"})
        own, charged, service = (
            people.key(ana),
            people.key(ana, team_id=team),
            people.key(team_id=team),
        )
        for key in (own, charged, service):
            assert client.get("/v1/me", headers=key.headers).status_code == 200

        disabled = client.patch(f"/v1/users/{ana}", json={"disabled": True})

        assert disabled.json()["disabled_at"] is not None
        assert people.revoked_keys() == {own.id, charged.id}
        for key, status in ((own, 401), (charged, 401), (service, 200)):
            assert client.get("/v1/me", headers=key.headers).status_code == status
        enabled = client.patch(f"/v1/users/{ana}", json={"disabled": False})
        assert enabled.json()["disabled_at"] is None
        assert client.get("/v1/me", headers=own.headers).status_code == 401

    def test_of_a_role_holds_for_keys_in_use_at_once(
        self, client: TestClient, people: People
    ) -> None:
        ana = people.user("ana")
        headers = people.key(ana).headers
        assert client.get("/v1/admin/audit-log", headers=headers).status_code == 403

        client.patch(f"/v1/users/{ana}", json={"role": "admin"})
        assert client.get("/v1/admin/audit-log", headers=headers).status_code == 200

        people.user("boss", "admin")
        client.patch(f"/v1/users/{ana}", json={"role": "member"})
        assert client.get("/v1/admin/audit-log", headers=headers).status_code == 403


class TestDelete:
    def test_takes_keys_and_memberships_along(self, client: TestClient, people: People) -> None:
        ana = people.user("ana")
        team = people.team("ours", **{ana: "lead"})
        own, service = people.key(ana), people.key(team_id=team)
        assert client.get("/v1/me", headers=own.headers).status_code == 200

        deleted = client.delete(f"/v1/users/{ana}")

        assert (deleted.status_code, deleted.content) == (204, b"")
        assert client.get(f"/v1/users/{ana}").status_code == 404
        assert client.get(f"/v1/teams/{team}/members").json()["data"] == []
        assert client.get("/v1/me", headers=own.headers).status_code == 401
        assert client.get("/v1/me", headers=service.headers).status_code == 200
        assert client.delete(f"/v1/users/{ana}").status_code == 404

    def test_frees_the_address(self, client: TestClient, people: People) -> None:
        client.delete(f"/v1/users/{people.user('ana')}")

        assert is_id(people.user("ana"), "user")


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PATCH", "/v1/users/{}", {"role": "admin"}),
        ("DELETE", "/v1/users/{}", None),
        ("POST", "/v1/users/{}/reset-password", None),
    ],
)
def test_users_are_changed_by_admins_with_keys_that_manage(
    people: People, method: str, path: str, body: Any
) -> None:
    ana, ben, stranger = people.user("ana"), people.user("ben"), people.user("stranger")
    boss = people.user("boss", "admin")
    people.team("ours", **{ana: "lead", ben: "member"})
    lead, caller = people.key(ana).headers, people.key(boss, scopes=("inference",)).headers
    count = people.changes()

    def status(user_id: str, headers: dict[str, str]) -> int:
        sent = people.client.request(method, path.format(user_id), json=body, headers=headers)
        return sent.status_code

    assert [status(one, lead) for one in (ana, ben)] == [403, 403]
    assert [status(one, lead) for one in (stranger, "user_nobody")] == [404, 404]
    assert status(boss, caller) == 403
    assert people.changes() == count


def test_only_an_admin_creates_users(client: TestClient, people: People) -> None:
    headers = people.key(people.user("ana")).headers
    body = {"email": "x@example.com", "name": "x", "role": "admin"}

    status, code, _, message = error_of(client.post("/v1/users", json=body, headers=headers))

    assert (status, code) == (403, "forbidden")
    assert "Ask one" in message


def test_a_user_who_is_an_admin_may_all_that_the_bootstrap_key_may(
    client: TestClient, people: People
) -> None:
    headers = people.key(people.user("boss", "admin")).headers
    body = {"email": "x@example.com", "name": "x", "role": "admin"}

    created = client.post("/v1/users", json=body, headers=headers)

    assert created.status_code == 201
    path = f"/v1/users/{created.json()['id']}"
    assert client.patch(path, json={"name": "y"}, headers=headers).json()["name"] == "y"
    assert client.delete(path, headers=headers).status_code == 204
