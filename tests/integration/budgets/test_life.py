"""What binds whom at once, what is seen of it, and what ends with whom."""

import json
from typing import Any, cast

import pytest
from fastapi.testclient import TestClient

from app.core.clock import epoch_ms
from app.services.container import Container
from tests.integration.budgets.conftest import Make
from tests.support.people import People, error_of

CHAT = {"model": "a/b", "max_tokens": 1, "messages": [{"role": "user", "content": "Hi"}]}


@pytest.fixture
def container(client: TestClient) -> Container:
    """Return what lives behind the client."""
    return cast("Container", client.app_state["container"])


def rows_of(people: People, object_id: str) -> list[tuple[str, Any, Any]]:
    """Return what the audit log says of one thing, oldest first."""
    rows = people.query(
        "SELECT action, before, after FROM audit_log WHERE object_id = ? ORDER BY id", object_id
    )
    return [(action, *(json.loads(one or "null") for one in facts)) for action, *facts in rows]


def test_a_budget_binds_from_the_answer_on(
    client: TestClient, container: Container, budget: Make
) -> None:
    made = budget(cap_usd=5)
    state = container.admission.state_of(made["id"])

    assert state is not None
    assert (state.settled_nusd, state.held_nusd) == (0, 0)
    refused = client.post("/v1/chat/completions", json=CHAT)
    assert error_of(refused)[:2] == (400, "price_unknown")

    client.delete(f"/v1/budgets/{made['id']}")

    assert container.admission.state_of(made["id"]) is None
    assert client.post("/v1/chat/completions", json=CHAT).status_code == 200


def test_a_limit_binds_from_the_answer_on(client: TestClient, limit: Make) -> None:
    made = limit(requests_per_minute=1)

    statuses = [client.post("/v1/chat/completions", json=CHAT).status_code for _ in range(2)]
    client.delete(f"/v1/limits/{made['id']}")

    assert statuses == [200, 429]
    assert client.post("/v1/chat/completions", json=CHAT).status_code == 200


def test_what_was_spent_is_shown_while_it_binds_and_afterwards(
    client: TestClient, budget: Make
) -> None:
    path = f"/v1/budgets/{budget(cap_usd=1, unknown_price={'hold_usd': 0.25})['id']}"

    assert client.post("/v1/chat/completions", json=CHAT).status_code == 200

    spent = client.get(path).json()
    assert (spent["settled_usd"], spent["held_usd"], spent["left_usd"]) == (0.25, 0, 0.75)
    assert client.get("/v1/me").json()["budgets"][0]["left_usd"] == 0.75

    lowered = client.patch(path, json={"cap_usd": 0.1}).json()
    assert (lowered["left_usd"], lowered["overshoot_usd"]) == (0, 0.15)
    assert client.get(path).json() == lowered
    assert client.patch(path, json={"mode": "soft"}).json()["overshoot_usd"] == 0.15


def test_an_archived_budget_shows_its_last_period(
    client: TestClient, container: Container, people: People, budget: Make
) -> None:
    made = budget(period="day")
    start_ms = epoch_ms(container.clock.now()) - 1_000
    for days_ago, settled_nusd in ((1, 7_000_000_000), (0, 3_000_000_000)):
        begin_ms = start_ms - days_ago * 86_400_000
        people.query(
            "INSERT INTO budget_periods VALUES (?, ?, ?, ?, 50000000000, 1, 0, ?, 0, 0)",
            *(
                f"{made['id']}@{begin_ms}",
                made["id"],
                begin_ms,
                begin_ms + 86_400_000,
                settled_nusd,
            ),
        )

    client.delete(f"/v1/budgets/{made['id']}")

    archived = client.get(f"/v1/budgets/{made['id']}").json()
    assert (archived["settled_usd"], archived["left_usd"]) == (3, 47)


def test_events_are_listed_from_the_newest_on(
    client: TestClient, people: People, budget: Make
) -> None:
    budget_id, other = budget()["id"], budget()["id"]
    facts = '{"percent": 80, "settled_nusd": 40000000000, "period_id": "x"}'
    for event_id, at_ms, object_id in (
        ("budget.alert:x:100", 2_000, budget_id),
        ("budget.alert:x:80", 1_000, budget_id),
        ("budget.alert:x:90", 2_000, budget_id),
        ("budget.alert:y:80", 1_000, other),
    ):
        people.query(
            "INSERT INTO events VALUES (?, ?, 'budget.alert', ?, ?)",
            *(event_id, at_ms, object_id, facts),
        )
    path = f"/v1/budgets/{budget_id}/events"

    first = client.get(path, params={"limit": 2}).json()
    second = client.get(path, params={"limit": 2, "after": first["last_id"]}).json()

    assert [one["id"] for one in first["data"] + second["data"]] == [
        "budget.alert:x:90",
        "budget.alert:x:100",
        "budget.alert:x:80",
    ]
    assert (first["has_more"], second["has_more"]) == (True, False)
    assert second["data"] == [
        {
            "id": "budget.alert:x:80",
            "at": "1970-01-01T00:00:01Z",
            "kind": "budget.alert",
            "facts": {"percent": 80, "settled_usd": 40, "period_id": "x"},
        }
    ]
    for foreign in ("budget.alert:y:80", budget_id, "x"):
        assert error_of(client.get(path, params={"after": foreign}))[:3] == (
            400,
            "invalid_request",
            "after",
        )


