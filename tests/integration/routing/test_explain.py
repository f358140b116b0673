"""What is said of where a call would go."""

from collections.abc import Sequence
from typing import Any, Self, cast

import pytest
from fastapi.testclient import TestClient

from app.core.config import Settings
from app.core.gateway_file import GatewayConfig
from app.main import create_app
from app.services.container import Container
from app.services.routing.health import Place
from tests.conftest import ADMIN_KEY
from tests.support.people import People, error_of

PATH = "/v1/admin/routing/explain"
USD = {"input": 1, "output": 2}


class Gateway:
    """A gateway whose upstreams `a`, `b` and `c` nobody may call: there is nothing there."""

    def __init__(self, settings: Settings, **model: Any) -> None:
        places = model.pop("targets", [{"upstream": name} for name in "abc"])
        config = {
            "upstreams": {
                name: {"kind": "openai", "base_url": f"http://127.0.0.1:1/{name}"} for name in "abc"
            },
            "models": {"m": {"targets": [{"model": "x"} | one for one in places], **model}},
        }
        app = create_app(settings, GatewayConfig.model_validate(config))
        self.client = TestClient(app, headers={"authorization": f"Bearer {ADMIN_KEY}"})

    def __enter__(self) -> Self:
        self.client.__enter__()
        self.container = cast("Container", self.client.app_state["container"])
        return self

    def __exit__(self, *_: object) -> None:
        self.client.__exit__(None, None, None)

    def explain(self, **question: Any) -> dict[str, Any]:
        answer = self.client.post(PATH, json={"model": "m", **question})
        assert answer.status_code == 200, answer.text
        return answer.json()

    def reasons(self, **question: Any) -> list[tuple[str, str]]:
        return [(one["upstream"], one["why"]) for one in self.explain(**question)["targets"]]

    def answered(self, upstream: str, seconds: float, *, stream: bool) -> None:
        """Let an upstream have answered after so many seconds."""
        place = Place(upstream, "x", "1")
        health = self.container.health
        health.succeed(place, health.begin(place), seconds, stream=stream)


@pytest.mark.usefixtures("data_dir")
class TestOrder:
    def test_the_fastest_is_asked_first_and_the_unmeasured_before_it(
        self, settings: Settings
    ) -> None:
        with Gateway(settings, strategy="fastest") as gateway:
            gateway.answered("a", 0.4, stream=True)
            gateway.answered("b", 0.21, stream=True)
            gateway.answered("c", 7, stream=False)

            streamed, whole = gateway.reasons(stream=True), gateway.reasons(stream=False)

        assert streamed == [
            ("c", "asked first: not measured yet, so it is tried"),
            ("b", "asked where those before it fail: 0.21 s until the first words"),
            ("a", "asked where those before it fail: 0.40 s until the first words"),
        ]
        assert whole[-1] == ("c", "asked where those before it fail: 7.00 s until the answer")

    def test_the_cheapest_is_so_for_this_chat(self, settings: Settings) -> None:
        prices = ({"per_request": 1}, {"input": 1, "output": 1}, None)
        targets = [
            {"upstream": name, **({"price": price} if price else {})}
            for name, price in zip("abc", prices, strict=True)
        ]
        with Gateway(settings, targets=targets, strategy="cheapest") as gateway:
            short = gateway.reasons(body={"messages": [{"role": "user", "content": "Hi"}]})
            long = gateway.reasons(
                body={"messages": [{"role": "user", "content": "x" * 8_000_000}]}
            )

        assert [name for name, _ in short] == ["b", "a", "c"]
        assert [name for name, _ in long] == ["a", "b", "c"]
        assert long[0][1] == "asked first: $1.00 for a call like this"
        assert long[2][1].endswith("its price is not known")

    def test_chance_is_shown_as_shares_of_a_priority(self, settings: Settings) -> None:
        targets: Sequence[dict[str, Any]] = [
            {"upstream": "a", "priority": 1},
            {"upstream": "b", "weight": 1},
            {"upstream": "c", "weight": 3},
        ]
        with Gateway(settings, targets=targets) as gateway:
            reasons = gateway.reasons()

        by_chance = "by chance, {} of the calls of its priority"
        assert reasons == [
            ("c", f"asked first: priority 0, {by_chance.format('75%')}"),
            ("b", f"asked where those before it fail: priority 0, {by_chance.format('25%')}"),
            ("a", f"asked where those before it fail: priority 1, {by_chance.format('100%')}"),
        ]

    def test_the_least_busy_is_asked_first(self, settings: Settings) -> None:
        with Gateway(settings, strategy="least_busy") as gateway:
            gateway.container.health.begin(Place("a", "x", "1"))
            *_, last = gateway.reasons()

        assert last[0] == "a"
        assert last[1].endswith("1 running calls for a weight of 1")

    def test_a_user_sticks_to_one(self, settings: Settings) -> None:
        with Gateway(settings, strategy="sticky") as gateway:
            orders = [gateway.reasons(user=f"user {number}") for number in range(20)]
            again = [gateway.reasons(user=f"user {number}") for number in range(20)]

        assert orders == again
        assert {order[0][0] for order in orders} == {"a", "b", "c"}

    def test_who_is_drained_or_broken_comes_last(self, settings: Settings) -> None:
        with Gateway(settings) as gateway:
            gateway.client.post("/v1/admin/upstreams/a/drain")
            health, place = gateway.container.health, Place("b", "x", "1")
            answer = gateway.client.post(
                "/v1/chat/completions",
                json={"model": "b/x", "messages": [{"role": "user", "content": "Hi"}]},
            )
            assert answer.status_code == 502  # nobody is there; three attempts
            gateway.client.post(
                "/v1/chat/completions",
                json={"model": "b/x", "messages": [{"role": "user", "content": "Hi"}]},
            )
            standing, told = health.standing(place), gateway.explain()["targets"]

        assert [one["upstream"] for one in told] == ["c", "b", "a"]
        assert told[0]["why"] == "asked first: no other can be asked"
        assert told[1]["why"].startswith("skipped while others can be asked: its breaker is open")
        assert (told[1]["breaker"], told[1]["wait_reason"]) == ("open", "breaker_open")
        assert told[1]["wait_seconds"] >= standing.wait_seconds - 1
        assert told[2]["why"] == "not asked: an operator has drained its upstream"
        assert told[2]["drained"] is True


