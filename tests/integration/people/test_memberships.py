"""Which teams a user is in, and who may know."""

import pytest
from fastapi.testclient import TestClient

from tests.support.people import People, error_of


@pytest.fixture
def ids(people: People) -> dict[str, str]:
    """Return a lead of one of two teams that a member is in."""
    lea, mo = people.user("lea"), people.user("mo")
    ours = people.team("ours", **{lea: "lead", mo: "member"})
    return {"lea": lea, "mo": mo, "ours": ours, "theirs": people.team("theirs", **{mo: "lead"})}


def test_an_admin_sees_all_teams_of_a_user(client: TestClient, ids: dict[str, str]) -> None:
    answer = client.get(f"/v1/users/{ids['mo']}/teams")

    newest, oldest = answer.json()["data"]
    assert newest.pop("created_at").startswith("20")
    assert newest == {
        "team_id": ids["theirs"],
        "team_name": "theirs",
        "user_id": ids["mo"],
        "role": "lead",
    }
    assert (oldest["team_id"], oldest["role"]) == (ids["ours"], "member")


def test_a_lead_sees_their_own_team_alone_and_a_user_all(
    client: TestClient, people: People, ids: dict[str, str]
) -> None:
    def seen_by(name: str) -> list[str]:
        headers = people.key(ids[name]).headers
        answer = client.get(f"/v1/users/{ids['mo']}/teams", headers=headers)
        return [one["team_name"] for one in answer.json()["data"]]

    assert seen_by("lea") == ["ours"]
    assert seen_by("mo") == ["theirs", "ours"]


def test_a_list_pages_from_the_newest_on(client: TestClient, ids: dict[str, str]) -> None:
    path = f"/v1/users/{ids['mo']}/teams"

    first = client.get(path, params={"limit": 1}).json()
    second = client.get(path, params={"limit": 1, "after": first["last_id"]}).json()

    assert [one["team_id"] for one in first["data"] + second["data"]] == [
        ids["theirs"],
        ids["ours"],
    ]
    assert (first["has_more"], second["has_more"]) == (True, False)
    assert error_of(client.get(path, params={"after": ids["mo"]}))[2] == "after"


def test_a_list_of_users_names_the_teams_of_each_that_the_caller_sees(
    client: TestClient, people: People, ids: dict[str, str]
) -> None:
    headers = people.key(ids["lea"]).headers

    by_admin = {one["id"]: one["teams"] for one in client.get("/v1/users").json()["data"]}
    by_lead = client.get("/v1/users", headers=headers).json()["data"]

    ours = {"id": ids["ours"], "name": "ours", "role": "member"}
    theirs = {"id": ids["theirs"], "name": "theirs", "role": "lead"}
    assert by_admin[ids["mo"]] == [ours, theirs]
    assert by_admin[ids["lea"]] == [ours | {"role": "lead"}]
    assert {one["id"]: one["teams"] for one in by_lead}[ids["mo"]] == [ours]
