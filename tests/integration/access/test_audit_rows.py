"""What each kind of change writes down: who did what to what, before and after, from where."""

import json
from typing import Any, Final, NamedTuple, cast

import httpx2
import pytest

from app.core.clock import epoch_ms
from app.services.audit_trail import Action
from tests.integration.access.requests import BODIES, filled
from tests.integration.access.world import FAR_AWAY, World


class Change(NamedTuple):
    """A request that changes something, and what is written down of it."""

    action: Action
    caller: str
    method: str
    path: str
    body: dict[str, Any] | None
    about: str  # whose id
    team: str | None
    before: dict[str, Any] | None
    after: dict[str, Any] | None


MADE: Final = "what was made"
MEMBERS: Final = "/v1/teams/{team}/members"
KEY: Final[dict[str, Any]] = {
    "name": "ci",
    "user_id": None,
    "scopes": ["inference"],
    "allowed_models": None,
    "tags": {},
    "expires_at": None,
}
OLD: Final[dict[str, Any]] = KEY | {"scopes": ["manage"]}
CHANGES: Final = [
    Change(
        Action.USER_CREATE,
        "admin",
        "POST",
        "/v1/users",
        {"email": "Eva@example.com", "name": "Eva"},
        MADE,
        None,
        None,
        {"email": "eva@example.com", "name": "Eva", "role": "member"},
    ),
    Change(
        Action.USER_UPDATE,
        "manages only",
        "PATCH",
        "/v1/users/{fellow}",
        {"name": "Eva", "role": "admin"},
        "{fellow}",
        None,
        {"name": "Fellow", "role": "member"},
        {"name": "Eva", "role": "admin"},
    ),
    Change(
        Action.USER_DISABLE,
        "bootstrap",
        "PATCH",
        "/v1/users/{fellow}",
        {"disabled": True},
        "{fellow}",
        None,
        {"is_disabled": False},
        {"is_disabled": True, "revoked_keys": ["{fellow-key}", "{charged-key}"]},
    ),
    Change(
        Action.USER_ENABLE,
        "operator",
        "PATCH",
        "/v1/users/{disabled}",
        {"disabled": False},
        "{disabled}",
        None,
        {"is_disabled": True},
        {"is_disabled": False},
    ),
    Change(
        Action.USER_RESET_PASSWORD,
        "admin",
        "POST",
        "/v1/users/{fellow}/reset-password",
        None,
        "{fellow}",
        None,
        None,
        None,
    ),
    Change(
        Action.USER_DELETE,
        "admin",
        "DELETE",
        "/v1/users/{stranger}",
        None,
        "{stranger}",
        None,
        {
            "email": "{stranger}@example.com",
            "name": "Stranger",
            "role": "member",
            "is_disabled": False,
            "revoked_keys": [],
            "archived_budgets": [],
            "deleted_limits": [],
            "deleted_body_rules": [],
        },
        None,
    ),
    Change(
        Action.TEAM_CREATE,
        "admin",
        "POST",
        "/v1/teams",
        {"name": "Café"},
        MADE,
        MADE,
        None,
        {"name": "Café"},
    ),
    Change(
        Action.TEAM_UPDATE,
        "admin",
        "PATCH",
        "/v1/teams/{team}",
        {"name": "Ours"},
        "{team}",
        "{team}",
        {"name": "{team}"},
        {"name": "Ours"},
    ),
    Change(
        Action.MEMBER_ADD,
        "lead",
        "POST",
        MEMBERS,
        {"user_id": "{stranger}", "role": "lead"},
        "{stranger}",
        "{team}",
        None,
        {"role": "lead"},
    ),
    Change(
        Action.MEMBER_UPDATE,
        "service",
        "PATCH",
        MEMBERS + "/{fellow}",
        {"role": "lead"},
        "{fellow}",
        "{team}",
        {"role": "member"},
        {"role": "lead"},
    ),
    Change(
        Action.MEMBER_REMOVE,
        "lead",
        "DELETE",
        MEMBERS + "/{fellow}",
        None,
        "{fellow}",
        "{team}",
        {"role": "member", "revoked_keys": ["{charged-key}"]},
        None,
    ),
    Change(
        Action.KEY_CREATE,
        "member",
        "POST",
        "/v1/keys",
        {"name": "ci", "tags": {"a": "b"}, "allowed_models": ["org/*"]},
        MADE,
        None,
        None,
        KEY | {"user_id": "{member}", "tags": {"a": "b"}, "allowed_models": ["org/*"]},
    ),
    Change(
        Action.KEY_CREATE,
        "lead",
        "POST",
        "/v1/keys",
        {"name": "ci", "team_id": "{team}"},
        MADE,
        "{team}",
        None,
        KEY,
    ),
    Change(
        Action.KEY_REVOKE,
        "lead",
        "DELETE",
        "/v1/keys/{charged-key}",
        None,
        "{charged-key}",
        "{team}",
        OLD | {"name": "charged-key", "user_id": "{fellow}"},
        None,
    ),
    Change(
        Action.PRICE_DELETE,
        "admin",
        "DELETE",
        "/v1/admin/prices/{price}",
        None,
        "{price}",
        None,
        {
            "model": "any/model",
            "upstream": None,
            "valid_from": "2001-09-09T01:46:40+00:00",
            "valid_until": None,
            "price_nusd": {"source": "api", "request": 1},
        },
        None,
    ),
    Change(
        Action.PRICE_IMPORT,
        "operator",
        "POST",
        "/v1/admin/prices/import",
        dict(BODIES["a-list"].template),
        "litellm",
        None,
        None,
        {"created": 1, "unchanged": 0, "kept": 0, "left_out": 0},
    ),
]


