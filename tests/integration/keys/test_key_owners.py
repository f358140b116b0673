"""Whose a key may be, and who sees and revokes it."""

from dataclasses import dataclass
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.support.keys import bearer
from tests.support.people import BOTH, Key, People, error_of


@dataclass(frozen=True, slots=True)
class Cast:
    """Two teams, each with a lead and a member, an admin, and a key that manages for each."""

    ids: dict[str, str]
    keys: dict[str, Key]

    def headers(self, name: str) -> dict[str, str]:
        return self.keys[name].headers


@pytest.fixture
def cast(people: People) -> Cast:
    ids = {name: people.user(name) for name in ("lea", "mo", "liz", "max")}
    ids["ada"] = people.user("ada", role="admin")
    ids["red"] = people.team("red", **{ids["lea"]: "lead", ids["mo"]: "member"})
    ids["blue"] = people.team("blue", **{ids["liz"]: "lead", ids["max"]: "member"})
    keys = {name: people.key(ids[name]) for name in ("lea", "mo", "liz", "max", "ada")}
    keys |= {team: people.key(team_id=ids[team]) for team in ("red", "blue")}
    return Cast(ids, keys)


class TestIssuing:
    def test_a_persons_key_is_theirs_to_issue_and_an_admins(
        self, client: TestClient, cast: Cast
    ) -> None:
        for caller, owner, status in (
            ("mo", "mo", 201),
            ("mo", "lea", 404),
            ("mo", "liz", 404),
            ("mo", "ada", 404),
            ("lea", "mo", 403),
            ("lea", "liz", 404),
            ("red", "mo", 403),
            ("red", "liz", 404),
            ("ada", "mo", 201),
            ("ada", "ada", 201),
        ):
            body = {"name": "x", "user_id": cast.ids[owner]}
            answer = client.post("/v1/keys", json=body, headers=cast.headers(caller))
            assert (caller, owner, answer.status_code) == (caller, owner, status)

    def test_a_service_key_is_for_leads_of_the_team_and_admins(
        self, client: TestClient, cast: Cast
    ) -> None:
        for caller, team, status in (
            ("lea", "red", 201),
            ("lea", "blue", 404),
            ("mo", "red", 403),
            ("mo", "blue", 404),
            ("red", "red", 201),
            ("red", "blue", 404),
            ("ada", "red", 201),
        ):
            body = {"name": "x", "team_id": cast.ids[team]}
            answer = client.post("/v1/keys", json=body, headers=cast.headers(caller))
            assert (caller, team, answer.status_code) == (caller, team, status)

    def test_a_key_may_be_charged_to_a_team_of_its_owner(
        self, client: TestClient, cast: Cast
    ) -> None:
        body = {"name": "x", "user_id": cast.ids["mo"], "team_id": cast.ids["red"]}

        issued = client.post("/v1/keys", json=body, headers=cast.headers("mo")).json()

        assert (issued["user_id"], issued["team_id"]) == (cast.ids["mo"], cast.ids["red"])
        assert issued["created_by"] == cast.ids["mo"]

    def test_a_key_is_never_charged_to_a_team_without_its_owner(
        self, client: TestClient, cast: Cast
    ) -> None:
        def ask(caller: str, owner: str) -> Any:
            body = {"name": "x", "user_id": cast.ids[owner], "team_id": cast.ids["blue"]}
            return client.post("/v1/keys", json=body, headers=cast.headers(caller))

        assert error_of(ask("mo", "mo"))[:2] == (404, "not_found")
        assert error_of(ask("ada", "mo"))[:3] == (409, "conflict", "team_id")
        assert error_of(ask("ada", "ada"))[:3] == (409, "conflict", "team_id")  # not even an admin

    def test_without_an_owner_it_is_as_the_key_that_asks(
        self, client: TestClient, cast: Cast, people: People
    ) -> None:
        charged = people.key(cast.ids["mo"], team_id=cast.ids["red"])

        def ask(headers: dict[str, str]) -> tuple[str, str]:
            issued = client.post("/v1/keys", json={"name": "x"}, headers=headers).json()
            return issued["user_id"], issued["team_id"]

        assert ask(cast.headers("mo")) == (cast.ids["mo"], None)
        assert ask(charged.headers) == (cast.ids["mo"], cast.ids["red"])
        assert ask(cast.headers("red")) == (None, cast.ids["red"])

    def test_no_key_is_nobodys(
        self, client: TestClient, admin: dict[str, str], people: People
    ) -> None:
        leftover = people.key()
        for headers in (admin, leftover.headers):
            refused = client.post("/v1/keys", json={"name": "x"}, headers=headers)

            assert error_of(refused)[:3] == (400, "invalid_request", "user_id")

    def test_nobody_gets_a_key_that_would_not_work(
        self, client: TestClient, cast: Cast, admin: dict[str, str]
    ) -> None:
        gone = cast.ids["mo"]
        client.patch(f"/v1/users/{gone}", json={"disabled": True}, headers=admin)

        refused = client.post("/v1/keys", json={"name": "x", "user_id": gone}, headers=admin)

        assert error_of(refused)[:3] == (409, "conflict", "user_id")

    def test_a_service_key_outlives_its_maker(
        self, client: TestClient, cast: Cast, admin: dict[str, str]
    ) -> None:
        body = {"name": "x", "team_id": cast.ids["red"]}
        issued = client.post("/v1/keys", json=body, headers=cast.headers("lea")).json()

        client.delete(f"/v1/users/{cast.ids['lea']}", headers=admin)

        headers = {"authorization": bearer(issued["secret"])}
        assert client.get("/v1/usage", headers=headers).status_code == 200
        assert client.get("/v1/me", headers=cast.headers("lea")).status_code == 401

    def test_what_there_is_and_what_there_is_not_look_the_same_from_afar(
        self, client: TestClient, cast: Cast
    ) -> None:
        for field, foreign in (("user_id", "liz"), ("team_id", "blue")):
            bodies = [
                client.post("/v1/keys", json={"name": "x", field: one}, headers=cast.headers("lea"))
                for one in (cast.ids[foreign], "nothing")
            ]

            assert error_of(bodies[0]) == error_of(bodies[1])


