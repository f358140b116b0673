"""Budgets and prices hold for tasks as they do for chats, in the units of each."""

import sqlite3
import time
from contextlib import closing

import pytest

from app.db.database import FILE_NAME
from app.db.verifier import verify
from app.simulator.tasks.files import png, wav
from tests.integration.tasks.asking import Gateway


def test_a_price_for_characters_is_what_a_text_costs(gateway: Gateway) -> None:
    assert gateway.ask("text-classification", {"inputs": "12345"}).status_code == 200

    entry = gateway.last_entry()
    assert entry["cost_usd"] == pytest.approx(5 * 1_000 / 1e6)
    assert entry["price"]["usd_per_million"] == {"input_character": 1_000.0}
    gateway.assert_proven()


def test_what_comes_out_is_paid_for_too(gateway: Gateway) -> None:
    gateway.ask("summarization", {"inputs": "12345"})
    entry = gateway.last_entry()
    assert entry["cost_usd"] == pytest.approx((5 * 1_000 + entry["units_out"] * 2_000) / 1e6)

    gateway.ask("text-to-image", {"inputs": "cat", "parameters": {"width": 100, "height": 50}})
    assert gateway.last_entry()["cost_usd"] == pytest.approx(5_000 / 1e6)

    gateway.ask("automatic-speech-recognition", wav(3))
    assert gateway.last_entry()["cost_usd"] == pytest.approx(0.03)

    gateway.ask("text-generation", {"inputs": "abcd", "parameters": {"max_new_tokens": 5}})
    assert gateway.last_entry()["cost_usd"] == pytest.approx((1 * 1.0 + 5 * 2.0) / 1e6)

    gateway.ask("fill-mask", {"inputs": "A [MASK]"})
    assert gateway.last_entry()["cost_usd"] == pytest.approx(0.001)
    gateway.assert_proven()


def test_more_is_held_than_a_task_can_cost(gateway: Gateway) -> None:
    gateway.budget(100)

    body = {"inputs": "cat", "parameters": {"width": 100, "height": 50}}
    assert gateway.ask("text-to-image", body).status_code == 200
    entry = gateway.last_entry()
    assert entry["held_usd"] == pytest.approx(5_000 / 1e6)
    assert len(entry["charged"]) == 1

    assert gateway.ask("text-to-image", {"inputs": "cat"}).status_code == 200
    assert gateway.last_entry()["held_usd"] == pytest.approx(4 * 1024 * 1024 / 1e6)
    gateway.assert_proven()


def test_a_budget_that_is_spent_refuses_the_next_task(gateway: Gateway) -> None:
    gateway.budget(0.01)
    text = {"inputs": "1234567890"}
    assert gateway.ask("text-classification", text).status_code == 200

    seen = gateway.seen()
    answer = gateway.ask("text-classification", text)

    assert answer.status_code == 402
    assert "budget" in answer.json()["error"]
    assert gateway.seen() == seen
    assert len(gateway.entries()) == 1
    gateway.assert_proven()


def test_a_task_that_may_cost_more_than_is_left_is_refused(gateway: Gateway) -> None:
    gateway.budget(0.01)

    answer = gateway.ask("text-classification", {"inputs": "x" * 11})

    assert answer.status_code == 402
    assert gateway.entries() == []


@pytest.mark.parametrize(
    ("task", "body"),
    [
        ("image-to-image", png(10, 10)),  # it has a price, but one of tokens
        ("translation", {"inputs": "abc"}),  # it has none
    ],
)
def test_a_task_without_a_price_of_its_units_is_refused_under_a_budget(
    gateway: Gateway, task: str, body: bytes | dict[str, str]
) -> None:
    assert gateway.ask(task, body).status_code == 200
    assert gateway.last_entry()["cost_usd"] is None

    gateway.budget(100)
    answer = gateway.ask(task, body)

    assert answer.status_code == 400
    assert "price" in answer.json()["error"]
    assert len(gateway.entries()) == 1


def test_a_chat_is_not_free_because_its_model_has_prices_of_tasks_alone(gateway: Gateway) -> None:
    chat = {"model": "org/text-to-image", "messages": [{"role": "user", "content": "Hello"}]}
    assert gateway.post("/v1/chat/completions", chat).status_code == 200
    assert gateway.last_entry()["cost_usd"] is None

    gateway.budget(100)
    answer = gateway.post("/v1/chat/completions", chat)

    assert answer.json()["error"]["code"] == "price_unknown"
    assert len(gateway.entries()) == 1
    gateway.assert_proven()


def test_a_parameter_that_nobody_knows_is_refused_under_a_hard_budget(gateway: Gateway) -> None:
    body = {"inputs": "cat", "parameters": {"width": 8, "height": 8, "num_images": 100}}
    assert gateway.ask("text-to-image", body).status_code == 200

    gateway.budget(100)
    answer = gateway.ask("text-to-image", body)

    assert answer.status_code == 400
    assert "`num_images`" in answer.json()["error"]


def test_a_task_that_fails_upstream_costs_nothing(gateway: Gateway) -> None:
    gateway.budget(100)

    path = "/hf-inference/models/sim/status-400/pipeline/text-classification"
    answer = gateway.post(path, {"inputs": "abc"})

    assert answer.status_code == 400
    entry = gateway.last_entry() if gateway.entries() else {"cost_usd": 0.0}
    assert entry["cost_usd"] in {0.0, None}
    gateway.assert_proven()


def test_limits_hold_for_tasks(gateway: Gateway) -> None:
    wish = {"scope": "instance", "requests_per_minute": 1}
    assert gateway.client.post("/v1/limits", json=wish).status_code == 201
    assert gateway.ask("fill-mask", {"inputs": "A [MASK]"}).status_code == 200

    answer = gateway.ask("fill-mask", {"inputs": "A [MASK]"})

    assert answer.status_code == 429
    assert "retry-after" in answer.headers
    assert isinstance(answer.json()["error"], str)


def test_a_price_of_units_is_set_over_the_api(gateway: Gateway) -> None:
    wish = {"model": "org/translation", "input_characters": 20, "per_output_second": 0.5}
    answer = gateway.client.post("/v1/admin/prices", json=wish)
    assert answer.status_code == 201, answer.text
    assert answer.json()["per_output_second"] == 0.5

    gateway.ask("translation", {"inputs": "12345"})

    assert gateway.last_entry()["cost_usd"] == pytest.approx(5 * 20 / 1e6)
    gateway.assert_proven()


def test_a_cost_that_is_not_that_of_its_units_is_found(gateway: Gateway) -> None:
    gateway.ask("text-to-image", {"inputs": "cat", "parameters": {"width": 9, "height": 9}})
    gateway.assert_proven()

    with closing(sqlite3.connect(gateway.data_dir / FILE_NAME)) as database, database:
        database.execute("DROP TRIGGER entries_refuse_update")
        database.execute("UPDATE entries SET cost_nusd = cost_nusd + 1")

    broken = verify(gateway.data_dir, round(time.time() * 1000)).broken
    assert len(broken) == 1
    assert "its units come to $0.000081" in broken[0]
