"""Setting, listing and ending prices over HTTP."""

import json
from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.core.clock import SystemClock
from app.core.ids import is_id, new_id
from app.services.prices.price import PricedUnit
from tests.conftest import ADMIN_KEY
from tests.integration.prices.conftest import Prices
from tests.support.people import People, error_of

URL = "/v1/admin/prices"
_HOUR_MS = 3_600_000


def _from_now(**span: float) -> str:
    return (SystemClock().now() + timedelta(**span)).isoformat()


def test_a_price_holds_for_the_next_call(prices: Prices) -> None:
    made = prices.set("m", 2.5)

    assert is_id(made["id"], "price")
    assert (made["model"], made["upstream"], made["source"]) == ("m", None, "api")
    assert (made["input"], made["output"]) == (2.5, 2.5)
    assert (made["cached_input"], made["per_request"]) == (None, None)
    assert (made["state"], made["overridden_by"]) == ("quoted", None)
    assert made["valid_until"] is None
    assert prices.quoted("m") == 2.5
    assert prices.all() == [made]


def test_every_unit_is_kept_to_the_last_digit(prices: Prices) -> None:
    fields = {"cached_input": 0.000000001, "per_request": 0.000000001}

    made = prices.set("m", 0.123456789, **fields)

    assert prices.quoted_units("m") == {
        PricedUnit.INPUT_TOKEN: 123_456_789,
        PricedUnit.OUTPUT_TOKEN: 123_456_789,
        PricedUnit.CACHED_INPUT_TOKEN: 1,
        PricedUnit.REQUEST: 1_000_000,
    }
    assert {name: made[name] for name in fields} == fields
    assert made["input"] == 0.123456789


def test_a_digit_that_no_binary_number_has_is_kept(client: TestClient, prices: Prices) -> None:
    body = b'{"model": "m", "input": 123456789.123456789, "output": 0}'
    headers = {"content-type": "application/json"}

    assert client.post(URL, content=body, headers=headers).status_code == 201

    assert prices.quoted_units("m")[PricedUnit.INPUT_TOKEN] == 123_456_789_123_456_789


def test_a_new_price_ends_the_one_before(prices: Prices) -> None:
    old, new = prices.set("m", 1), prices.set("m", 2)

    assert prices.quoted("m") == 2
    now, before = prices.all()
    assert (now["id"], before["id"]) == (new["id"], old["id"])
    assert before["valid_until"] == new["valid_from"]
    assert (now["state"], before["state"]) == ("quoted", "over")


def test_a_new_price_leaves_nothing_of_the_one_before(prices: Prices) -> None:
    prices.set("m", 1, cached_input=0.5, per_request=3)

    prices.set("m", 2)

    assert prices.quoted_units("m") == {
        PricedUnit.INPUT_TOKEN: 2 * 10**9,
        PricedUnit.OUTPUT_TOKEN: 2 * 10**9,
    }


def test_a_price_may_begin_later(prices: Prices) -> None:
    old = prices.set("m", 1)
    new = prices.set("m", 2, valid_from=_from_now(hours=1))

    assert new["state"] == "scheduled"
    assert [prices.quoted("m", later_ms=_HOUR_MS + step) for step in (-5_000, 5_000)] == [1, 2]
    assert prices.all()[1]["id"] == old["id"]
    assert prices.all()[1]["valid_until"] == new["valid_from"]


def test_a_price_holds_until_the_next_one_that_is_set_begins(prices: Prices) -> None:
    later = prices.set("m", 3, valid_from=_from_now(hours=2))
    middle = prices.set("m", 2, valid_from=_from_now(hours=1))
    now = prices.set("m", 1)

    assert now["valid_until"] == middle["valid_from"]
    assert middle["valid_until"] == later["valid_from"]
    seen = [prices.quoted("m", later_ms=hours * _HOUR_MS + 5_000) for hours in (0, 1, 2, 9)]
    assert seen == [1, 2, 3, 3]


def test_of_two_prices_that_begin_at_one_moment_the_first_never_does(prices: Prices) -> None:
    begin = _from_now(hours=1)
    now = prices.set("m", 1)
    prices.set("m", 2, valid_from=begin)
    new = prices.set("m", 3, valid_from=begin)

    assert [one["id"] for one in prices.all()] == [new["id"], now["id"]]
    assert prices.quoted("m", later_ms=2 * _HOUR_MS) == 3


def test_prices_of_other_models_and_upstreams_go_on(prices: Prices) -> None:
    prices.set("m", 1)
    prices.set("m", 2, upstream="simulator")
    prices.set("n", 3)
    prices.set("m", 4, upstream="hub")

    assert prices.quoted("m", "simulator") == 2
    assert prices.quoted("m", "hub") == 4
    assert {one["state"] for one in prices.all()} == {"quoted"}


