"""Creating, showing, changing and archiving budgets over HTTP."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.core.ids import is_id
from tests.integration.budgets.conftest import Make
from tests.support.people import People, error_of

MONTHLY = {"scope": "instance", "cap_usd": 50, "period": "month"}


STARTS = ("starts", "resets")


class TestCreate:
    def test_shows_the_terms_and_an_unused_period(self, client: TestClient) -> None:
        answer = client.post("/v1/budgets", json=MONTHLY)

        budget = answer.json()
        assert answer.status_code == 201
        assert is_id(budget.pop("id"), "budget")
        created = datetime.fromisoformat(budget.pop("created_at"))
        starts, resets = (datetime.fromisoformat(budget.pop(f"{one}_at")) for one in STARTS)
        assert starts <= created < resets
        assert (starts.day, starts.hour, resets.day) == (1, 0, 1)
        assert budget == {
            "scope": "instance",
            "scope_id": None,
            "cap_usd": 50,
            "period": "month",
            "time_zone": "UTC",
            "mode": "hard",
            "alert_percents": [80, 100],
            "unknown_price": None,
            "settled_usd": 0,
            "held_usd": 0,
            "left_usd": 50,
            "overshoot_usd": 0,
            "archived_at": None,
        }

    def test_is_shown_in_the_same_way_afterwards(self, client: TestClient, budget: Make) -> None:
        made = budget(mode="soft", alert_percents=[5, 150], unknown_price={"hold_usd": 0.05})

        assert client.get(f"/v1/budgets/{made['id']}").json() == made
        assert client.get("/v1/budgets").json()["data"] == [made]
        assert (made["mode"], made["unknown_price"]) == ("soft", {"hold_usd": 0.05})

    def test_of_each_scope_names_what_it_binds(
        self, client: TestClient, people: People, budget: Make
    ) -> None:
        user = people.user("ana")
        ids = {"user": user, "team": people.team("ours"), "key": people.key(user).id}

        made = {kind: budget(scope=kind, scope_id=one) for kind, one in ids.items()}

        assert {kind: one["scope_id"] for kind, one in made.items()} == ids
        assert len(client.get("/v1/budgets").json()["data"]) == 3

    def test_begins_days_in_its_own_time_zone(self, budget: Make) -> None:
        kolkata = budget(period="day", time_zone="Asia/Kolkata")

        starts = datetime.fromisoformat(kolkata["starts_at"])
        assert (starts.astimezone(UTC).hour, starts.minute) == (18, 30)
        assert datetime.fromisoformat(kolkata["resets_at"]) - starts == timedelta(days=1)

    def test_in_total_begins_when_it_is_made_and_never_anew(self, budget: Make) -> None:
        made = budget(period="total")

        assert (made["starts_at"], made["resets_at"]) == (made["created_at"], None)

    def test_of_a_rotated_key_is_of_its_lineage(
        self, client: TestClient, people: People, budget: Make
    ) -> None:
        first = people.key(people.user("ana"))
        second = client.post(f"/v1/keys/{first.id}/rotate").json()["id"]
        third = client.post(f"/v1/keys/{second}/rotate").json()["id"]

        assert budget(scope="key", scope_id=third)["scope_id"] == first.id

    @pytest.mark.parametrize(
        ("fields", "expected"),
        [
            ({"scope": "planet"}, ("scope", "instance")),
            ({"cap_usd": None}, ("cap_usd", "number")),
            ({"period": "year"}, ("period", "month")),
            ({"time_zone": "europe/berlin"}, ("time_zone", "did you mean Europe/Berlin?")),
            ({"time_zone": "CEST"}, ("time_zone", "name of the tz database")),
            ({"time_zone": "../UTC"}, ("time_zone", "name of the tz database")),
            ({"mode": "firm"}, ("mode", "'hard' or 'soft'")),
            ({"alert_percents": [100, 80]}, ("alert_percents", "ascending")),
            ({"alert_percents": [80, 80]}, ("alert_percents", "each once")),
            ({"alert_percents": [0]}, ("alert_percents.0", "greater than or equal to 1")),
            ({"alert_percents": [99.5]}, ("alert_percents.0", "whole number")),
            ({"unknown_price": {"hold_usd": 0}}, ("unknown_price.hold_usd", "greater than 0")),
            ({"unknown_price": {}}, ("unknown_price.hold_usd", "missing")),
            ({"unknown_price": 0.05}, ("unknown_price", "object")),
            ({"currency": "EUR"}, ("currency", "not a field")),
            ({"scope": "team"}, ("scope_id", "must be the id of a team")),
            ({"scope_id": "team_x"}, ("scope_id", "Leave it out")),
        ],
    )
    def test_refuses_a_bad_field_by_name(
        self, client: TestClient, fields: dict[str, Any], expected: tuple[str, str]
    ) -> None:
        param, words = expected

        status, code, named, message = error_of(client.post("/v1/budgets", json=MONTHLY | fields))

        assert (status, code, named) == (400, "invalid_request", param)
        assert words in message

    @pytest.mark.parametrize("kind", ["team", "user", "key"])
    def test_of_nobody_names_the_id(self, client: TestClient, kind: str) -> None:
        wish = MONTHLY | {"scope": kind, "scope_id": f"{kind}_x"}

        status, code, param, message = error_of(client.post("/v1/budgets", json=wish))

        assert (status, code, param) == (404, "not_found", "scope_id")
        assert (
            message == f"There is no {kind} with the id '{kind}_x'. `GET /v1/{kind}s` lists them."
        )

    def test_stops_at_twenty_of_a_scope(
        self, client: TestClient, people: People, budget: Make
    ) -> None:
        ours = {"scope": "team", "scope_id": people.team("ours")}
        made = [budget(**ours)["id"] for _ in range(20)]

        refused = client.post("/v1/budgets", json=MONTHLY | ours)
        budget()  # of another scope
        client.delete(f"/v1/budgets/{made[0]}")
        again = client.post("/v1/budgets", json=MONTHLY | ours)

        assert error_of(refused)[:3] == (409, "conflict", "scope_id")
        assert again.status_code == 201


class TestChange:
    def test_changes_what_is_sent_and_nothing_else(self, client: TestClient, budget: Make) -> None:
        made = budget(unknown_price={"hold_usd": 0.05})
        path = f"/v1/budgets/{made['id']}"

        for terms in (
            {"cap_usd": 12.5},
            {"mode": "soft"},
            {"alert_percents": [10]},
            {"unknown_price": None},
            {"unknown_price": {"hold_usd": 1}, "cap_usd": 7},
            {},
        ):
            before = client.get(path).json()
            answer = client.patch(path, json=terms)
            assert answer.status_code == 200, answer.text
            cap = terms.get("cap_usd", before["cap_usd"])
            assert answer.json() == before | terms | {"left_usd": cap}
            assert client.get(path).json() == answer.json()

    @pytest.mark.parametrize(
        ("name", "value"),
        [("scope", "team"), ("scope_id", "team_x"), ("period", "day"), ("time_zone", "UTC")],
    )
    def test_of_what_is_fixed_says_what_to_do(
        self, client: TestClient, budget: Make, name: str, value: str
    ) -> None:
        refused = client.patch(f"/v1/budgets/{budget()['id']}", json={name: value})

        status, code, param, message = error_of(refused)
        assert (status, code, param) == (400, "invalid_request", name)
        assert "create another budget, and archive this one" in message

    def test_that_is_none_is_not_written_down(
        self, client: TestClient, people: People, budget: Make
    ) -> None:
        made = budget()
        count = people.changes()

        same = {"cap_usd": 50.0, "mode": "hard", "alert_percents": [80, 100], "unknown_price": None}
        assert client.patch(f"/v1/budgets/{made['id']}", json=same).json() == made
        assert people.changes() == count


class TestArchive:
    def test_keeps_the_budget_and_takes_it_off_the_list(
        self, client: TestClient, budget: Make
    ) -> None:
        made = budget()
        path = f"/v1/budgets/{made['id']}"

        assert client.delete(path).status_code == 204

        archived = client.get(path).json()
        assert archived.pop("archived_at") is not None
        assert archived.pop("resets_at") is None
        assert archived.items() <= made.items()
        assert client.get("/v1/budgets").json()["data"] == []
        assert client.get(f"{path}/events").json()["data"] == []

    def test_twice_changes_nothing(self, client: TestClient, people: People, budget: Make) -> None:
        path = f"/v1/budgets/{budget()['id']}"
        client.delete(path)
        archived, count = client.get(path).json(), people.changes()

        assert client.delete(path).status_code == 204
        assert (client.get(path).json(), people.changes()) == (archived, count)

    def test_is_final(self, client: TestClient, budget: Make) -> None:
        path = f"/v1/budgets/{budget()['id']}"
        client.delete(path)

        assert error_of(client.patch(path, json={"cap_usd": 1}))[:2] == (409, "conflict")


def test_a_list_pages_from_the_newest_on(client: TestClient, budget: Make) -> None:
    made = sorted((budget()["id"] for _ in range(3)), reverse=True)

    first = client.get("/v1/budgets", params={"limit": 2}).json()
    second = client.get("/v1/budgets", params={"limit": 2, "after": first["last_id"]}).json()

    assert [one["id"] for one in first["data"] + second["data"]] == made
    assert (first["has_more"], second["has_more"]) == (True, False)
    assert error_of(client.get("/v1/budgets?after=team_1"))[2] == "after"


def test_an_unknown_budget_is_not_found(client: TestClient) -> None:
    path = "/v1/budgets/budget_x"

    answers = [
        client.get(path),
        client.patch(path, json={"cap_usd": 1}),
        client.delete(path),
        client.get(f"{path}/events"),
    ]

    assert {error_of(answer)[:2] for answer in answers} == {(404, "not_found")}
