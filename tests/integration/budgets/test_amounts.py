"""Money that is sent is kept to the last digit, or refused."""

import pytest
from fastapi.testclient import TestClient

from tests.support.people import People, error_of


def total(cap: str) -> bytes:
    """Return what asks for a budget in total, its cap as it is written."""
    return b'{"scope": "instance", "period": "total", "cap_usd": %b}' % cap.encode()


@pytest.mark.parametrize(
    "cap", ["0", "0.1", "12.50", "1e2", "0.000000001", "123456.123456789", "1000000000"]
)
def test_keeps_a_cap_to_the_last_digit(client: TestClient, people: People, cap: str) -> None:
    headers = {"content-type": "application/json"}

    answer = client.post("/v1/budgets", content=total(cap), headers=headers)

    assert answer.status_code == 201
    assert answer.json()["cap_usd"] == answer.json()["left_usd"] == float(cap)
    assert people.query("SELECT CAST(? * 1e9 + 0.5 AS INTEGER) = cap_nusd FROM budgets", cap)


def test_keeps_digits_that_no_binary_number_has(client: TestClient, people: People) -> None:
    headers = {"content-type": "application/json"}

    client.post("/v1/budgets", content=total("999999999.123456789"), headers=headers)

    assert people.query("SELECT cap_nusd FROM budgets") == [(999_999_999_123_456_789,)]


@pytest.mark.parametrize(
    ("cap", "words"),
    [
        ("0.0000000001", "at most nine digits after the point"),
        ("500000000.0000000001", "at most nine digits after the point"),
        ("1." + "0" * 40 + "1", "fewer digits"),
        ("1000000000.000000001", "less than 1,000,000,000 US dollars"),
        ("1e400", "less than 1,000,000,000 US dollars"),
        ("1." + "0" * 200, "must be a number"),
        ("1e99999999999999999999", "must be a number"),
        ("-0.01", "must not be negative"),
        ("NaN", "must be a number"),
        ("Infinity", "must be a number"),
        ('"50"', "must be a number"),
        ("true", "must be a number"),
        ("null", "must be a number"),
    ],
)
def test_refuses_what_is_no_amount(client: TestClient, cap: str, words: str) -> None:
    headers = {"content-type": "application/json"}

    refused = client.post("/v1/budgets", content=total(cap), headers=headers)

    status, code, param, message = error_of(refused)
    assert (status, code, param) == (400, "invalid_request", "cap_usd")
    assert words in message