def test_every_change_is_written_down_with_what_it_changed(
    client: TestClient, people: People, budget: Make, limit: Make
) -> None:
    team = people.team("ours")
    budget_id = budget(scope="team", scope_id=team, unknown_price={"hold_usd": 0.05})["id"]
    client.patch(f"/v1/budgets/{budget_id}", json={"cap_usd": 7.5, "mode": "soft"})
    client.delete(f"/v1/budgets/{budget_id}")
    limit_id = limit(scope="team", scope_id=team, wait_up_to_seconds=1.5)["id"]
    client.patch(f"/v1/limits/{limit_id}", json={"parallel_calls": 3, "wait_up_to_seconds": 0})
    client.delete(f"/v1/limits/{limit_id}")

    terms = {
        "scope": "team",
        "scope_id": team,
        "period": "month",
        "time_zone": "UTC",
        "alert_percents": [80, 100],
        "unknown_price": {"hold_usd": 0.05},
    }
    before, after = {"cap_usd": 50, "mode": "hard"}, {"cap_usd": 7.5, "mode": "soft"}
    assert rows_of(people, budget_id) == [
        ("budget.create", None, terms | before),
        ("budget.update", before, after),
        ("budget.archive", terms | after, None),
    ]
    terms = {
        "scope": "team",
        "scope_id": team,
        "requests_per_minute": 60,
        "tokens_per_minute": None,
    }
    before = {"parallel_calls": None, "wait_up_to_seconds": 1.5}
    after = {"parallel_calls": 3, "wait_up_to_seconds": 0}
    assert rows_of(people, limit_id) == [
        ("limit.create", None, terms | before),
        ("limit.update", before, after),
        ("limit.delete", terms | after, None),
    ]
    found = people.query(
        "SELECT DISTINCT team_id FROM audit_log WHERE object_type IN ('budget', 'limit')"
    )
    assert found == [(team,)]


@pytest.mark.parametrize("kind", ["team", "user"])
def test_what_binds_a_team_or_user_ends_with_it(
    people: People, budget: Make, limit: Make, kind: str
) -> None:
    client, ana = people.client, people.user("ana")
    ids = {"user": ana, "team": people.team("ours", **{ana: "lead"})}
    keys = {"user": people.key(ana).id, "team": people.key(team_id=ids["team"]).id}
    other = "user" if kind == "team" else "team"
    gone, its_key, stays = (
        {"scope": kind, "scope_id": ids[kind]},
        {"scope": "key", "scope_id": keys[kind]},
        {"scope": other, "scope_id": ids[other]},
    )
    budgets = [budget(**scope)["id"] for scope in (gone, its_key, stays)]
    limits = [limit(**scope)["id"] for scope in (gone, its_key, stays)]

    assert client.delete(f"/v1/{kind}s/{ids[kind]}").status_code == 204

    [(_, said, _)] = [row for row in rows_of(people, ids[kind]) if row[0] == f"{kind}.delete"]
    assert (said["archived_budgets"], said["deleted_limits"]) == (
        sorted(budgets[:2]),
        sorted(limits[:2]),
    )
    assert [one["id"] for one in client.get("/v1/budgets").json()["data"]] == budgets[2:]
    assert [one["id"] for one in client.get("/v1/limits").json()["data"]] == limits[2:]
    for budget_id in budgets[:2]:
        assert client.get(f"/v1/budgets/{budget_id}").json()["archived_at"] is not None


def test_the_budget_of_a_lineage_ends_with_its_last_key(
    client: TestClient, people: People, budget: Make
) -> None:
    ana, bo = people.user("ana"), people.user("bo")
    first, second = people.key(ana), people.key(bo)
    people.query("UPDATE api_keys SET lineage_id = ? WHERE id = ?", first.id, second.id)
    path = f"/v1/budgets/{budget(scope='key', scope_id=second.id)['id']}"

    client.delete(f"/v1/users/{ana}")
    assert client.get(path).json()["archived_at"] is None

    client.delete(f"/v1/users/{bo}")
    assert client.get(path).json()["archived_at"] is not None


def test_a_change_that_is_not_kept_binds_nobody(client: TestClient, people: People) -> None:
    people.query(
        "CREATE TRIGGER no BEFORE INSERT ON audit_log BEGIN SELECT RAISE(ABORT, 'no'); END"
    )

    refused = client.post("/v1/limits", json={"scope": "instance", "requests_per_minute": 1})

    assert refused.status_code == 500
    assert people.query("SELECT * FROM limits") == []
    assert {client.post("/v1/chat/completions", json=CHAT).status_code for _ in "ab"} == {200}
