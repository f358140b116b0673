"""Who sees which budgets and limits: one by one, in lists, and in `/v1/me`."""

from typing import Any, NamedTuple

import pytest
from fastapi.testclient import TestClient

from tests.integration.budgets.conftest import Make
from tests.support.people import Key, People, error_of

BOTH = ("inference", "manage")


class Company(NamedTuple):
    """Callers by name, and a budget and a limit of each scope by its name."""

    callers: dict[str, Key]
    budgets: dict[str, str]
    limits: dict[str, str]


@pytest.fixture
def company(people: People, budget: Make, limit: Make) -> Company:
    """Return two teams with all kinds of callers."""
    ana, lea, zoe = (people.user(name) for name in ("ana", "lea", "zoe"))
    boss = people.user("boss", role="admin")
    team = people.team("ours", **{ana: "member", lea: "lead"})
    other = people.team("theirs", **{zoe: "lead"})
    callers = {
        "member": people.key(ana),
        "member, charged": people.key(ana, team_id=team, scopes=("inference",)),
        "lead": people.key(lea),
        "service": people.key(team_id=team),
        "stranger": people.key(zoe),
        "admin": people.key(boss),
        "admin, calls only": people.key(boss, scopes=("inference",)),
    }
    scopes: dict[str, dict[str, Any]] = {
        "instance": {"scope": "instance"},
        "our team": {"scope": "team", "scope_id": team},
        "their team": {"scope": "team", "scope_id": other},
        "member": {"scope": "user", "scope_id": ana},
        "lead": {"scope": "user", "scope_id": lea},
        "member's key": {"scope": "key", "scope_id": callers["member"].id},
        "charged key": {"scope": "key", "scope_id": callers["member, charged"].id},
        "service key": {"scope": "key", "scope_id": callers["service"].id},
    }
    return Company(
        callers,
        {name: budget(**scope, period="total")["id"] for name, scope in scopes.items()},
        {name: limit(**scope)["id"] for name, scope in scopes.items()},
    )


SEEN = {
    "member": {"our team", "member", "member's key", "charged key"},
    "lead": {"our team", "lead", "charged key", "service key"},
    "service": {"our team", "charged key", "service key"},
    "stranger": {"their team"},
    "admin": {
        *("instance", "our team", "their team", "member", "lead"),
        *("member's key", "charged key", "service key"),
    },
}
BOUND = {
    "member": {"member", "member's key"},
    "member, charged": {"our team", "member", "charged key"},
    "lead": {"lead"},
    "service": {"our team", "service key"},
    "stranger": set[str](),
    "admin": {"instance"},
    "admin, calls only": {"instance"},
}


# Who asks, for which scopes, of whom, and what is found.
WANTED = (
    ("admin", "instance", None, {"instance"}),
    ("admin", "team", None, {"our team", "their team"}),
    ("admin", None, "our team", {"our team"}),
    ("admin", "user", "our team", set[str]()),
    ("lead", "key", None, {"charged key", "service key"}),
    ("lead", None, "their team", set[str]()),
)


@pytest.mark.parametrize("what", ["budgets", "limits"])
def test_a_list_is_of_the_scopes_that_are_wanted(
    client: TestClient, company: Company, what: str
) -> None:
    ids: dict[str, str] = getattr(company, what)
    names = {object_id: name for name, object_id in ids.items()}

    for caller, scope, whose, found in WANTED:
        wanted = {} if scope is None else {"scope": scope}
        if whose is not None:
            wanted["scope_id"] = str(client.get(f"/v1/{what}/{ids[whose]}").json()["scope_id"])
        answer = client.get(f"/v1/{what}", params=wanted, headers=company.callers[caller].headers)
        shown = {names[one["id"]] for one in answer.json()["data"]}
        assert (caller, scope, whose, shown) == (caller, scope, whose, found)


@pytest.mark.parametrize("what", ["budgets", "limits"])
def test_everybody_sees_their_own_and_what_they_lead(
    client: TestClient, company: Company, what: str
) -> None:
    ids: dict[str, str] = getattr(company, what)
    names = {object_id: name for name, object_id in ids.items()}

    for caller, seen in SEEN.items():
        headers = company.callers[caller].headers
        page = client.get(f"/v1/{what}", headers=headers).json()
        assert {names[one["id"]] for one in page["data"]} == seen, caller
        for name, object_id in ids.items():
            paths = [f"/v1/{what}/{object_id}"]
            paths += [f"{paths[0]}/events"] if what == "budgets" else []
            for path in paths:
                status = client.get(path, headers=headers).status_code
                assert (caller, name, status) == (caller, name, 200 if name in seen else 404)


@pytest.mark.parametrize(("what", "body"), [("budgets", {"cap_usd": 1}), ("limits", {})])
def test_only_admins_change_any_and_what_is_out_of_sight_is_not_there(
    people: People, company: Company, what: str, body: dict[str, Any]
) -> None:
    ids, count = getattr(company, what), people.changes()

    for caller in ("member", "lead", "service", "stranger"):
        headers = company.callers[caller].headers
        for name, object_id in ids.items():
            path, status = f"/v1/{what}/{object_id}", 403 if name in SEEN[caller] else 404
            assert people.client.patch(path, json=body, headers=headers).status_code == status
            assert people.client.delete(path, headers=headers).status_code == status
        wish = {"scope": "instance", "requests_per_minute": 1}
        if what == "budgets":
            wish = {"scope": "instance", "cap_usd": 1, "period": "day"}
        refused = people.client.post(f"/v1/{what}", json=wish, headers=headers)
        assert error_of(refused)[:2] == (403, "forbidden")
    assert people.changes() == count


def test_me_shows_what_binds_the_key_and_what_is_left(client: TestClient, company: Company) -> None:
    for caller, bound in BOUND.items():
        me = client.get("/v1/me", headers=company.callers[caller].headers).json()
        for what in ("budgets", "limits"):
            ids = getattr(company, what)
            assert {one["id"] for one in me[what]} == {ids[name] for name in bound}, caller


def test_me_shows_terms_in_short(client: TestClient, company: Company) -> None:
    headers = company.callers["member"].headers
    [of_user] = [
        one
        for one in client.get("/v1/me", headers=headers).json()["budgets"]
        if one["scope"] == "user"
    ]

    whole = client.get(f"/v1/budgets/{of_user['id']}", headers=headers).json()
    assert of_user.items() <= whole.items()
    assert of_user.keys() == {
        *("id", "scope", "scope_id", "period", "mode", "cap_usd", "left_usd", "resets_at"),
    }


def test_a_successor_is_bound_by_what_binds_its_lineage(
    client: TestClient, people: People, budget: Make
) -> None:
    first = people.key(people.user("ana"), scopes=BOTH)
    made = budget(scope="key", scope_id=first.id)

    issued = client.post(f"/v1/keys/{first.id}/rotate", headers=first.headers).json()
    headers = {"authorization": f"Bearer {issued['secret']}"}

    assert [one["id"] for one in client.get("/v1/me", headers=headers).json()["budgets"]] == [
        made["id"]
    ]
    assert client.get(f"/v1/budgets/{made['id']}", headers=headers).status_code == 200
