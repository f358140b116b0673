"""A list shows each caller what they may see one by one, and nothing else."""

from collections.abc import Mapping, Set as AbstractSet
from typing import Final

import pytest

from tests.integration.access.population import BAD_KEYS, CALLERS, KEYS, PEOPLE
from tests.integration.access.world import World

_TEAM: Final = {"member", "lead", "fellow", "disabled"}
_TEAMS_KEYS: Final = {
    *("team-key", "charged-key", "key of leaver"),
    *("key of service", "key of service calls only"),
}
_EVERY_KEY: Final = frozenset(
    {
        *KEYS,
        *(f"key of {name}" for name in (*CALLERS, *BAD_KEYS)),
        *(f"own-key of {name}" for name, key in CALLERS.items() if key.user is not None),
    }
)
_EVERYTHING: Final = ("admin", "manages only", "bootstrap", "operator")

USERS: Final[Mapping[str, AbstractSet[str]]] = {
    "member": {"member"},
    "lead": _TEAM,
    "other member": {"other member"},
    "other lead": {"other member", "other lead"},
    "service": _TEAM,
    **dict.fromkeys(_EVERYTHING, frozenset(PEOPLE)),
}
TEAMS: Final[Mapping[str, AbstractSet[str]]] = {
    **dict.fromkeys(("member", "lead", "service"), frozenset({"team"})),
    **dict.fromkeys(("other member", "other lead"), frozenset({"other team"})),
    **dict.fromkeys(_EVERYTHING, frozenset({"team", "other team"})),
}
KEYS_SEEN: Final[Mapping[str, AbstractSet[str]]] = {
    **{
        who: {f"key of {who}", f"own-key of {who}"}
        for who in ("member", "other member", "other lead")
    },
    "lead": {"key of lead", "own-key of lead", *_TEAMS_KEYS},
    "service": _TEAMS_KEYS,
    **dict.fromkeys(_EVERYTHING, _EVERY_KEY),
}
TERMS_SEEN: Final[Mapping[str, AbstractSet[str]]] = {
    "member": {"team"},
    **dict.fromkeys(("lead", "service"), frozenset({"team", "key"})),
    **dict.fromkeys(("other member", "other lead"), frozenset[str]()),
    **dict.fromkeys(_EVERYTHING, frozenset({"team", "user", "key", "instance"})),
}


def terms_seen(what: str) -> Mapping[str, AbstractSet[str]]:
    """Return which budgets or limits each caller sees. There is no limit of the instance."""
    missing = {"instance-limit"}
    return {
        caller: {f"{scope}-{what}" for scope in scopes} - missing
        for caller, scopes in TERMS_SEEN.items()
    }


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/v1/users", USERS),
        ("/v1/teams", TEAMS),
        ("/v1/keys", KEYS_SEEN),
        ("/v1/budgets", terms_seen("budget")),
        ("/v1/limits", terms_seen("limit")),
    ],
)
def test_a_list_holds_what_its_caller_may_see(
    world: World, path: str, expected: Mapping[str, AbstractSet[str]]
) -> None:
    assert {caller: seen(world, caller, path) for caller in expected} == expected


def test_a_list_of_members_holds_the_whole_team_and_no_addresses(world: World) -> None:
    path = f"/v1/teams/{world.people.ids['team']}/members"

    for caller in ("member", "lead", "service", "admin"):
        answer = world.ask(caller, "GET", path)
        found = {member["user_id"] for member in answer.json()["data"]}
        assert found == {world.people.ids[name] for name in _TEAM}
        assert "@" not in answer.text


@pytest.mark.parametrize("caller", ["member", "other lead"])
def test_no_filter_shows_more(world: World, caller: str) -> None:
    ids = world.people.ids

    assert seen(world, caller, f"/v1/keys?user_id={ids['fellow']}") == set()
    assert seen(world, caller, f"/v1/keys?team_id={ids['team']}") == set()


def test_filters_are_no_filters_for_whoever_sees_all(world: World) -> None:
    ids = world.people.ids

    assert seen(world, "lead", f"/v1/keys?team_id={ids['team']}") == _TEAMS_KEYS
    assert seen(world, "lead", f"/v1/keys?user_id={ids['fellow']}") == {"charged-key"}
    assert seen(world, "admin", f"/v1/keys?user_id={ids['fellow']}") == {
        "charged-key",
        "fellow-key",
    }


def test_no_page_begins_beyond_what_its_caller_may_see(world: World) -> None:
    last = "user_" + "z" * 26  # after every id

    assert seen(world, "member", f"/v1/users?after={last}") == {"member"}
    assert seen(world, "other lead", f"/v1/users?limit=1&after={last}") < {
        "other lead",
        "other member",
    }


def test_what_is_used_is_ones_own(world: World) -> None:
    chat = {"model": "a/b", "messages": [{"role": "user", "content": "Hi"}], "max_tokens": 1}
    called = {
        who: world.ask(who, "POST", "/v1/chat/completions", chat).headers["x-request-id"]
        for who in ("member", "lead", "admin", "service", "bootstrap")
    }

    for who, entry_id in called.items():
        page = world.ask(who, "GET", "/v1/usage/entries").json()
        assert [entry["id"] for entry in page["data"]] == [entry_id]
        assert world.ask(who, "GET", "/v1/usage").json()["calls"] == 1


def seen(world: World, caller: str, path: str) -> set[str]:
    """Return the names of what a list shows."""
    separator = "&" if "?" in path else "?"
    limit = "" if "limit=" in path else f"{separator}limit=100"
    answer = world.ask(caller, "GET", f"{path}{limit}")
    assert answer.status_code == 200, answer.text
    names = {object_id: name for name, object_id in world.people.ids.items()}
    return {names[item["id"]] for item in answer.json()["data"]}
