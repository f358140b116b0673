"""There is always an admin who can come in, whatever is tried and however much at once."""

from typing import Any

import pytest

from tests.integration.access.world import World

TAKING: list[tuple[str, Any]] = [
    ("DELETE", None),
    ("PATCH", {"disabled": True}),
    ("PATCH", {"role": "member"}),
    ("PATCH", {"role": "member", "name": "New"}),
    ("PATCH", {"role": "admin", "disabled": True}),
    ("PATCH", {"role": "member", "disabled": False}),
]


def admins(world: World) -> list[str]:
    """Return the ids of all admins who are not disabled."""
    sql = "SELECT id FROM users WHERE role = 'admin' AND disabled_at_ms IS NULL"
    return [user_id for (user_id,) in world.query(sql)]


def path_to(world: World, name: str) -> str:
    return f"/v1/users/{world.people.ids[name]}"


@pytest.mark.parametrize(("method", "body"), TAKING)
@pytest.mark.parametrize("caller", ["admin", "manages only", "bootstrap", "operator"])
def test_the_last_one_stays(world: World, caller: str, method: str, body: Any) -> None:
    assert world.ask("bootstrap", "DELETE", path_to(world, "second-admin")).status_code == 204
    before = world.state()
    assert len(world.read_new_changes()) == 1

    refused = world.ask(caller, method, path_to(world, "admin"), body)

    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "conflict")
    assert "Make somebody else an admin first" in refused.json()["error"]["message"]
    assert admins(world) == [world.people.ids["admin"]]
    assert (world.state(), world.read_new_changes()) == (before, [])


@pytest.mark.parametrize(("method", "body"), TAKING)
def test_one_of_two_may_go(world: World, method: str, body: Any) -> None:
    gone = world.ask("admin", method, path_to(world, "second-admin"), body)

    assert gone.is_success
    assert admins(world) == [world.people.ids["admin"]]


def test_one_who_is_disabled_does_not_count(world: World) -> None:
    assert world.ask("admin", "DELETE", path_to(world, "second-admin")).status_code == 204
    assert world.query("SELECT count(*) FROM users WHERE role = 'admin'") == [(2,)]

    assert world.ask("admin", "DELETE", path_to(world, "admin")).status_code == 409
    assert world.ask("admin", "DELETE", path_to(world, "disabled")).status_code == 204


def test_an_admin_who_is_enabled_again_counts(world: World) -> None:
    enabled = world.ask("admin", "PATCH", path_to(world, "disabled"), {"disabled": False})
    assert enabled.status_code == 200

    for name in ("second-admin", "admin"):
        assert world.ask("bootstrap", "DELETE", path_to(world, name)).status_code == 204
    assert admins(world) == [world.people.ids["disabled"]]


@pytest.mark.parametrize(("method", "body"), TAKING)
@pytest.mark.parametrize("callers", [("admin", "second"), ("bootstrap", "operator")])
def test_of_two_who_go_at_once_one_stays(
    world: World, callers: tuple[str, str], method: str, body: Any
) -> None:
    second = world.ask(
        "admin",
        "POST",
        "/v1/keys",
        {"name": "x", "scopes": ["manage"], "user_id": world.people.ids["second-admin"]},
    )
    named = {"second": world.add_caller(second.json()["secret"])}
    one, other = (named.get(name, name) for name in callers)

    answers = world.ask_at_once(
        (one, method, path_to(world, "second-admin"), body),
        (other, method, path_to(world, "admin"), body),
    )

    statuses = sorted(answer.status_code for answer in answers)
    assert len(admins(world)) == 1, statuses
    assert statuses[0] in {200, 204}
    assert statuses[1] in {401, 403, 409}


def test_of_many_who_go_in_every_way_at_once_one_stays(world: World) -> None:
    for number in range(6):
        new = {"email": f"boss{number}@example.com", "name": "Boss", "role": "admin"}
        assert world.ask("admin", "POST", "/v1/users", new).status_code == 201
    questions = [
        ("bootstrap", *TAKING[number % len(TAKING)], user_id)
        for number, user_id in enumerate(admins(world))
    ]

    answers = world.ask_at_once(
        *((who, method, f"/v1/users/{user_id}", body) for who, method, body, user_id in questions)
    )

    statuses = sorted(answer.status_code for answer in answers)
    assert len(admins(world)) == 1
    assert len(questions) == 8
    assert statuses[-1] == 409
    assert all(status < 300 for status in statuses[:-1])