def test_what_the_file_says_goes_first_and_the_answer_says_so(prices: Prices) -> None:
    made = prices.set("stated", 1)

    assert (made["state"], made["overridden_by"]) == ("overridden", "meterhouse.toml")
    assert prices.quoted("stated") == 7
    assert prices.set("m", 1, upstream="local")["overridden_by"] == "meterhouse.toml"
    assert prices.quoted("m", "local") == 0


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"input": 1, "output": 1}, ("model", "missing")),
        ({"model": "m"}, (None, "needs input and output, or per_request")),
        ({"model": "m", "input": 1}, (None, "output is missing; output = 0 says")),
        ({"model": "m", "output": 1}, (None, "input is missing; input = 0 says")),
        ({"model": "m", "per_request": 1, "cached_input": 1}, (None, "cached_input needs")),
        ({"model": "m", "input": -1, "output": 1}, ("input", "must not be negative")),
        ({"model": "m", "input": "1", "output": 1}, ("input", "must be a number")),
        ({"model": "m", "input": True, "output": 1}, ("input", "must be a number")),
        ({"model": "m", "input": 1e-10, "output": 1}, ("input", "at most nine digits")),
        ({"model": "m", "input": 1e10, "output": 1}, ("input", "less than 1,000,000,000")),
        ({"model": "m", "per_request": 1000}, ("per_request", "at most 999")),
        ({"model": "a b", "per_request": 1}, ("model", "visible ASCII")),
        ({"model": "m", "per_request": 1, "upstream": "simulater"}, ("upstream", "simulator")),
        ({"model": "m", "per_request": 1, "upstream": ""}, ("upstream", "at least 1")),
        ({"model": "m", "per_request": 1, "valid_until": None}, ("valid_until", "not a field")),
        ({"model": "m", "per_request": 1, "valid_from": "2020-01-01T00:00Z"}, ("valid_from",)),
        ({"model": "m", "per_request": 1, "valid_from": "2999-01-01T00:00"}, ("valid_from",)),
    ],
)
def test_a_bad_field_is_refused_by_name(
    client: TestClient, prices: Prices, body: dict[str, Any], expected: tuple[Any, ...]
) -> None:
    param, *words = expected

    status, code, named, message = error_of(client.post(URL, json=body))

    assert (status, code, named) == (400, "invalid_request", param)
    assert all(word in message for word in words)
    assert prices.all() == []


def test_a_past_moment_says_that_calls_keep_their_price(client: TestClient) -> None:
    body = {"model": "m", "per_request": 1, "valid_from": _from_now(seconds=-1)}

    assert "calls keep the price" in error_of(client.post(URL, json=body))[3]


def test_a_price_that_is_set_is_written_down(people: People, prices: Prices) -> None:
    made = prices.set("m", 0.15, upstream="hub")

    assert people.audit_log() == [("price.create", made["id"])]
    [(after,)] = people.query("SELECT after FROM audit_log")
    assert json.loads(after) == {
        "model": "m",
        "upstream": "hub",
        "valid_from": made["valid_from"].replace("Z", "+00:00"),
        "valid_until": None,
        "price_nusd": {
            "source": "api",
            "input_token": 150_000_000,
            "output_token": 150_000_000,
        },
    }


def test_pages_hold_whole_prices_newest_first(client: TestClient, prices: Prices) -> None:
    ids = [prices.set(f"m{n}", n, cached_input=0, per_request=1)["id"] for n in range(5)]

    first = client.get(URL, params={"limit": 2}).json()
    rest = client.get(URL, params={"limit": 3, "after": first["last_id"]}).json()

    assert (first["has_more"], rest["has_more"]) == (True, False)
    assert [one["id"] for one in first["data"] + rest["data"]] == ids[::-1]
    assert first["first_id"] == ids[-1]
    assert all(one["per_request"] == 1 for one in first["data"])


def test_a_list_leaves_out_what_is_over_unless_asked(client: TestClient, prices: Prices) -> None:
    prices.set("m", 1)
    new = prices.set("m", 2)
    scheduled = prices.set("m", 3, valid_from=_from_now(hours=1))

    listed = client.get(URL).json()["data"]

    assert [one["id"] for one in listed] == [scheduled["id"], new["id"]]
    assert len(prices.all()) == 3


def test_a_list_after_what_is_no_price_is_refused(client: TestClient) -> None:
    refused = client.get(URL, params={"after": new_id("team")})

    assert error_of(refused)[:3] == (400, "invalid_request", "after")


