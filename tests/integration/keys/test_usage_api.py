"""Reading one's own part of the ledger over HTTP."""

import json
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.core.ids import new_id
from app.core.money import NANO
from app.services.container import Container
from app.services.ledger.entry import Status
from tests.integration.keys.conftest import Issue
from tests.support.entries import CALL, NOON_MS, record
from tests.support.keys import bearer


class Caller:
    """Somebody with a key, and with calls in the ledger."""

    def __init__(self, client: TestClient, container: Container, key: dict[str, Any]) -> None:
        self.key_id = key["id"]
        self._client = client
        self._container = container
        self._headers = {"authorization": bearer(key["secret"])}

    def call(self, **facts: Any) -> str:
        """Have a call written down, and return its id. It waits for nothing."""
        entry = CALL._replace(**({"id": new_id("req"), "key_id": self.key_id} | facts))
        record(self._container.ledger, entry)
        return entry.id

    def get(self, path: str, **query: Any) -> Any:
        return self._client.get(path, params=query, headers=self._headers)


@pytest.fixture
def caller(client: TestClient, container: Container, issue: Issue) -> Caller:
    return Caller(client, container, issue())


class TestEntries:
    def test_show_everything_about_a_call(self, caller: Caller) -> None:
        call_id = caller.call(
            team_id="team_red",
            end_user="customer-7",
            tags={"app": "docs"},
            unit_in="token",
            unit_out="token",
            cached_in=4,
            cost_nusd=12_500_000,
            held_nusd=500_000_000,
            price=json.dumps({"source": "api", "input_token": 1_250 * NANO}),
            charged='["budget_1@0"]',
            tries=[{"upstream": "hf", "cost_nusd": 12_500_000}],
        )

        assert caller.get("/v1/usage/entries").json() == {
            "object": "list",
            "data": [
                {
                    "id": call_id,
                    "client_request_id": "trace-7",
                    "created_at": "2026-11-23T12:00:00Z",
                    "settled_at": "2026-11-23T12:00:01.234000Z",
                    "key_id": caller.key_id,
                    "user_id": "user_ana",
                    "team_id": "team_red",
                    "end_user": "customer-7",
                    "tags": {"app": "docs"},
                    "task": "chat",
                    "model": "fast",
                    "upstream": "hf",
                    "upstream_model": "org/model:groq",
                    "stream": True,
                    "status": "ok",
                    "error_code": None,
                    "finish_reason": "stop",
                    "units_in": 10,
                    "unit_in": "token",
                    "cached_in": 4,
                    "units_out": 5,
                    "unit_out": "token",
                    "basis": "reported",
                    "cost_usd": 0.0125,
                    "held_usd": 0.5,
                    "price": {"source": "api", "usd_per_million": {"input_token": 1250.0}},
                    "charged": ["budget_1@0"],
                    "attempts": 1,
                    "tries": [{"upstream": "hf", "cost_usd": 0.0125}],
                    "latency_ms": 1234,
                    "ttft_ms": 56,
                }
            ],
            "has_more": False,
            "first_id": call_id,
            "last_id": call_id,
        }

    def test_show_what_is_not_known_as_null(self, caller: Caller) -> None:
        caller.call(
            status=Status.ERROR,
            error_code="upstream_timeout",
            upstream=None,
            upstream_model=None,
            client_request_id=None,
            finish_reason=None,
            units_in=None,
            units_out=None,
            basis=None,
            ttft_ms=None,
            stream=False,
        )

        [entry] = caller.get("/v1/usage/entries").json()["data"]

        unknown = {name for name, value in entry.items() if value is None}
        assert unknown == {
            "upstream",
            "upstream_model",
            "client_request_id",
            "finish_reason",
            "units_in",
            "units_out",
            "basis",
            "ttft_ms",
            *("team_id", "end_user", "unit_in", "unit_out", "cached_in", "cost_usd", "price"),
        }
        assert (entry["stream"], entry["error_code"]) == (False, "upstream_timeout")

    def test_page_from_the_newest_on(self, caller: Caller) -> None:
        newest_first = sorted((caller.call() for _ in range(25)), reverse=True)

        first = caller.get("/v1/usage/entries").json()
        second = caller.get("/v1/usage/entries", after=first["last_id"]).json()

        assert [entry["id"] for entry in first["data"]] == newest_first[:20]
        assert [entry["id"] for entry in second["data"]] == newest_first[20:]
        assert (first["has_more"], second["has_more"]) == (True, False)

    def test_of_others_are_not_seen(
        self, caller: Caller, client: TestClient, container: Container, issue: Issue
    ) -> None:
        Caller(client, container, issue()).call()

        assert caller.get("/v1/usage/entries").json()["data"] == []
        assert caller.get("/v1/usage").json()["calls"] == 0

    def test_stay_when_another_cursor_than_an_entry_is_sent(self, caller: Caller) -> None:
        error = caller.get("/v1/usage/entries", after="' OR 1=1 --").json()["error"]

        assert (error["code"], error["param"]) == ("invalid_request", "after")
        assert "last_id" in error["message"]


