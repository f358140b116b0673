"""What the router's list says of a model whose provider is open, or named."""

from collections.abc import Mapping
from typing import Any

import pytest

from app.services.prices.price import Price, PricedUnit
from app.services.prices.quote import Context, Quote
from app.simulator.catalogue import MODELS
from tests.unit.services.prices.books import NOON_MS, Listed, book_of

OPEN = ("org/m", "org/m:fastest", "org/m:preferred")


def _provider(name: str, price: tuple[Any, Any] | None, **facts: Any) -> dict[str, Any]:
    pricing = {} if price is None else {"pricing": {"input": price[0], "output": price[1]}}
    return {"provider": name, **pricing, **facts}


def _quote(model: str, *providers: Mapping[str, Any]) -> Quote:
    listed = Listed()
    listed.provide("org/m", *providers)
    return book_of(listed=listed).quote(model, "hub", model, NOON_MS)


def _units(price: Price | None) -> tuple[int, int] | None:
    if price is None:
        return None
    assert price.source == "upstream"
    return price.of(PricedUnit.INPUT_TOKEN), price.of(PricedUnit.OUTPUT_TOKEN)


GROQ = _provider("groq", (0.15, 0.6), throughput=500.0, context_length=131_072)
NOVITA = _provider("novita", (0.2, 0.4), throughput=40.0, context_length=16_384)
UNPRICED = _provider("featherless-ai", None, throughput=900.0, context_length=32_768)


@pytest.mark.parametrize("model", [*OPEN, "org/m:cheapest"])
def test_where_anybody_may_answer_each_unit_costs_what_the_dearest_asks(model: str) -> None:
    assert _units(_quote(model, GROQ, NOVITA).price) == (200_000_000, 600_000_000)


@pytest.mark.parametrize("model", [*OPEN, "org/m:cheapest"])
def test_where_somebody_without_a_price_may_answer_the_price_is_unknown(model: str) -> None:
    quote = _quote(model, GROQ, UNPRICED, NOVITA)

    assert quote.price is None
    assert quote.pin in {"org/m:groq", "org/m:novita"}


@pytest.mark.parametrize("model", OPEN)
def test_the_fastest_with_a_price_can_be_asked_by_name(model: str) -> None:
    quote = _quote(model, UNPRICED, NOVITA, GROQ)

    assert (quote.pin, _units(quote.pinned_price)) == ("org/m:groq", (150_000_000, 600_000_000))


def test_the_cheapest_by_output_can_be_asked_by_name() -> None:
    quote = _quote("org/m:cheapest", UNPRICED, GROQ, NOVITA)

    assert (quote.pin, _units(quote.pinned_price)) == ("org/m:novita", (200_000_000, 400_000_000))


def test_the_pin_is_quoted_at_the_price_it_promises() -> None:
    listed = Listed()
    listed.provide("org/m", GROQ, UNPRICED)
    book = book_of(listed=listed)
    quote = book.quote("org/m", "hub", "org/m", NOON_MS)
    assert quote.pin is not None

    assert book.quote("org/m", "hub", quote.pin, NOON_MS).price == quote.pinned_price


@pytest.mark.parametrize("status", ["error", "staging", None])
def test_who_is_not_live_answers_nobody(status: str | None) -> None:
    away = _provider("away", (9, 9), status=status, throughput=9_999.0, context_length=1)

    quote = _quote("org/m", GROQ, away)

    assert (_units(quote.price), quote.pin) == ((150_000_000, 600_000_000), "org/m:groq")
    assert quote.context == (131_072, 131_072)


def test_a_named_provider_costs_what_it_asks_live_or_not() -> None:
    away = _provider("away", (1, 2), status="error", context_length=4_096)

    quote = _quote("org/m:away", GROQ, UNPRICED, away)

    assert _units(quote.price) == (1_000_000_000, 2_000_000_000)
    assert (quote.pin, quote.pinned_price, quote.context) == (None, None, (4_096, 4_096))


@pytest.mark.parametrize("model", ["org/m:featherless-ai", "org/m:nobody", "org/other"])
def test_who_says_no_price_has_none(model: str) -> None:
    quote = _quote(model, GROQ, UNPRICED)

    assert (quote.price, quote.pin, quote.of("groq")) == (None, None, None)