def test_what_the_file_and_the_upstreams_say_is_shown(client: TestClient, prices: Prices) -> None:
    client.get("/v1/models")  # the upstreams are listed by now
    prices.set("openai/gpt-oss-20b", 1)

    given = client.get(f"{URL}/given").json()["data"]

    by_name = {(one["model"], one["upstream"]): one for one in given}
    stated = by_name["stated", None]
    assert (stated["source"], stated["state"], stated["input"]) == (
        "meterhouse.toml",
        "quoted",
        7,
    )
    free = by_name[None, "local"]
    assert (free["source"], free["input"], free["output"]) == ("meterhouse.toml", 0, 0)
    groq = by_name["openai/gpt-oss-20b:groq", "hub"]
    assert (groq["source"], groq["input"], groq["output"]) == ("upstream", 0.075, 0.3)
    assert (groq["state"], groq["overridden_by"]) == ("overridden", "api")
    llama = by_name["meta-llama/Llama-3.3-70B-Instruct:groq", "hub"]
    assert (llama["state"], llama["overridden_by"]) == ("quoted", None)
    assert {one["upstream"] for one in given} == {None, "local", "hub"}


def test_a_price_that_is_ended_is_not_quoted_but_shown(client: TestClient, prices: Prices) -> None:
    made = prices.set("m", 1)

    assert client.delete(f"{URL}/{made['id']}").status_code == 204

    assert prices.quoted("m") is None
    [shown] = prices.all()
    assert (shown["id"], shown["state"]) == (made["id"], "over")
    assert shown["valid_until"] >= shown["valid_from"]


def test_a_price_that_has_not_begun_is_as_if_it_had_never_been_set(
    client: TestClient, prices: Prices
) -> None:
    now = prices.set("m", 1)
    middle = prices.set("m", 2, valid_from=_from_now(hours=1))
    later = prices.set("m", 3, valid_from=_from_now(hours=2))

    assert client.delete(f"{URL}/{middle['id']}").status_code == 204

    assert [one["id"] for one in prices.all()] == [later["id"], now["id"]]
    assert prices.all()[1]["valid_until"] == later["valid_from"]
    seen = [prices.quoted("m", later_ms=hours * _HOUR_MS + 5_000) for hours in (0, 1, 2)]
    assert seen == [1, 1, 3]


def test_what_was_ended_stays_so_when_what_followed_is_taken_back(
    client: TestClient, prices: Prices
) -> None:
    now = prices.set("m", 1)
    later = prices.set("m", 2, valid_from=_from_now(hours=1))
    client.delete(f"{URL}/{now['id']}")

    client.delete(f"{URL}/{later['id']}")

    assert prices.quoted("m") is None
    assert prices.quoted("m", later_ms=2 * _HOUR_MS) is None


def test_ending_twice_changes_and_writes_down_nothing(
    client: TestClient, people: People, prices: Prices
) -> None:
    made = prices.set("m", 1)
    client.delete(f"{URL}/{made['id']}")
    before = prices.all()

    assert client.delete(f"{URL}/{made['id']}").status_code == 204

    assert prices.all() == before
    assert people.audit_log() == [("price.create", made["id"]), ("price.delete", made["id"])]


@pytest.mark.parametrize("price_id", [f"price_{'0' * 26}", "x", "%00"])
def test_no_price_is_not_found(client: TestClient, price_id: str) -> None:
    refused = client.delete(f"{URL}/{price_id}")

    assert error_of(refused)[:2] == (404, "not_found")


def test_only_admins_set_see_and_end_prices(
    client: TestClient, people: People, prices: Prices
) -> None:
    made = prices.set("m", 1)
    headers = people.key(people.user("ana")).headers
    body = {"model": "m", "per_request": 1}

    answers = [
        client.post(URL, json=body, headers=headers),
        client.get(URL, headers=headers),
        client.get(f"{URL}/given", headers=headers),
        client.get(f"{URL}/missing", headers=headers),
        client.post(f"{URL}/import", json=_import(body), headers=headers),
        client.delete(f"{URL}/{made['id']}", headers=headers),
    ]

    assert [answer.status_code for answer in answers] == [403] * len(answers)
    assert prices.quoted("m") == 1


def _import(*prices: dict[str, Any]) -> dict[str, Any]:
    return {"source": "litellm", "prices": list(prices)}


def test_prices_are_quoted_after_a_restart(app: FastAPI) -> None:
    headers = {"authorization": f"Bearer {ADMIN_KEY}"}
    with TestClient(app, headers=headers) as client:
        Prices(client).set("m", 4)

    with TestClient(app, headers=headers) as client:
        assert Prices(client).quoted("m") == 4
