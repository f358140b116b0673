"""A text that is streamed is held for, and settled, as one that comes whole."""

from typing import Any

import pytest

from tests.integration.tasks.asking import Gateway

BODY: dict[str, Any] = {"inputs": "abcd", "stream": True}


def test_a_stream_costs_the_tokens_that_it_reports(gateway: Gateway) -> None:
    gateway.budget(100)

    answer = gateway.ask("text-generation", {**BODY, "parameters": {"max_new_tokens": 5}})

    assert answer.text.count("data:") == 5
    entry = gateway.last_entry()
    assert (entry["basis"], entry["units_in"], entry["units_out"]) == ("reported", 1, 5)
    assert entry["cost_usd"] == pytest.approx((1 * 1.0 + 5 * 2.0) / 1e6)
    assert entry["held_usd"] == pytest.approx((4 * 1.0 + 5 * 2.0) / 1e6)
    gateway.assert_proven()


def test_a_stream_without_a_cap_is_held_for_and_sent_with_one(gateway: Gateway) -> None:
    gateway.budget(100)

    assert gateway.ask("text-generation", BODY).status_code == 200

    assert gateway.last_entry()["held_usd"] == pytest.approx((4 * 1.0 + 4_096 * 2.0) / 1e6)
    gateway.assert_proven()


def test_a_stream_that_may_cost_too_much_is_refused_and_never_sent(gateway: Gateway) -> None:
    gateway.budget(0.001)
    seen = gateway.seen()

    answer = gateway.ask("text-generation", BODY)

    assert (answer.status_code, gateway.seen(), gateway.entries()) == (402, seen, [])


def test_a_stream_that_breaks_costs_what_had_come(gateway: Gateway) -> None:
    wish = {"model": "sim/cut-4", "input": 1.0, "output": 2.0}
    assert gateway.client.post("/v1/admin/prices", json=wish).status_code == 201
    gateway.budget(100)

    answer = gateway.post("/hf-inference/models/sim/cut-4/pipeline/text-generation", BODY)

    assert '"error_type":"incomplete_generation"' in answer.text
    entry = gateway.last_entry()
    assert (entry["status"], entry["error_code"]) == ("error", "upstream_truncated")
    assert (entry["basis"], entry["units_in"], entry["units_out"]) == ("estimated", 4, 4)
    assert entry["cost_usd"] == pytest.approx((4 * 1.0 + 4 * 2.0) / 1e6)
    gateway.assert_proven()
