"""Whoever sends a field that is not theirs to set is refused, and nothing is set."""

import json
from typing import Any, Final

import pytest

from tests.integration.access.openapi import Operation, operations
from tests.integration.access.strange import complaint
from tests.integration.access.world import World

WISHES: Final[dict[str, Any]] = {
    "id": "user_00000000000000000000000000",
    "role": "admin",
    "is_admin": True,
    "admin": True,
    "password": "mine",
    "password_hash": "$argon2id$v=19$m=8,t=1,p=1$AAAAAAAAAAA$AAAAAAAAAAA",
    "has_password": True,
    "email": "mine@example.com",
    "created_at": "2000-01-01T00:00:00Z",
    "created_at_ms": 0,
    "created_by": "user_00000000000000000000000000",
    "disabled_at": None,
    "disabled_at_ms": None,
    "disabled": False,
    "revoked_at_ms": None,
    "expires_at_ms": None,
    "last_used_at": None,
    "user_id": "user_00000000000000000000000000",
    "team_id": "team_00000000000000000000000000",
    "team": {"id": "team_00000000000000000000000000"},
    "members": [],
    "leads": ["team_00000000000000000000000000"],
    "scopes": ["inference", "manage"],
    "kind": "operator",
    "digest": "00",
    "pepper_version": 0,
    "prefix": "mh_00000",
    "secret": "mh_00000000000000000000000000000000000000",
    "folded_name": "x",
    "__class__": "x",
    "__proto__": {"role": "admin"},
    "ROLE": "admin",
    "role ": "admin",
    "role\u0000": "admin",
}
CHANGING: Final = [operation for operation in operations() if operation.body]


def test_there_are_operations_to_try() -> None:
    assert len(CHANGING) >= 7


@pytest.mark.parametrize("operation", CHANGING, ids=str)
@pytest.mark.parametrize("caller", ["admin", "lead", "member"])
def test_a_field_that_is_not_known_is_refused_by_name(
    world: World, caller: str, operation: Operation
) -> None:
    path, valid = operation.path_to(world.people), operation.valid_body(world.people)
    state = world.state()
    wrong = dict[str, str]()
    for field in WISHES.keys() - operation.body.keys():
        answer = world.ask(caller, operation.method, path, valid | {field: WISHES[field]})
        error = answer.json()["error"]
        said = (answer.status_code, error["code"], error["param"], complaint(answer))
        if said != (400, "invalid_request", field, None):
            wrong[field] = answer.text

    assert wrong == {}
    assert world.state() == state
    assert world.read_new_changes() == []


@pytest.mark.parametrize("operation", CHANGING, ids=str)
def test_what_is_tried_is_good_without_it(world: World, operation: Operation) -> None:
    answer = world.ask(
        "admin",
        operation.method,
        operation.path_to(world.people),
        operation.valid_body(world.people),
    )

    assert answer.is_success, answer.text


@pytest.mark.parametrize("operation", CHANGING, ids=str)
def test_a_field_that_comes_twice_is_not_smuggled_in(world: World, operation: Operation) -> None:
    """What is checked is what is used: the last one, in both."""
    once = json.dumps(operation.valid_body(world.people) | {"id": 1})
    twice = f'{once[:-1]}, "id": 2}}'.encode()

    answer = world.ask("admin", operation.method, operation.path_to(world.people), twice)

    assert answer.status_code == 400
    assert answer.json()["error"]["param"] == "id"


def test_a_password_cannot_be_chosen_by_whoever_resets_it(world: World) -> None:
    path = f"/v1/users/{world.people.ids['fellow']}/reset-password"

    answer = world.ask("admin", "POST", path, {"password": "mine", "role": "admin"})

    assert answer.json()["password"] != "mine"
    assert (
        world.ask("admin", "GET", path.removesuffix("/reset-password")).json()["role"] == "member"
    )
