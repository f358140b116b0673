"""Reports over HTTP: groups, series, filters, and what is refused."""

from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest
from fastapi.testclient import TestClient

from app.core.tasks.units import Unit
from app.db.repositories.usage_sums import SUMMED_UNITS
from app.services.container import Container
from app.services.ledger import report_form
from tests.integration.usage.calls import DAY_MS, HOUR_MS, MIDNIGHT_MS, Called, write
from tests.support.people import People, error_of

DAY = "since=2026-11-23T00:00:00Z&until=2026-11-24T00:00:00Z"
CALL = Called("req_0", team="team_1", cost_nusd=2_000_000_000)


class Usage:
    """The ledger of a running gateway, as an admin reads it."""

    def __init__(self, client: TestClient, path: Path) -> None:
        self.client = client
        self._path = path
        self._written = 0

    def call(self, **facts: Any) -> None:
        """Have a call written down."""
        self._written += 1
        write(self._path, [replace(CALL, id=f"req_{self._written:026}", **facts)])

    def get(self, query: str = "") -> Any:
        answer = self.client.get(f"/v1/admin/usage?{query}")
        assert answer.status_code == 200, answer.text
        return answer.json()

    def refused(self, query: str) -> tuple[int, str, str | None, str]:
        return error_of(self.client.get(f"/v1/admin/usage?{query}"))


@pytest.fixture
def usage(client: TestClient) -> Usage:
    container = cast("Container", client.app_state["container"])
    return Usage(client, container.database.path)


