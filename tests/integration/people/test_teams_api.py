"""Creating, showing, renaming and deleting teams over HTTP."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.core.ids import is_id
from tests.support.people import People, error_of


class TestCreate:
    def test_gives_an_empty_team(self, client: TestClient) -> None:
        answer = client.post("/v1/teams", json={"name": " Search "})

        team = answer.json()
        assert answer.status_code == 201
        assert is_id(team["id"], "team")
        assert team["name"] == "Search"
        assert client.get(f"/v1/teams/{team['id']}").json() == team
        assert client.get(f"/v1/teams/{team['id']}/members").json()["data"] == []

    @pytest.mark.parametrize(
        ("name", "same"),
        [
            ("Search", "sEARCH"),
            ("Straße", "STRASSE"),
            ("Ökonomie", "O\u0308konomie"),
            ("A", "\uff21"),
        ],
    )
    def test_of_a_name_in_use_is_a_conflict(
        self, client: TestClient, people: People, name: str, same: str
    ) -> None:
        people.team(name)

        refused = client.post("/v1/teams", json={"name": same})

        assert error_of(refused)[:3] == (409, "conflict", "name")
        assert refused.headers["x-should-retry"] == "false"

    @pytest.mark.parametrize(
        ("body", "expected"),
        [
            ({}, ("name", "missing")),
            ({"name": ""}, ("name", "at least 1")),
            ({"name": "x" * 81}, ("name", "at most 80")),
            ({"name": "a\u0000"}, ("name", "one line of printable")),
            ({"name": "x", "members": []}, ("members", "not a field")),
        ],
    )
    def test_refuses_a_bad_field_by_name(
        self, client: TestClient, body: dict[str, Any], expected: tuple[str, str]
    ) -> None:
        param, words = expected

        status, code, named, message = error_of(client.post("/v1/teams", json=body))

        assert (status, code, named) == (400, "invalid_request", param)
        assert words in message

    def test_of_half_a_character_is_refused(self, client: TestClient) -> None:
        headers = {"content-type": "application/json"}

        refused = client.post("/v1/teams", content=b'{"name": "\\ud800"}', headers=headers)

        assert error_of(refused)[:3] == (400, "invalid_request", "name")


class TestShow:
    def test_of_a_team_out_of_sight_is_like_none(self, client: TestClient, people: People) -> None:
        ana = people.user("ana")
        ours, theirs = people.team("ours", **{ana: "member"}), people.team("theirs")
        headers = people.key(ana).headers

        foreign = client.get(f"/v1/teams/{theirs}", headers=headers)

        assert client.get(f"/v1/teams/{ours}", headers=headers).status_code == 200
        assert error_of(foreign)[:2] == (404, "not_found")
        assert error_of(foreign) == error_of(client.get("/v1/teams/team_x", headers=headers))

    def test_lists_all_for_an_admin_and_their_own_for_others(
        self, client: TestClient, people: People
    ) -> None:
        ana = people.user("ana")
        ours, theirs = people.team("ours", **{ana: "member"}), people.team("theirs")

        def seen(headers: dict[str, str] | None = None) -> list[str]:
            page = client.get("/v1/teams", headers=headers).json()
            assert page["has_more"] is False
            return [team["id"] for team in page["data"]]

        assert seen() == sorted([ours, theirs], reverse=True)
        assert seen(people.key(ana).headers) == [ours]
        assert seen(people.key(team_id=theirs).headers) == [theirs]
        assert seen(people.key().headers) == []

    def test_pages_from_the_newest_on(self, client: TestClient, people: People) -> None:
        made = sorted((people.team(name) for name in ("a", "b", "c")), reverse=True)

        first = client.get("/v1/teams", params={"limit": 2}).json()
        second = client.get("/v1/teams", params={"limit": 2, "after": first["last_id"]}).json()

        assert [team["id"] for team in first["data"] + second["data"]] == made
        assert (first["has_more"], second["has_more"]) == (True, False)
        assert error_of(client.get("/v1/teams?after=user_1"))[2] == "after"


class TestRename:
    def test_changes_the_name(self, client: TestClient, people: People) -> None:
        team = people.team("Search")

        answer = client.patch(f"/v1/teams/{team}", json={"name": "SEARCH"})

        assert answer.json()["name"] == "SEARCH"
        assert client.get(f"/v1/teams/{team}").json() == answer.json()

    def test_to_a_name_in_use_is_a_conflict(self, client: TestClient, people: People) -> None:
        people.team("one")

        refused = client.patch(f"/v1/teams/{people.team('two')}", json={"name": "ONE"})

        assert error_of(refused)[:3] == (409, "conflict", "name")

    def test_to_its_own_name_is_no_change(self, client: TestClient, people: People) -> None:
        team = people.team("one")
        count = people.changes()

        assert client.patch(f"/v1/teams/{team}", json={"name": "one"}).status_code == 200
        assert people.changes() == count


class TestDelete:
    def test_takes_memberships_and_charged_keys_along(
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

        assert client.delete(f"/v1/teams/{team}").status_code == 204

        assert client.get(f"/v1/teams/{team}").status_code == 404
        for key, status in ((own, 200), (charged, 401), (service, 401)):
            assert client.get("/v1/me", headers=key.headers).status_code == status
        assert client.get("/v1/me", headers=own.headers).json()["teams"] == []


@pytest.mark.parametrize(("method", "body"), [("PATCH", {"name": "new"}), ("DELETE", None)])
def test_teams_are_changed_by_admins_alone(people: People, method: str, body: Any) -> None:
    ana = people.user("ana")
    ours, theirs = people.team("ours", **{ana: "lead"}), people.team("theirs")
    count = people.changes()

    def status(team_id: str, headers: dict[str, str]) -> int:
        path = f"/v1/teams/{team_id}"
        return people.client.request(method, path, json=body, headers=headers).status_code

    for headers in (people.key(ana).headers, people.key(team_id=ours).headers):
        assert [status(one, headers) for one in (ours, theirs, "team_x")] == [403, 404, 404]
    create = people.client.post("/v1/teams", json={"name": "mine"}, headers=people.key(ana).headers)
    assert create.status_code == 403
    assert people.changes() == count