def test_every_action_is_tried() -> None:
    elsewhere = {Action.TEAM_DELETE, Action.KEY_ROTATE, Action.PRICE_CREATE}
    # That of a price that is set is in `tests/integration/prices/test_prices_api.py`; what is said
    # of budgets and limits in `tests/integration/budgets/test_life.py`, of stored bodies in
    # `tests/integration/bodies`, of upstreams and models in `tests/integration/routing`.
    # Who signs in or out is in `tests/integration/session`.
    kinds = ("budget.", "limit.", "body", "upstream.", "model.", "user.sign_", "user.change_")
    elsewhere |= {one for one in Action if one.startswith(kinds)}

    assert {change.action for change in CHANGES} | elsewhere == set(Action)


@pytest.mark.parametrize("change", CHANGES, ids=lambda one: f"{one.action}-{one.caller}")
def test_a_change_is_one_row_that_tells_all(world: World, change: Change) -> None:
    row, answer = change_of(world, *change[1:5])

    made = answer.json().get("id") if answer.content else None
    wanted: Any = filled(list(change[5:]), world.people, change.caller)
    about, team, before, after = (made if one == MADE else in_order(one) for one in wanted)
    assert row["action"] == change.action
    assert (row["object_type"], row["object_id"]) == (change.action.partition(".")[0], about)
    assert row["team_id"] == team
    assert (row["before"], row["after"]) == (before, after)
    assert row["from_ip"] == FAR_AWAY[0]
    assert row["request_id"] == answer.headers["x-request-id"]
    assert abs(row["at_ms"] - epoch_ms(world.container.clock.now())) < 60_000


def change_of(
    world: World, caller: str, method: str, *path_and_body: Any
) -> tuple[dict[str, Any], httpx2.Response]:
    """Make a change, and return the one row of it with its facts read."""
    answer = world.ask(caller, method, *filled([*path_and_body], world.people, caller))
    assert answer.is_success, answer.text
    [row] = world.read_new_changes()
    facts = {name: in_order(json.loads(row[name] or "null")) for name in ("before", "after")}
    return row | facts, answer


def in_order(facts: Any) -> Any:
    """Return facts with the ids of keys in order: they were made in the same millisecond."""
    if not isinstance(facts, dict) or "revoked_keys" not in facts:
        return cast("Any", facts)
    known = cast("dict[str, Any]", facts)
    return known | {"revoked_keys": sorted(known["revoked_keys"])}


