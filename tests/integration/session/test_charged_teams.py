"""Which team a call from a browser is charged to, and what is left of it in the ledger."""

import pytest

from tests.support.browsers import ADMIN, Browser
from tests.support.people import People, error_of

CHAT = {
    "model": "meta-llama/Llama-3.3-70B-Instruct",
    "max_tokens": 3,
    "messages": [{"role": "user", "content": "Hi"}],
}
CALL = ("POST", "/v1/chat/completions", CHAT)


@pytest.fixture
def ana(people: People) -> str:
    return people.user("ana")


@pytest.fixture
def signed_in(browser: Browser, ana: str) -> Browser:
    browser.sign_in_by_link(ana)
    return browser


def entry(people: People, call_id: str) -> tuple[str, str, str | None]:
    found = people.client.get(
        "/v1/admin/usage/entries", headers=ADMIN, params={"limit": 100}
    ).json()["data"]
    [one] = [one for one in found if one["id"] == call_id]
    return one["key_id"], one["user_id"], one["team_id"]


def test_a_call_is_the_users_own_unless_a_team_is_named(
    signed_in: Browser, ana: str, people: People
) -> None:
    team = people.team("research", **{ana: "member"})

    own = signed_in.send(*CALL)
    teams = signed_in.send(*CALL, {"x-meterhouse-team": team})

    assert entry(people, own.headers["x-request-id"]) == ("session", ana, None)
    assert entry(people, teams.headers["x-request-id"]) == ("session", ana, team)


def test_a_team_that_one_is_not_in_is_refused_like_one_that_is_not_there(
    signed_in: Browser, people: People
) -> None:
    others = people.team("others")

    answers = [
        error_of(signed_in.send(*CALL, {"x-meterhouse-team": team}))
        for team in (others, "team_nobody", "")
        if team
    ]

    assert {answer[:3] for answer in answers} == {(403, "forbidden", "X-Meterhouse-Team")}
    assert len({answer[3] for answer in answers}) == 1


def test_who_leaves_a_team_cannot_charge_it_any_more(
    signed_in: Browser, ana: str, people: People
) -> None:
    team = people.team("research", **{ana: "member"})
    assert signed_in.send(*CALL, {"x-meterhouse-team": team}).status_code == 200

    people.client.delete(f"/v1/teams/{team}/members/{ana}", headers=ADMIN)

    assert signed_in.send(*CALL, {"x-meterhouse-team": team}).status_code == 403


def test_an_admin_may_charge_any_team_that_there_is(browser: Browser, people: People) -> None:
    eva, team = people.user("eva", role="admin"), people.team("others")
    browser.sign_in_by_link(eva)

    assert browser.send(*CALL, {"x-meterhouse-team": team}).status_code == 200
    assert browser.send(*CALL, {"x-meterhouse-team": "team_nobody"}).status_code == 403


@pytest.mark.parametrize("path", ["/v1/me", "/v1/users", "/v1/models"])
def test_a_key_is_charged_to_its_own_team(people: People, ana: str, path: str) -> None:
    team = people.team("research", **{ana: "member"})
    key = people.key(ana, team_id=team)

    refused = people.client.get(path, headers=key.headers | {"x-meterhouse-team": team})

    assert error_of(refused)[:3] == (400, "invalid_request", "X-Meterhouse-Team")


def test_what_is_no_call_is_charged_to_nobody(signed_in: Browser, ana: str, people: People) -> None:
    team = people.team("research", **{ana: "member"})

    refused = signed_in.send("GET", "/v1/users", headers={"x-meterhouse-team": team})

    assert error_of(refused)[:3] == (400, "invalid_request", "X-Meterhouse-Team")


def test_the_limits_of_the_user_and_the_team_bind(
    signed_in: Browser, ana: str, people: People
) -> None:
    team = people.team("research", **{ana: "member"})
    for scope, scope_id in (("team", team), ("user", ana)):
        limit = {"scope": scope, "scope_id": scope_id, "requests_per_minute": 2}
        assert people.client.post("/v1/limits", json=limit, headers=ADMIN).status_code == 201

    statuses = [signed_in.send(*CALL, {"x-meterhouse-team": team}).status_code for _ in "abc"]

    assert statuses == [200, 200, 429]
    shown = signed_in.send("GET", "/v1/me").json()["limits"]
    assert [one["scope"] for one in shown] == ["user"]


def test_usage_is_of_all_that_the_person_called_and_of_nobody_else(
    signed_in: Browser, ana: str, people: People
) -> None:
    other = Browser(signed_in.client)
    other.sign_in_by_link(people.user("bo"))
    key = people.key(ana)
    by_key = people.client.post(CALL[1], json=CHAT, headers=key.headers)
    by_page = signed_in.send(*CALL)
    others = other.send(*CALL)

    seen = [one["id"] for one in signed_in.send("GET", "/v1/usage/entries").json()["data"]]

    ids = [answer.headers["x-request-id"] for answer in (by_key, by_page, others)]
    assert sorted(seen) == sorted(ids[:2])
    assert [one["id"] for one in other.send("GET", "/v1/usage/entries").json()["data"]] == ids[2:]


def test_a_key_that_a_page_issues_is_the_users_and_written_down_as_theirs(
    signed_in: Browser, ana: str, people: People
) -> None:
    made = signed_in.send("POST", "/v1/keys", {"name": "mine", "scopes": ["inference"]}).json()

    assert (made["user_id"], made["team_id"], made["expires_at"]) == (ana, None, None)
    [row] = people.query(
        "SELECT actor_kind, actor_id, actor_key_id, actor_name FROM audit_log WHERE object_id = ?",
        made["id"],
    )
    assert row == ("user", ana, None, "Ana")
    assert people.query("SELECT lineage_id, created_by FROM api_keys") == [(None, ana)]