class TestSight:
    @pytest.fixture
    def charged(self, people: People, cast: Cast) -> Key:
        """Return a member's key that is charged to the red team."""
        return people.key(cast.ids["mo"], team_id=cast.ids["red"])

    def seen(self, client: TestClient, headers: dict[str, str], **query: str) -> set[str]:
        page = client.get("/v1/keys", params={"limit": 100, **query}, headers=headers).json()
        return {key["id"] for key in page["data"]}

    def test_everybody_sees_their_own_and_what_their_teams_pay_for(
        self, client: TestClient, cast: Cast, charged: Key
    ) -> None:
        def names(caller: str) -> set[str]:
            seen = self.seen(client, cast.headers(caller))
            found = {name for name, key in cast.keys.items() if key.id in seen}
            return found | ({"charged"} if charged.id in seen else set())

        assert names("mo") == {"mo", "charged"}
        assert names("lea") == {"lea", "red", "charged"}
        assert names("red") == {"red", "charged"}
        assert names("liz") == {"liz", "blue"}
        assert names("max") == {"max"}
        assert names("ada") == {"lea", "mo", "liz", "max", "ada", "red", "blue", "charged"}

    def test_a_list_can_be_of_one_user_or_team(
        self, client: TestClient, cast: Cast, charged: Key
    ) -> None:
        ids, keys = cast.ids, cast.keys

        def seen(caller: str, **query: str) -> set[str]:
            return self.seen(client, cast.headers(caller), **query)

        assert seen("ada", user_id=ids["mo"]) == {keys["mo"].id, charged.id}
        assert seen("ada", team_id=ids["red"]) == {keys["red"].id, charged.id}
        assert seen("ada", team_id=ids["red"], user_id=ids["mo"]) == {charged.id}
        assert seen("lea", user_id=ids["mo"]) == {charged.id}
        assert seen("lea", team_id=ids["blue"]) == seen("lea", team_id="nothing") == set()

    @pytest.mark.parametrize("method", ["GET", "DELETE"])
    def test_one_key_is_shown_and_revoked_by_whoever_sees_it_alone(
        self, client: TestClient, cast: Cast, charged: Key, *, method: str
    ) -> None:
        path = f"/v1/keys/{charged.id}"
        nothing = client.request(method, "/v1/keys/key_nothing", headers=cast.headers("liz"))

        for stranger in ("liz", "max", "blue"):
            refused = client.request(method, path, headers=cast.headers(stranger))
            assert error_of(refused) == error_of(nothing)
            assert refused.status_code == 404
        for known in ("mo", "lea", "red", "ada"):
            assert client.request(method, path, headers=cast.headers(known)).is_success

    def test_one_key_is_shown_without_anything_of_its_secret(
        self, client: TestClient, cast: Cast, charged: Key
    ) -> None:
        shown = client.get(f"/v1/keys/{charged.id}", headers=cast.headers("mo")).json()

        assert shown["id"] == charged.id
        assert shown["team_id"] == cast.ids["red"]
        assert not shown.keys() & {"secret", "digest", "pepper_version"}

    def test_a_key_that_only_calls_models_sees_no_key(
        self, client: TestClient, cast: Cast, people: People
    ) -> None:
        caller = people.key(cast.ids["ada"], scopes=("inference",))

        assert client.get(f"/v1/keys/{caller.id}", headers=caller.headers).status_code == 403


def test_a_keys_rights_are_its_owners_with_the_scope_manage_alone(
    client: TestClient, cast: Cast, people: People
) -> None:
    body = {"name": "x", "team_id": cast.ids["red"], "scopes": ["manage"]}
    manager = people.key(cast.ids["lea"], scopes=("manage",))
    both = people.key(cast.ids["lea"], scopes=BOTH)

    assert client.post("/v1/keys", json=body, headers=manager.headers).status_code == 201
    assert client.post("/v1/keys", json=body, headers=both.headers).status_code == 201
    caller = people.key(cast.ids["lea"], scopes=("inference",))
    assert client.post("/v1/keys", json=body, headers=caller.headers).status_code == 403
