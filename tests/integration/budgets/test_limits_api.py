"""Creating, showing, changing and deleting limits over HTTP."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.core.ids import is_id
from tests.integration.budgets.conftest import Make
from tests.support.people import People, error_of

SIXTY = {"scope": "instance", "requests_per_minute": 60}


class TestCreate:
    def test_shows_what_is_limited(self, client: TestClient) -> None:
        answer = client.post("/v1/limits", json=SIXTY)

        limit = answer.json()
        assert answer.status_code == 201
        assert client.get(f"/v1/limits/{limit['id']}").json() == limit
        assert client.get("/v1/limits").json()["data"] == [limit]
        assert is_id(limit.pop("id"), "limit")
        assert limit.pop("created_at").startswith("20")
        assert limit == {
            "scope": "instance",
            "scope_id": None,
            "requests_per_minute": 60,
            "tokens_per_minute": None,
            "parallel_calls": None,
            "wait_up_to_seconds": 0,
        }

    @pytest.mark.parametrize("seconds", [0.001, 0.5, 10, 300])
    def test_lets_calls_of_a_team_or_key_wait(
        self, people: People, limit: Make, seconds: float
    ) -> None:
        team = people.team("ours")

        of_team = limit(scope="team", scope_id=team, wait_up_to_seconds=seconds)
        of_key = limit(
            scope="key",
            scope_id=people.key(team_id=team).id,
            requests_per_minute=None,
            wait_up_to_seconds=seconds,
        )

        assert of_team["wait_up_to_seconds"] == of_key["wait_up_to_seconds"] == seconds

    def test_of_a_scope_that_has_one_says_which(self, client: TestClient, limit: Make) -> None:
        made = limit()

        status, code, param, message = error_of(client.post("/v1/limits", json=SIXTY))

        assert (status, code, param) == (409, "conflict", "scope_id")
        assert f"PATCH /v1/limits/{made['id']}" in message

    def test_of_a_successor_is_that_of_its_lineage(
        self, client: TestClient, people: People, limit: Make
    ) -> None:
        first = people.key(people.user("ana"))
        second = client.post(f"/v1/keys/{first.id}/rotate").json()["id"]
        made = limit(scope="key", scope_id=second)

        again = client.post("/v1/limits", json=SIXTY | {"scope": "key", "scope_id": first.id})

        assert made["scope_id"] == first.id
        assert again.status_code == 409

    @pytest.mark.parametrize(
        ("fields", "expected"),
        [
            ({"requests_per_minute": 0}, ("requests_per_minute", "greater than or equal to 1")),
            ({"requests_per_minute": 1.5}, ("requests_per_minute", "whole number")),
            ({"tokens_per_minute": "9"}, ("tokens_per_minute", "whole number")),
            ({"parallel_calls": 2_000_000_000}, ("parallel_calls", "less than or equal")),
            ({"wait_up_to_seconds": 301}, ("wait_up_to_seconds", "between 0 and 300")),
            ({"wait_up_to_seconds": -1}, ("wait_up_to_seconds", "between 0 and 300")),
            ({"wait_up_to_seconds": 0.0001}, ("wait_up_to_seconds", "three digits")),
            ({"wait_up_to_seconds": 1}, ("wait_up_to_seconds", "Only calls of a team or a key")),
            ({"requests_per_minute": None}, (None, "This would limit nothing")),
            ({"scope": "user"}, ("scope_id", "must be the id of a user")),
            ({"scope_id": "x"}, ("scope_id", "Leave it out")),
            ({"burst": 5}, ("burst", "not a field")),
        ],
    )
    def test_refuses_a_bad_field_by_name(
        self, client: TestClient, fields: dict[str, Any], expected: tuple[str | None, str]
    ) -> None:
        param, words = expected

        status, code, named, message = error_of(client.post("/v1/limits", json=SIXTY | fields))

        assert (status, code, named) == (400, "invalid_request", param)
        assert words in message
        assert client.get("/v1/limits").json()["data"] == []

    def test_of_nobody_is_not_found(self, client: TestClient) -> None:
        wish = SIXTY | {"scope": "key", "scope_id": "key_x"}

        assert error_of(client.post("/v1/limits", json=wish))[:3] == (404, "not_found", "scope_id")


class TestChange:
    def test_changes_what_is_sent_and_lifts_what_is_null(
        self, client: TestClient, people: People, limit: Make
    ) -> None:
        path = f"/v1/limits/{limit(scope='team', scope_id=people.team('ours'))['id']}"

        for terms in (
            {"tokens_per_minute": 1_000, "parallel_calls": 4},
            {"requests_per_minute": None},
            {"wait_up_to_seconds": 2.5},
            {"tokens_per_minute": 2_000},
            {},
        ):
            before = client.get(path).json()
            answer = client.patch(path, json=terms)
            assert answer.json() == before | terms
            assert client.get(path).json() == answer.json()

    @pytest.mark.parametrize(
        ("terms", "param"),
        [({"requests_per_minute": None}, None), ({"wait_up_to_seconds": 3}, "wait_up_to_seconds")],
    )
    def test_that_makes_no_sense_changes_nothing(
        self, client: TestClient, limit: Make, terms: dict[str, Any], param: str | None
    ) -> None:
        made = limit()
        path = f"/v1/limits/{made['id']}"

        assert error_of(client.patch(path, json=terms))[:3] == (400, "invalid_request", param)
        assert client.get(path).json() == made

    def test_that_is_none_is_not_written_down(
        self, client: TestClient, people: People, limit: Make
    ) -> None:
        made = limit()
        count = people.changes()
        same = {"requests_per_minute": 60, "parallel_calls": None, "wait_up_to_seconds": None}

        assert client.patch(f"/v1/limits/{made['id']}", json=same).json() == made
        assert people.changes() == count

    def test_of_the_scope_is_refused(self, client: TestClient, limit: Make) -> None:
        refused = client.patch(f"/v1/limits/{limit()['id']}", json={"scope": "team"})

        assert error_of(refused)[:3] == (400, "invalid_request", "scope")


def test_a_limit_that_is_deleted_is_gone_and_may_be_made_anew(
    client: TestClient, limit: Make
) -> None:
    path = f"/v1/limits/{limit()['id']}"

    assert client.delete(path).status_code == 204
    assert [client.get(path).status_code, client.delete(path).status_code] == [404, 404]
    assert limit()["requests_per_minute"] == 60


def test_a_list_pages_from_the_newest_on(client: TestClient, people: People, limit: Make) -> None:
    made = sorted(
        (limit(scope="team", scope_id=people.team(name))["id"] for name in "abc"), reverse=True
    )

    first = client.get("/v1/limits", params={"limit": 2}).json()
    second = client.get("/v1/limits", params={"limit": 2, "after": first["last_id"]}).json()

    assert [one["id"] for one in first["data"] + second["data"]] == made
    assert (first["has_more"], second["has_more"]) == (True, False)
    assert error_of(client.get("/v1/limits?after=budget_1"))[2] == "after"
