"""No key issues one that may do more than itself, whichever way it tries."""

from datetime import timedelta
from typing import Any

import pytest

from tests.integration.access.world import World
from tests.support.people import error_of

SOON = "2100-01-01T00:00:00Z"
LATER = "2200-01-01T00:00:00Z"
NEW = {"name": "new"}


def issue(world: World, caller: str, **fields: object) -> dict[str, Any]:
    """Issue a key of one's own, and return it."""
    answer = world.ask(caller, "POST", "/v1/keys", NEW | fields)
    assert answer.status_code == 201, answer.text
    return answer.json()


def limited(world: World, **fields: object) -> str:
    """Let an admin issue a key with limits, and return the caller who has it."""
    both = {"scopes": ["inference", "manage"]}
    return world.add_caller(issue(world, "admin", **{**both, **fields})["secret"])


def test_a_member_who_manages_issues_none_for_somebody_else(world: World) -> None:
    for owner in ("fellow", "lead", "admin", "other member"):
        wish = NEW | {"scopes": ["manage"], "user_id": world.people.ids[owner]}

        status, code, *_ = error_of(world.ask("member", "POST", "/v1/keys", wish))

        assert (status, code) == (404, "not_found")


def test_a_lead_issues_none_in_a_members_name(world: World) -> None:
    owner = {"user_id": world.people.ids["fellow"], "team_id": world.people.ids["team"]}

    status, code, *_ = error_of(world.ask("lead", "POST", "/v1/keys", NEW | owner))

    assert (status, code) == (403, "forbidden")


@pytest.mark.parametrize(
    "models",
    [
        None,
        ["*"],
        ["org/*"],
        ["org/model", "x"],
        ["org/mode*"],
        ["*org/model"],
        ["Org/model"],
        ["org/model?"],
        ["org/[m]odel"],
    ],
)
def test_a_key_with_a_limit_of_models_issues_none_beyond_it(
    world: World, models: list[str] | None
) -> None:
    caller = limited(world, allowed_models=["org/model", "org/model-*"])

    answer = world.ask(caller, "POST", "/v1/keys", NEW | {"allowed_models": models})

    if models is None:  # as with the key that asks
        assert answer.json()["allowed_models"] == ["org/model", "org/model-*"]
    else:
        assert error_of(answer)[:3] == (403, "forbidden", "allowed_models")


@pytest.mark.parametrize("end", [None, LATER, "9000-01-01T00:00:00+14:00"])
def test_a_key_that_expires_issues_none_that_outlives_it(world: World, end: str | None) -> None:
    caller = limited(world, expires_at=SOON)

    answer = world.ask(caller, "POST", "/v1/keys", NEW | {"expires_at": end})

    if end is None:
        assert answer.json()["expires_at"] == SOON
    else:
        assert error_of(answer)[:3] == (403, "forbidden", "expires_at")


def test_a_key_with_fixed_tags_issues_none_with_others(world: World) -> None:
    caller = limited(world, tags={"cost": "red"})

    inherited = issue(world, caller, tags={"job": "ci"})
    changed = world.ask(caller, "POST", "/v1/keys", NEW | {"tags": {"cost": "blue"}})

    assert inherited["tags"] == {"cost": "red", "job": "ci"}
    assert error_of(changed)[:3] == (403, "forbidden", "tags")


def test_a_key_that_only_manages_issues_none_that_calls(world: World) -> None:
    for scopes in (["inference"], ["inference", "manage"]):
        answer = world.ask("manages only", "POST", "/v1/keys", NEW | {"scopes": scopes})

        assert error_of(answer)[:3] == (403, "forbidden", "scopes")


@pytest.mark.parametrize(
    ("limit", "param"),
    [
        ({"allowed_models": ["org/model"]}, "allowed_models"),
        ({"expires_at": SOON}, "expires_at"),
        ({"scopes": ["manage"]}, "scopes"),
        ({"tags": {"cost": "red"}}, "tags"),
    ],
)
def test_a_key_with_a_limit_rotates_none_without(
    world: World, limit: dict[str, Any], param: str
) -> None:
    caller = limited(world, **limit)
    free = issue(world, "admin", scopes=["inference", "manage"])

    answer = world.ask(caller, "POST", f"/v1/keys/{free['id']}/rotate")

    assert error_of(answer)[:3] == (403, "forbidden", param)


def test_a_rotated_key_keeps_its_limits(world: World) -> None:
    limits = {"allowed_models": ["org/*"], "expires_at": SOON, "tags": {"cost": "red"}}
    key = issue(world, "admin", **limits)

    rotated = world.ask("admin", "POST", f"/v1/keys/{key['id']}/rotate").json()

    kept = ("scopes", "allowed_models", "expires_at", "tags", "user_id", "team_id")
    assert {name: rotated[name] for name in kept} == {name: key[name] for name in kept}


def test_a_key_does_not_live_longer_by_being_rotated(world: World) -> None:
    in_an_hour = world.container.clock.now() + timedelta(hours=1)
    key = issue(world, "admin", expires_at=in_an_hour.isoformat())
    path = f"/v1/keys/{key['id']}"

    for _ in range(2):
        assert world.ask("admin", "POST", f"{path}/rotate", {"overlap_hours": 720}).is_success
        assert world.ask("admin", "GET", path).json()["expires_at"] == key["expires_at"]


def test_a_revoked_or_expired_key_does_not_come_back(world: World) -> None:
    for name in ("revoked", "expired"):
        path = f"/v1/keys/{world.people.ids[f'key of {name}']}/rotate"

        assert error_of(world.ask("admin", "POST", path))[:2] == (409, "conflict")


def test_a_chain_of_keys_ends_where_it_began(world: World) -> None:
    caller = limited(world, allowed_models=["org/*"], expires_at=SOON, tags={"cost": "red"})
    for _ in range(3):
        key = issue(world, caller, scopes=["inference", "manage"])
        caller = world.add_caller(key["secret"])

        assert (key["allowed_models"], key["expires_at"]) == (["org/*"], SOON)
        assert key["tags"] == {"cost": "red"}
