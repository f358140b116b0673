"""Adding, showing, changing and removing members of a team over HTTP."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.support.people import Key, People, error_of


class Team:
    """A team with a lead and a member, and somebody outside."""

    def __init__(self, people: People) -> None:
        self.lead = people.user("lead")
        self.member = people.user("member")
        self.outsider = people.user("outsider")
        self.id = people.team("ours", **{self.lead: "lead", self.member: "member"})
        self.path = f"/v1/teams/{self.id}/members"
        self.lead_key: Key = people.key(self.lead)


@pytest.fixture
def team(people: People) -> Team:
    return Team(people)


class TestAdd:
    @pytest.mark.parametrize("named_by", ["user_id", "email"])
    def test_is_a_leads_by_id_or_address(
        self, client: TestClient, team: Team, named_by: str
    ) -> None:
        named = {"user_id": team.outsider, "email": "Outsider@example.com"}[named_by]

        answer = client.post(team.path, json={named_by: named}, headers=team.lead_key.headers)

        member = answer.json()
        assert answer.status_code == 201
        assert member.pop("created_at").startswith("20")
        assert member == {
            "team_id": team.id,
            "user_id": team.outsider,
            "name": "Outsider",
            "role": "member",
        }

    def test_of_a_member_is_a_conflict(self, client: TestClient, team: Team) -> None:
        refused = client.post(team.path, json={"user_id": team.member, "role": "lead"})

        status, code, _, message = error_of(refused)
        assert (status, code) == (409, "conflict")
        assert f"PATCH {team.path}/{team.member}" in message

    @pytest.mark.parametrize("named", [{"user_id": "user_x"}, {"email": "x@example.com"}])
    def test_of_nobody_is_not_found(
        self, client: TestClient, team: Team, named: dict[str, str]
    ) -> None:
        refused = client.post(team.path, json=named)

        assert error_of(refused)[:3] == (404, "not_found", next(iter(named)))

    @pytest.mark.parametrize(
        ("body", "words"),
        [
            ({}, "either `user_id` or `email`"),
            ({"user_id": "user_x", "email": "x@example.com"}, "either `user_id` or `email`"),
            ({"user_id": "user_x", "role": "admin"}, "'lead' or 'member'"),
            ({"user_id": "x" * 65}, "at most 64"),
            ({"user_id": "user_x", "team_id": "team_y"}, "not a field"),
        ],
    )
    def test_refuses_a_bad_body(
        self, client: TestClient, team: Team, body: dict[str, Any], words: str
    ) -> None:
        status, code, _, message = error_of(client.post(team.path, json=body))

        assert (status, code) == (400, "invalid_request")
        assert words in message

    def test_makes_a_lead_at_once(self, client: TestClient, people: People, team: Team) -> None:
        headers = people.key(team.outsider).headers
        assert client.get(team.path, headers=headers).status_code == 404

        client.post(team.path, json={"user_id": team.outsider, "role": "lead"})

        path = f"{team.path}/{team.member}"
        assert client.patch(path, json={"role": "lead"}, headers=headers).status_code == 200


class TestList:
    def test_shows_members_each_other(self, client: TestClient, people: People, team: Team) -> None:
        page = client.get(team.path, headers=people.key(team.member).headers).json()

        assert [(one["user_id"], one["role"]) for one in page["data"]] == sorted(
            [(team.lead, "lead"), (team.member, "member")], reverse=True
        )
        assert {one["name"] for one in page["data"]} == {"Lead", "Member"}
        assert "@" not in str(page)

    def test_pages_by_user(self, client: TestClient, team: Team) -> None:
        first = client.get(team.path, params={"limit": 1}).json()
        second = client.get(team.path, params={"limit": 1, "after": first["last_id"]}).json()

        seen = [first["data"][0]["user_id"], second["data"][0]["user_id"]]
        assert seen == sorted([team.lead, team.member], reverse=True)
        assert (first["has_more"], second["has_more"]) == (True, False)


class TestUpdate:
    def test_gives_another_role(self, client: TestClient, people: People, team: Team) -> None:
        path = f"{team.path}/{team.member}"

        answer = client.patch(path, json={"role": "lead"}, headers=team.lead_key.headers)

        assert answer.json()["role"] == "lead"
        count = people.changes()
        assert client.patch(path, json={"role": "lead"}).status_code == 200
        assert people.changes() == count  # it was so already

    def test_of_somebody_outside_is_not_found(self, client: TestClient, team: Team) -> None:
        refused = client.patch(f"{team.path}/{team.outsider}", json={"role": "lead"})

        status, _, _, message = error_of(refused)
        assert status == 404
        assert f"GET {team.path}" in message


class TestRemove:
    def test_kills_the_keys_charged_to_the_team(
        self, client: TestClient, people: People, team: Team
    ) -> None:
        other = people.team("other", **{team.member: "member"})
        charged, elsewhere, own = (
            people.key(team.member, team_id=team.id),
            people.key(team.member, team_id=other),
            people.key(team.member),
        )
        for key in (charged, elsewhere, own):
            assert client.get("/v1/me", headers=key.headers).status_code == 200

        path = f"{team.path}/{team.member}"
        assert client.delete(path, headers=team.lead_key.headers).status_code == 204

        for key, status in ((charged, 401), (elsewhere, 200), (own, 200)):
            assert client.get("/v1/me", headers=key.headers).status_code == status
        assert client.get(f"/v1/teams/{team.id}", headers=own.headers).status_code == 404
        assert client.delete(path).status_code == 404

    def test_leaves_them_dead_for_who_comes_back(
        self, client: TestClient, people: People, team: Team
    ) -> None:
        charged = people.key(team.member, team_id=team.id)
        client.delete(f"{team.path}/{team.member}")

        client.post(team.path, json={"user_id": team.member})

        assert client.get("/v1/me", headers=charged.headers).status_code == 401

    def test_leaves_service_keys_alone(
        self, client: TestClient, people: People, team: Team
    ) -> None:
        service = people.key(team_id=team.id)

        client.delete(f"{team.path}/{team.lead}")

        assert people.revoked_keys() == set()
        assert client.get("/v1/me", headers=service.headers).status_code == 200


@pytest.mark.parametrize("what", ["add", "update", "remove"])
def test_members_are_changed_by_leads_of_this_team_alone(
    people: People, team: Team, what: str
) -> None:
    other = people.team("theirs", **{team.outsider: "lead"})
    count = people.changes()

    def status(key: Key) -> int:
        client, headers = people.client, key.headers
        one = f"{team.path}/{team.member}"
        if what == "add":
            return client.post(
                team.path, json={"user_id": team.outsider}, headers=headers
            ).status_code
        if what == "update":
            return client.patch(one, json={"role": "lead"}, headers=headers).status_code
        return client.delete(one, headers=headers).status_code

    assert status(people.key(team.member)) == 403
    assert status(people.key(team.lead, scopes=("inference",))) == 403
    assert status(people.key(team.outsider)) == 404
    assert status(people.key(team_id=other)) == 404
    assert people.changes() == count
    assert status(people.key(team_id=team.id)) in {200, 201, 204}  # a service key acts as a lead