@pytest.mark.usefixtures("data_dir")
def test_a_target_is_shown_with_its_price_and_context(settings: Settings) -> None:
    targets = [{"upstream": "a", "price": USD}]
    with Gateway(settings, targets=targets, context=1_000) as gateway:
        answer = gateway.explain(stream=True, user="ana")

    [target] = answer.pop("targets")
    assert answer == {
        "model": "m",
        "strategy": "weighted",
        "stream": True,
        "user": "ana",
        "key_id": None,
    }
    assert target.pop("price") == {"source": "meterhouse.toml", **USD, "per_request": None}
    assert target.pop("likely_cost_usd") == pytest.approx(256 * 2e-6)
    assert target == {
        "upstream": "a",
        "model": "x",
        "credential": "1",
        "priority": 0,
        "weight": 1,
        "context": 1_000,
        "drained": False,
        "breaker": "closed",
        "wait_seconds": 0,
        "wait_reason": None,
        "running": 0,
        "latency_seconds": None,
        "why": "asked first: no other can be asked",
    }


@pytest.mark.usefixtures("data_dir")
def test_a_key_is_answered_as_its_own_calls_would_be(settings: Settings) -> None:
    with Gateway(settings, strategy="sticky") as gateway:
        people = People(gateway.client)
        ana = people.user("ana")
        key, other = people.key(ana), people.key(ana, allowed_models=["other/*"])
        of_key = gateway.reasons(key_id=key.id)
        of_user = gateway.reasons(user=ana)
        refused = gateway.client.post(PATH, json={"model": "m", "key_id": other.id})

    assert of_key == of_user
    assert error_of(refused)[:3] == (403, "model_not_allowed", "model")


@pytest.mark.usefixtures("data_dir")
def test_to_ask_changes_nothing_and_calls_nobody(settings: Settings) -> None:
    with Gateway(settings) as gateway:
        before = gateway.client.get("/v1/admin/upstreams").json()
        first = gateway.explain()
        assert first == gateway.explain()
        assert gateway.client.get("/v1/admin/upstreams").json() == before
        assert gateway.client.get("/v1/usage/entries").json()["data"] == []


def test_a_model_that_is_not_named_is_asked_for(client: TestClient) -> None:
    assert error_of(client.post(PATH, json={}))[2] == "model"


def test_a_null_for_the_model_is_the_default_and_here_there_is_none(client: TestClient) -> None:
    assert error_of(client.post(PATH, json={"model": None}))[:2] == (400, "model_required")


@pytest.mark.usefixtures("data_dir")
def test_half_a_surrogate_pair_in_a_chat_is_measured(settings: Settings) -> None:
    chat = b'{"body": {"model": "m", "messages": [{"role": "user", "content": "\\ud83d"}]}}'
    with Gateway(settings) as gateway:
        headers = {"content-type": "application/json"}
        assert gateway.client.post(PATH, content=chat, headers=headers).status_code == 200
