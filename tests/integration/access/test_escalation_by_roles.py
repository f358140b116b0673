"""Nobody gets more rights than they have: not through a team's key, not by a role they had."""

from typing import Any

import pytest

from tests.integration.access.world import World

NEW = {"name": "new"}
LEAD = {"role": "lead"}


def issue(world: World, caller: str, **fields: object) -> dict[str, Any]:
    """Issue a key of one's own, and return it."""
    answer = world.ask(caller, "POST", "/v1/keys", NEW | fields)
    assert answer.status_code == 201, answer.text
    return answer.json()


class TestServiceKeys:
    def test_of_one_team_touch_no_other(self, world: World) -> None:
        other = world.people.ids["other team"]
        asked = [
            ("GET", f"/v1/teams/{other}", None),
            ("GET", f"/v1/teams/{other}/members", None),
            ("POST", f"/v1/teams/{other}/members", {"user_id": world.people.ids["stranger"]}),
            ("PATCH", f"/v1/teams/{other}/members/{world.people.ids['other lead']}", LEAD),
            ("DELETE", f"/v1/teams/{other}/members/{world.people.ids['other lead']}", None),
            ("POST", "/v1/keys", NEW | {"team_id": other}),
            ("DELETE", f"/v1/keys/{world.people.ids['key of other lead']}", None),
            ("POST", f"/v1/keys/{world.people.ids['key of other lead']}/rotate", None),
        ]

        answers = [world.ask("service", *one).status_code for one in asked]

        assert answers == [404] * len(asked)

    def test_of_somebody_in_two_teams_touch_one(self, world: World) -> None:
        team, other = world.people.ids["team"], world.people.ids["other team"]
        lead = world.people.ids["lead"]
        path = f"/v1/teams/{other}/members"
        assert world.ask("admin", "POST", path, {"user_id": lead, "role": "lead"}).is_success
        key = issue(world, "lead", team_id=team, scopes=["manage"])
        caller = world.add_caller(key["secret"])

        assert world.ask(caller, "GET", f"/v1/teams/{team}").status_code == 200
        assert world.ask(caller, "GET", f"/v1/teams/{other}").status_code == 404

    def test_make_nobody_an_admin_and_no_key_of_a_person(self, world: World) -> None:
        fellow = world.people.ids["fellow"]

        made = world.ask("service", "PATCH", f"/v1/users/{fellow}", {"role": "admin"})
        issued = world.ask("service", "POST", "/v1/keys", NEW | {"user_id": fellow})

        assert (made.status_code, issued.status_code) == (403, 403)

    def test_that_manage_are_issued_by_no_member(self, world: World) -> None:
        wish = NEW | {"team_id": world.people.ids["team"], "scopes": ["manage"]}

        assert world.ask("member", "POST", "/v1/keys", wish).status_code == 403


class TestRoles:
    @pytest.mark.parametrize("caller", ["member", "lead", "other lead", "service", "calls only"])
    def test_make_no_admin_of_anybody(self, world: World, caller: str) -> None:
        new = {"email": "new@example.com", "name": "New", "role": "admin"}

        created = world.ask(caller, "POST", "/v1/users", new)
        changed = [
            world.ask(caller, "PATCH", f"/v1/users/{world.people.ids[name]}", {"role": "admin"})
            for name in ("lead", "member", "other lead")
        ]

        assert created.status_code == 403
        assert {answer.status_code for answer in changed} <= {403, 404}
        assert world.query("SELECT count(*) FROM users WHERE role = 'admin'") == [(3,)]

    @pytest.mark.parametrize("caller", ["member", "other member", "other lead"])
    def test_make_no_lead_of_oneself(self, world: World, caller: str) -> None:
        members = f"/v1/teams/{world.people.ids['team']}/members"
        me = world.people.ids[caller]

        changed = world.ask(caller, "PATCH", f"{members}/{me}", LEAD)
        added = world.ask(caller, "POST", members, LEAD | {"user_id": me})

        assert {changed.status_code, added.status_code} <= {403, 404}

    def test_lost_are_lost_for_keys_in_use(self, world: World) -> None:
        team, lead = world.people.ids["team"], world.people.ids["lead"]
        members = f"/v1/teams/{team}/members"
        assert world.ask("lead", "POST", "/v1/keys", NEW | {"team_id": team}).status_code == 201

        assert world.ask("lead", "PATCH", f"{members}/{lead}", {"role": "member"}).is_success

        tried = [
            world.ask("lead", "PATCH", f"{members}/{lead}", LEAD),
            world.ask("lead", "POST", "/v1/keys", NEW | {"team_id": team}),
            world.ask("lead", "DELETE", f"{members}/{world.people.ids['fellow']}"),
        ]
        assert [answer.status_code for answer in tried] == [403, 403, 403]
        key = f"/v1/keys/{world.people.ids['team-key']}"
        assert world.ask("lead", "DELETE", key).status_code == 404
        assert world.ask("lead", "POST", f"{key}/rotate").status_code == 404

    def test_of_an_admin_lost_are_lost_for_keys_in_use(self, world: World) -> None:
        me = f"/v1/users/{world.people.ids['admin']}"
        assert world.ask("admin", "PATCH", me, {"role": "member"}).status_code == 200

        tried = [
            world.ask("admin", "PATCH", me, {"role": "admin"}),
            world.ask("manages only", "PATCH", me, {"role": "admin"}),
            world.ask("admin", "GET", "/v1/admin/audit-log"),
        ]

        assert [answer.status_code for answer in tried] == [403, 403, 403]

    def test_of_somebody_who_left_give_nothing_back(self, world: World) -> None:
        team, member = world.people.ids["team"], world.people.ids["member"]
        mine = {"user_id": member, "team_id": team}
        charged = world.add_caller(issue(world, "member", **mine)["secret"])
        assert world.ask(charged, "GET", "/v1/me").status_code == 200

        assert world.ask("lead", "DELETE", f"/v1/teams/{team}/members/{member}").is_success

        assert world.ask(charged, "GET", "/v1/me").status_code == 401
        assert world.ask("member", "GET", f"/v1/teams/{team}").status_code == 404
        assert world.ask("member", "POST", "/v1/keys", NEW | mine).status_code == 404
        back = world.ask("lead", "POST", f"/v1/teams/{team}/members", {"user_id": member})
        assert back.status_code == 201
        assert world.ask(charged, "GET", "/v1/me").status_code == 401  # revoked for good