class TestSums:
    def test_add_up_calls_by_status_and_their_units(self, caller: Caller) -> None:
        caller.call(cost_nusd=NANO)
        caller.call(units_in=1, units_out=2, cost_nusd=1, price='{"source": "assumed"}')
        caller.call(status=Status.CANCELLED, units_in=None, units_out=None, basis=None)
        caller.call(status=Status.ERROR, units_in=100, units_out=0, latency_ms=9, ttft_ms=None)

        assert caller.get("/v1/usage").json() == {
            "since": None,
            "until": None,
            "complete_since": None,
            "groups": None,
            "has_more_groups": False,
            "series": None,
            "calls": 4,
            "calls_by_status": {"ok": 2, "error": 1, "cancelled": 1},
            "calls_without_units": 1,
            "calls_without_cost": 2,
            "calls_with_assumed_price": 1,
            "units_in": 111,
            "units_out": 7,
            "other_units": {},
            "cost_usd": 1.000000001,
            "latency_ms": {"p50": 1212, "p95": 1212, "p99": 1212, "relative_error": 0.06},
            "ttft_ms": {"p50": 57, "p95": 57, "p99": 57, "relative_error": 0.06},
        }

    def test_of_no_call_are_zero(self, caller: Caller) -> None:
        sums = caller.get("/v1/usage").json()

        assert (sums["calls"], sums["units_in"], sums["units_out"]) == (0, 0, 0)
        assert (sums["cost_usd"], sums["latency_ms"], sums["ttft_ms"]) == (0, None, None)

    def test_never_show_an_unknown_cost_as_none_at_all(self, caller: Caller) -> None:
        caller.call(cost_nusd=None)

        sums = caller.get("/v1/usage").json()

        assert (sums["cost_usd"], sums["calls_without_cost"]) == (None, 1)

    def test_hold_a_period_from_its_begin_and_without_its_end(self, caller: Caller) -> None:
        for offset_ms in (-1, 0, 59_999, 60_000):
            caller.call(created_at_ms=NOON_MS + offset_ms)

        sums = caller.get(
            "/v1/usage", since="2026-11-23T13:00:00+01:00", until="2026-11-23T12:01:00Z"
        ).json()

        assert sums["calls"] == 2
        assert sums["until"] == "2026-11-23T12:01:00Z"

    @pytest.mark.parametrize(
        ("query", "param", "words"),
        [
            ({"since": "yesterday"}, "since", "must"),
            ({"until": "2026-11-23T12:00:00"}, "until", "timezone"),
            (
                {"since": "2026-11-23T12:00:00Z", "until": "2026-11-23T12:00:00Z"},
                "until",
                "later than `since`",
            ),
        ],
    )
    def test_refuse_a_bad_period_by_name(
        self, caller: Caller, query: dict[str, str], param: str, words: str
    ) -> None:
        refused = caller.get("/v1/usage", **query)

        error = refused.json()["error"]
        assert (refused.status_code, error["code"], error["param"]) == (
            400,
            "invalid_request",
            param,
        )
        assert words in error["message"]
