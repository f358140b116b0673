"""Whoever has a key that is charged to a team gets none that is not, and so sheds no budget."""

from dataclasses import dataclass

import pytest
from fastapi.testclient import TestClient

from tests.support.people import Key, People, error_of


@dataclass(frozen=True, slots=True)
class Cast:
    """A lead of two teams and an admin, each with a key of their own and one that is charged."""

    ids: dict[str, str]
    own: dict[str, Key]
    charged: dict[str, Key]


@pytest.fixture
def cast(people: People) -> Cast:
    ids = {"lea": people.user("lea"), "ada": people.user("ada", role="admin")}
    leads = dict.fromkeys(ids.values(), "lead")
    ids |= {team: people.team(team, **leads) for team in ("red", "blue")}
    own = {name: people.key(ids[name]) for name in ("lea", "ada")}
    charged = {name: people.key(ids[name], team_id=ids["red"]) for name in ("lea", "ada")}
    return Cast(ids, own, charged)


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({}, 201),
        ({"user_id": "lea", "team_id": "red"}, 201),
        ({"team_id": "red"}, 201),
        ({"user_id": "lea"}, 403),
        ({"user_id": "lea", "team_id": "blue"}, 403),
        ({"team_id": "blue"}, 403),
    ],
)
def test_a_charged_key_issues_keys_that_are_charged_to_the_same_team(
    client: TestClient, cast: Cast, *, asked: dict[str, str], status: int
) -> None:
    body = {"name": "x", **{field: cast.ids[name] for field, name in asked.items()}}

    with_charged = client.post("/v1/keys", json=body, headers=cast.charged["lea"].headers)
    with_own = client.post("/v1/keys", json=body, headers=cast.own["lea"].headers)
    with_admins = client.post(
        "/v1/keys", json=body | {"user_id": cast.ids["ada"]}, headers=cast.charged["ada"].headers
    )

    assert (with_charged.status_code, with_own.status_code) == (status, 201)
    assert with_admins.status_code == 201
    if status == 201:
        assert with_charged.json()["team_id"] == cast.ids["red"]
    else:
        _, code, param, message = error_of(with_charged)
        assert (code, param) == ("forbidden", "team_id")
        assert cast.ids["red"] in message


@pytest.mark.parametrize(
    ("asks", "rotated", "status"),
    [
        ("charged", "own", 403),
        ("charged", "charged", 201),
        ("own", "charged", 201),
        ("own", "own", 201),
    ],
)
def test_a_charged_key_gets_no_new_secret_of_one_that_is_not(
    client: TestClient, cast: Cast, *, asks: str, rotated: str, status: int
) -> None:
    keys = {"own": cast.own["lea"], "charged": cast.charged["lea"]}

    answer = client.post(f"/v1/keys/{keys[rotated].id}/rotate", json={}, headers=keys[asks].headers)

    assert answer.status_code == status
    assert status == 201 or "charged to a team" in error_of(answer)[3]


def test_a_charged_key_revokes_any_key_of_its_owner(client: TestClient, cast: Cast) -> None:
    answer = client.delete(f"/v1/keys/{cast.own['lea'].id}", headers=cast.charged["lea"].headers)

    assert answer.status_code == 204
