"""Taking over parts of somebody's price list over HTTP."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.integration.prices.conftest import Prices
from tests.support.people import People, error_of

URL = "/v1/admin/prices/import"


def _take(client: TestClient, *prices: dict[str, Any], source: str = "litellm") -> Any:
    return client.post(URL, json={"source": source, "prices": list(prices)})


def _price(model: str, dollars: float = 1, upstream: str = "simulator") -> dict[str, Any]:
    return {"model": model, "upstream": upstream, "input": dollars, "output": dollars}


def test_prices_hold_for_the_next_call_and_say_where_they_are_from(
    client: TestClient, prices: Prices
) -> None:
    answer = _take(client, _price("a", 1), _price("b", 2), source="openrouter")

    assert answer.json() == {"created": 2, "unchanged": 0, "kept": 0, "left_out": []}
    assert (prices.quoted("a"), prices.quoted("b")) == (1, 2)
    assert {one["source"] for one in prices.all()} == {"import:openrouter"}


def test_what_changes_nothing_is_not_written_down(
    client: TestClient, people: People, prices: Prices
) -> None:
    _take(client, _price("a"))
    before = prices.all()

    answer = _take(client, _price("a"), _price("b", upstream="nowhere"))

    assert answer.json() == {
        "created": 0,
        "unchanged": 1,
        "kept": 0,
        "left_out": [{"upstream": "nowhere", "prices": 1}],
    }
    assert prices.all() == before
    assert people.audit_log() == [("price.import", "litellm")]


def test_what_was_set_by_hand_is_kept_until_it_is_ended(client: TestClient, prices: Prices) -> None:
    mine = prices.set("a", 5, upstream="simulator")

    assert _take(client, _price("a")).json()["kept"] == 1
    assert prices.quoted("a") == 5

    client.delete(f"/v1/admin/prices/{mine['id']}")
    assert _take(client, _price("a")).json()["created"] == 1
    assert prices.quoted("a") == 1


def test_a_price_may_be_for_wherever_a_model_runs(client: TestClient, prices: Prices) -> None:
    anywhere = _price("a", 3) | {"upstream": None}

    assert _take(client, anywhere).json()["created"] == 1
    assert (prices.quoted("a", "hub"), prices.quoted("a", "simulator")) == (3, 3)


def test_a_later_list_ends_what_the_one_before_said(client: TestClient, prices: Prices) -> None:
    _take(client, _price("a", 1))

    assert _take(client, _price("a", 2), source="openrouter").json()["created"] == 1

    now, before = prices.all()
    assert (now["source"], before["source"]) == ("import:openrouter", "import:litellm")
    assert before["valid_until"] == now["valid_from"]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"source": "litellm", "prices": []}, ("prices", "at least 1")),
        ({"source": "litellm", "prices": [_price(f"m{n}") for n in range(501)]}, ("prices", "500")),
        ({"source": "litellm", "prices": [_price("a"), _price("a", 2)]}, ("prices", "'a' twice")),
        ({"source": "mine", "prices": [_price("a")]}, ("source", "litellm")),
        (
            {"source": "litellm", "prices": [_price("a"), {"model": "b", "input": 1}]},
            ("prices.1", "output is missing"),
        ),
        (
            {"source": "litellm", "prices": [_price("a") | {"valid_from": None}]},
            ("prices.0.valid_from", "not a field"),
        ),
    ],
)
def test_a_bad_part_is_refused_as_a_whole(
    client: TestClient, prices: Prices, body: dict[str, Any], expected: tuple[str, str]
) -> None:
    param, words = expected

    status, code, named, message = error_of(client.post(URL, json=body))

    assert (status, code, named) == (400, "invalid_request", param)
    assert words in message
    assert prices.all() == []


def test_five_hundred_prices_are_taken_at_once(client: TestClient, prices: Prices) -> None:
    answer = _take(client, *(_price(f"m{number}") for number in range(500)))

    assert answer.json()["created"] == 500
    assert prices.quoted("m499") == 1