def test_who_answered_in_the_end_is_paid_its_own_price() -> None:
    quote = _quote("org/m", GROQ, NOVITA)

    assert _units(quote.of("novita")) == (200_000_000, 400_000_000)
    assert quote.of("unheard-of") == quote.of(None) == quote.price


def test_what_is_free_costs_nothing_whatever_else_is_said() -> None:
    quote = _quote("org/m:kind", _provider("kind", (3, 4), is_free=True))

    assert _units(quote.price) == (0, 0)


def test_contexts_are_those_of_all_who_may_answer() -> None:
    assert _quote("org/m", GROQ, NOVITA, UNPRICED).context == (16_384, 131_072)
    assert _quote("org/m:novita", GROQ, NOVITA).context == (16_384, 16_384)


def test_somebody_who_says_no_context_may_have_a_larger_one_than_all_others() -> None:
    mute = _provider("mute", (1, 1))

    assert _quote("org/m", GROQ, NOVITA, mute).context == (16_384, None)
    assert _quote("org/m", mute).context == (None, None)


def test_the_context_of_the_pin_is_its_own() -> None:
    quote = _quote("org/m", GROQ, NOVITA)
    assert quote.pin == "org/m:groq"

    assert quote.context_of("org/m:groq") == (131_072, 131_072)
    assert quote.context_of("org/m") == quote.context == (16_384, 131_072)


@pytest.mark.parametrize(
    ("usd", "nusd"),
    [(0.15, 150_000_000), (7, 7_000_000_000), (0.1234567891, 123_456_790), (1e-12, 1), (0.0, 0)],
)
def test_a_listed_price_is_exact_and_what_is_finer_is_rounded_up(usd: float, nusd: int) -> None:
    assert _units(_quote("org/m", _provider("groq", (usd, usd))).price) == (nusd, nusd)


@pytest.mark.parametrize(
    "strange", [-0.1, float("nan"), float("inf"), 1e10, 10**400, "0.15", True, None, [], {}]
)
def test_a_listed_price_that_makes_no_sense_is_no_price(strange: Any) -> None:
    for price in ((strange, 0.1), (0.1, strange)):
        quote = _quote("org/m", _provider("groq", price), NOVITA)

        assert (quote.price, quote.pin, quote.of("groq")) == (None, "org/m:novita", None)


@pytest.mark.parametrize(
    "listed",
    [
        {},
        {"providers": None},
        {"providers": {"provider": "groq"}},
        {"providers": ["groq", None, 3]},
        {"providers": [{"provider": ["groq"], "pricing": 3, "context_length": "many"}]},
        {"providers": [{"status": "live", "throughput": "fast", "context_length": -5}]},
    ],
)
def test_a_strange_listing_is_an_unknown_price(listed: dict[str, Any]) -> None:
    lists = Listed()
    lists.models["hub", "org/m"] = listed

    assert book_of(listed=lists).quote("org/m", "hub", "org/m", NOON_MS) == Quote(None)


def test_somebody_without_a_name_cannot_be_asked_by_it() -> None:
    quote = _quote("org/m", {"pricing": {"input": 1, "output": 1}})

    assert (_units(quote.price), quote.pin) == ((10**9, 10**9), None)


def test_other_upstreams_say_a_context_and_no_price() -> None:
    listed = Listed()
    listed.models["local", "llama"] = {"context_length": 8_192, "providers": [GROQ]}

    quote = book_of(listed=listed).quote("llama", "local", "llama", NOON_MS)

    assert quote == Quote(context=Context(8_192, 8_192))


def test_the_simulator_lists_prices_in_this_form() -> None:
    listed = Listed()
    for model in MODELS:
        listed.models["hub", model.id] = model.model_dump(exclude_none=True)
    book = book_of(listed=listed)

    quotes = {model.id: book.quote(model.id, "hub", model.id, NOON_MS) for model in MODELS}

    assert quotes["openai/gpt-oss-20b"].pin == "openai/gpt-oss-20b:groq"
    assert _units(quotes["openai/gpt-oss-20b"].price) == (75_000_000, 300_000_000)
    assert quotes["meta-llama/Llama-3.1-8B-Instruct"].price is None
    assert _units(quotes["simulator/reasoner"].price) == (0, 0)
    assert quotes["HuggingFaceTB/SmolLM3-3B"].pin is None