def test_a_team_that_is_deleted_names_the_keys_that_die_with_it(world: World) -> None:
    of_team = "SELECT id FROM api_keys WHERE team_id = ? AND revoked_at_ms IS NULL ORDER BY id"
    keys = [key_id for (key_id,) in world.query(of_team, world.people.ids["team"])]

    row, _ = change_of(world, "admin", "DELETE", "/v1/teams/{team}")

    assert (row["action"], row["object_id"]) == (Action.TEAM_DELETE, world.people.ids["team"])
    assert row["before"]["name"] == world.people.ids["team"]
    assert row["before"]["revoked_keys"] == keys
    assert row["after"] is None
    assert len(keys) == 5


def test_a_rotation_names_the_key_that_takes_the_place(world: World) -> None:
    row, answer = change_of(world, "lead", "POST", "/v1/keys/{team-key}/rotate")

    old = world.ask("lead", "GET", f"/v1/keys/{world.people.ids['team-key']}").json()
    assert (row["action"], row["object_id"]) == (Action.KEY_ROTATE, world.people.ids["team-key"])
    assert row["team_id"] == world.people.ids["team"]
    assert row["before"] == OLD | {"name": "team-key"}
    after = row["after"] | {"expires_at": old["expires_at"]}
    assert after == OLD | {
        "name": "team-key",
        "replaced_by": answer.json()["id"],
        "expires_at": old["expires_at"],
    }
    assert row["after"]["expires_at"] is not None


@pytest.mark.parametrize(
    ("caller", "said"),
    [
        ("member", ("user", "{member}", "{key of member}", "Member")),
        ("admin", ("user", "{admin}", "{key of admin}", "Admin")),
        ("manages only", ("user", "{admin}", "{key of manages only}", "Admin")),
        ("service", ("service", "{key of service}", "{key of service}", "key of service")),
        ("bootstrap", ("bootstrap", "bootstrap", None, "bootstrap")),
        ("operator", ("operator", "operator", None, "operator")),
    ],
)
def test_a_row_says_who_it_was(world: World, caller: str, said: tuple[str | None, ...]) -> None:
    owner = "{member}" if caller == "member" else None
    team = None if caller == "member" else "{team}"
    wish = {"name": "new", "scopes": ["manage"], "user_id": owner, "team_id": team}

    row, _ = change_of(world, caller, "POST", "/v1/keys", wish)

    columns = ("actor_kind", "actor_id", "actor_key_id", "actor_name")
    assert [row[one] for one in columns] == [by_name(world, one) for one in said]


def by_name(world: World, text: str | None) -> str | None:
    """Return the id that `{...}` stands for, or what is none."""
    return world.people.ids[text[1:-1]] if text and text.startswith("{") else text


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/users/{fellow}", {"name": "Fellow", "role": "member", "disabled": False}),
        ("/v1/users/{fellow}", {}),
        ("/v1/teams/{team}", {"name": "{team}"}),
        (f"{MEMBERS}/{{fellow}}", {"role": "member"}),
    ],
)
def test_what_changes_nothing_is_not_written_down(world: World, path: str, body: Any) -> None:
    asked = filled([path, body], world.people, "admin")

    assert world.ask("admin", "PATCH", *asked).status_code == 200
    assert world.read_new_changes() == []


def test_a_key_that_is_revoked_twice_is_written_down_once(world: World) -> None:
    path = f"/v1/keys/{world.people.ids['team-key']}"

    statuses = [world.ask("lead", "DELETE", path).status_code for _ in range(2)]

    assert statuses == [204, 204]
    assert len(world.read_new_changes()) == 1


def test_what_is_refused_because_of_its_state_is_not_written_down(world: World) -> None:
    ids = world.people.ids
    refused = [
        ("POST", "/v1/users", {"email": f"{ids['fellow']}@example.com", "name": "x"}),
        ("POST", "/v1/teams", {"name": ids["team"].upper()}),
        ("POST", f"/v1/teams/{ids['team']}/members", {"user_id": ids["fellow"]}),
        ("POST", f"/v1/keys/{ids['key of revoked']}/rotate", None),
        ("POST", "/v1/keys", {"name": "x", "user_id": ids["disabled"]}),
    ]
    state = world.state()

    assert [world.ask("admin", *one).status_code for one in refused] == [409] * len(refused)
    assert (world.state(), world.read_new_changes()) == (state, [])