class TestGroups:
    def test_come_with_the_largest_cost_first_then_the_most_calls(self, usage: Usage) -> None:
        usage.call(model="dear", cost_nusd=9)
        for _ in range(3):
            usage.call(model="often", cost_nusd=None)
        usage.call(model="once", cost_nusd=None)

        groups = usage.get("group_by=model")["groups"]

        assert [group["value"] for group in groups] == ["dear", "often", "once"]
        assert [group["calls"] for group in groups] == [1, 3, 1]
        assert [group["cost_usd"] for group in groups] == [9e-9, None, None]
        assert groups[0]["series"] is None

    @pytest.mark.parametrize(
        ("group_by", "values"),
        [
            ("team", ["team_1", None]),
            ("user", [None]),
            ("key", ["key_1"]),
            ("model", ["m"]),
            ("task", ["chat"]),
            ("upstream", ["hf"]),
            ("status", ["ok"]),
            ("tag", ["app=docs", "env=a=b"]),
        ],
    )
    def test_can_be_of_anything(
        self, usage: Usage, group_by: str, values: list[str | None]
    ) -> None:
        usage.call(tags={"app": "docs", "env": "a=b"})
        usage.call(team=None, cost_nusd=1)

        report = usage.get(f"group_by={group_by}")

        assert [group["value"] for group in report["groups"]] == values
        assert report["calls"] == 2

    def test_are_cut_where_there_are_too_many(
        self, usage: Usage, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(report_form, "MAX_GROUPS", 2)
        for number in range(3):
            usage.call(model=f"m{number}", cost_nusd=number)

        report = usage.get("group_by=model")

        assert [group["value"] for group in report["groups"]] == ["m2", "m1"]
        assert report["has_more_groups"] is True
        assert report["calls"] == 3
        assert usage.get("group_by=key")["has_more_groups"] is False


class TestUnits:
    def test_of_tasks_are_added_by_their_kind_and_never_to_tokens(self, usage: Usage) -> None:
        usage.call(units=(10, "token"))
        usage.call(units=(7, "character"), task="fill-mask")
        usage.call(units=(5, "character"), task="fill-mask")
        usage.call(units=(3, "second"), task="text-to-speech")

        report = usage.get(f"group_by=task&{DAY}&interval=hour")

        characters = {"units_in": 12, "units_out": 12}
        seconds = {"units_in": 3, "units_out": 3}
        assert (report["units_in"], report["units_out"]) == (10, 10)
        assert report["other_units"] == {"character": characters, "second": seconds}
        assert {group["value"]: group["other_units"] for group in report["groups"]} == {
            "chat": {},
            "fill-mask": {"character": characters},
            "text-to-speech": {"second": seconds},
        }
        assert report["series"][0]["other_units"] == report["other_units"]

    def test_of_each_kind_that_tasks_have_are_added_up(self, usage: Usage) -> None:
        for unit in Unit:
            usage.call(units=(2, unit))

        report = usage.get()

        assert {Unit.TOKEN, *report["other_units"]} == {*Unit} == {*SUMMED_UNITS}
        assert all(one == {"units_in": 2, "units_out": 2} for one in report["other_units"].values())


class TestSeries:
    def test_have_every_point_and_nothing_where_nobody_called(self, usage: Usage) -> None:
        usage.call(at_ms=MIDNIGHT_MS)
        usage.call(at_ms=MIDNIGHT_MS + 2 * HOUR_MS)

        series = usage.get("since=2026-11-23T00:00:00Z&until=2026-11-23T03:00:00Z&interval=hour")[
            "series"
        ]

        assert [point["start"] for point in series] == [
            "2026-11-23T00:00:00Z",
            "2026-11-23T01:00:00Z",
            "2026-11-23T02:00:00Z",
        ]
        assert [point["calls"] for point in series] == [1, 0, 1]
        assert (series[1]["cost_usd"], series[1]["latency_ms"]) == (0, None)

    def test_of_minutes_have_what_began_in_each(self, usage: Usage) -> None:
        for at_ms in (0, 59_999, 60_000, 3 * 60_000):
            usage.call(at_ms=MIDNIGHT_MS + at_ms)

        report = usage.get("since=2026-11-23T00:00:59Z&until=2026-11-23T00:03:00Z&interval=minute")

        assert [(point["start"][11:16], point["calls"]) for point in report["series"]] == [
            ("00:00", 1),
            ("00:01", 1),
            ("00:02", 0),
        ]
        assert report["calls"] == 2

    def test_of_weeks_begin_on_monday(self, usage: Usage) -> None:
        usage.call(at_ms=MIDNIGHT_MS + 6 * DAY_MS)
        usage.call(at_ms=MIDNIGHT_MS + 7 * DAY_MS)

        series = usage.get("since=2026-11-25T00:00:00Z&until=2026-12-01T00:00:00Z&interval=week")[
            "series"
        ]

        assert [(point["start"][:10], point["calls"]) for point in series] == [
            ("2026-11-23", 1),
            ("2026-11-30", 1),
        ]

    def test_of_groups_are_those_of_the_largest(
        self, usage: Usage, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for module in ("report_form", "reports"):
            monkeypatch.setattr(f"app.services.ledger.{module}.GROUPS_WITH_SERIES", 1)
        usage.call(model="dear", cost_nusd=9)
        usage.call(model="cheap", cost_nusd=1)

        report = usage.get(f"{DAY}&group_by=model&interval=day")

        dear, cheap = report["groups"]
        assert [point["calls"] for point in dear["series"]] == [1]
        assert cheap["series"] is None
        assert [point["calls"] for point in report["series"]] == [2]

    def test_without_a_period_reach_from_the_first_call_to_now(self, usage: Usage) -> None:
        usage.call(at_ms=MIDNIGHT_MS - 3 * DAY_MS)

        series = usage.get("interval=week")["series"]

        assert series[0]["start"] == "2026-11-16T00:00:00Z"
        assert series[0]["calls"] == 1

    @pytest.mark.parametrize(
        ("query", "until", "points"),
        [
            ("interval=hour", "2026-11-01T06:00:0", 750),
            ("interval=minute", "2026-10-01T03:00:0", 180),
            ("group_by=key&interval=minute", "2026-10-01T01:40:0", 100),
            ("group_by=key&interval=hour", "2026-10-05T04:00:0", 100),
        ],
    )
    def test_are_refused_beyond_so_many_points(
        self, usage: Usage, query: str, until: str, points: int
    ) -> None:
        query = f"since=2026-10-01T00:00:00Z&{query}&until={until}"
        assert len(usage.get(f"{query}0Z")["series"]) == points

        status, code, param, words = usage.refused(f"{query}1Z")

        assert (status, code, param) == (400, "invalid_request", "interval")
        assert f"this would have {points + 1}" in words


class TestFilters:
    def test_take_calls_that_fit_all_of_them(self, usage: Usage) -> None:
        usage.call(key="key_1", model="m")
        usage.call(key="key_1", model="n")
        usage.call(key="key_2", model="m", user="user_1")

        assert usage.get("key_id=key_1")["calls"] == 2
        assert usage.get("model=m")["calls"] == 2
        assert usage.get("key_id=key_1&model=m")["calls"] == 1
        assert usage.get("user_id=user_1&group_by=model")["groups"][0]["calls"] == 1
        assert usage.get("team_id=team_9")["calls"] == 0

    def test_of_a_team_need_no_admin(self, usage: Usage, client: TestClient) -> None:
        people = People(client)
        lead = people.user("lead")
        team = people.team("red", **{lead: "lead"})
        usage.call(team=team)
        usage.call()
        headers = people.key(lead).headers

        own = client.get(f"/v1/admin/usage?team_id={team}&group_by=team", headers=headers)
        every = client.get("/v1/admin/usage", headers=headers)

        assert [group["value"] for group in own.json()["groups"]] == [team]
        assert error_of(every)[:3] == (403, "forbidden", "team_id")
        assert "team_id" in error_of(every)[3]

    @pytest.mark.parametrize(
        ("query", "param"),
        [
            ("group_by=colour", "group_by"),
            ("interval=month", "interval"),
            ("group_by=team&modle=m", "modle"),
            ("since=2026-11-23T00:00:00Z&until=2026-11-23T00:00:00Z", "until"),
        ],
    )
    def test_that_make_no_sense_are_refused_by_name(
        self, usage: Usage, query: str, param: str
    ) -> None:
        assert usage.refused(query)[:3] == (400, "invalid_request", param)
