"""Reading the price lists that others keep."""

import json
from decimal import Decimal
from typing import Any

import pytest

from app.cli.price_lists import (
    BAD_NAME,
    NO_CHAT,
    NO_PRICE,
    VARIES,
    PriceFile,
    read_price_file,
)
from app.core.errors import InvalidRequestError


def _litellm(**entry: Any) -> PriceFile:
    whole = {
        "litellm_provider": "openai",
        "mode": "chat",
        "input_cost_per_token": 1.5e-07,
        "output_cost_per_token": 6e-07,
    }
    return read_price_file(json.dumps({"sample_spec": {"mode": "chat"}, "gpt-x": whole | entry}))


def _openrouter(pricing: Any, **entry: Any) -> PriceFile:
    return read_price_file(json.dumps({"data": [{"id": "org/m", "pricing": pricing} | entry]}))


def test_litellms_list_is_read_to_the_last_digit() -> None:
    found = _litellm(cache_read_input_token_cost=7.5e-08, input_cost_per_request=0.005)

    (price,) = found.prices
    assert (found.source, price.model, price.provider) == ("litellm", "gpt-x", "openai")
    assert (price.input, price.output) == (Decimal("0.15"), Decimal("0.6"))
    assert (price.cached_input, price.per_request) == (Decimal("0.075"), Decimal("0.005"))
    assert price.wish({}) == {
        "model": "gpt-x",
        "upstream": "openai",
        "input": 0.15,
        "output": 0.6,
        "cached_input": 0.075,
        "per_request": 0.005,
    }
    assert not found.left_out


def test_openrouters_list_is_read_to_the_last_digit() -> None:
    pricing = {
        "prompt": "0.00000015",
        "completion": "0.0000006",
        "request": "0",
        "input_cache_read": "0.000000075",
    }
    found = _openrouter(pricing, architecture={"output_modalities": ["text", "image"]})

    (price,) = found.prices
    assert (found.source, price.model, price.provider) == ("openrouter", "org/m", "openrouter")
    assert price.wish({"openrouter": "router"}) == {
        "model": "org/m",
        "upstream": "router",
        "input": 0.15,
        "output": 0.6,
        "cached_input": 0.075,
    }


@pytest.mark.parametrize(
    ("name", "provider", "model"),
    [
        ("groq/llama-3.1", "groq", "llama-3.1"),
        ("openrouter/openai/gpt-x", "openrouter", "openai/gpt-x"),
        ("groq/llama-3.1", "other", "groq/llama-3.1"),
    ],
)
def test_the_name_is_what_the_provider_itself_calls_the_model(
    name: str, provider: str, model: str
) -> None:
    entry = {
        "litellm_provider": provider,
        "mode": "chat",
        "input_cost_per_token": 0,
        "output_cost_per_token": 0,
    }
    (price,) = read_price_file(json.dumps({name: entry})).prices
    assert (price.provider, price.model) == (provider, model)


def test_what_is_finer_than_a_nano_dollar_is_rounded_up() -> None:
    (price,) = _openrouter({"prompt": "0.0000001234567891", "completion": "1e-20"}).prices
    assert (price.input, price.output) == (Decimal("0.123456790"), Decimal("1e-9"))


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        ({"mode": "embedding"}, NO_CHAT),
        ({"mode": None}, NO_CHAT),
        ({"output_cost_per_token": None}, NO_PRICE),
        ({"input_cost_per_token": "free"}, NO_PRICE),
        ({"input_cost_per_token": True}, NO_PRICE),
        ({"input_cost_per_token": [1]}, NO_PRICE),
        ({"input_cost_per_token": "NaN"}, NO_PRICE),
        ({"input_cost_per_token": 1e5}, NO_PRICE),
        ({"output_cost_per_token": -1}, VARIES),
        ({"input_cost_per_request": 1000}, VARIES),
    ],
)
def test_what_has_no_price_to_take_says_why(entry: dict[str, Any], reason: str) -> None:
    found = _litellm(**entry)
    assert (found.prices, dict(found.left_out)) == ([], {reason: 1})


def test_openrouters_own_choice_of_model_has_no_fixed_price() -> None:
    assert _openrouter({"prompt": "-1", "completion": "-1"}).left_out == {VARIES: 1}
    assert _openrouter({"prompt": "0"}).left_out == {NO_PRICE: 1}
    assert _openrouter(None).left_out == {NO_PRICE: 1}
    pictures = {"output_modalities": ["image"]}
    assert _openrouter({"prompt": "1"}, architecture=pictures).left_out == {NO_CHAT: 1}
    free = {"prompt": "0", "completion": "0"}
    assert _openrouter(free, id="a model").left_out == {BAD_NAME: 1}
    assert len(_openrouter(free, id="org/m:free").prices) == 1


@pytest.mark.parametrize("field", ["input", "output"])
def test_a_price_that_rises_with_the_length_is_told(field: str) -> None:
    risen = {f"{field}_cost_per_token_above_200k_tokens": 3e-07}
    assert _litellm(**risen).dearer_later == 1
    assert _litellm(input_cost_per_token_batches=1e-07).dearer_later == 0


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "not valid JSON"),
        ('{"a": NaN}', "not valid JSON: NaN is no number"),
        ("[" * 100_000, "not valid JSON"),
        ("[]", "no price list that is known"),
        ("{}", "no price list that is known"),
        ('{"data": {}}', "no price list that is known"),
        ('{"gpt-x": {"mode": "chat"}}', "no price list that is known"),
    ],
)
def test_what_is_no_list_is_refused(text: str, words: str) -> None:
    with pytest.raises(InvalidRequestError, match=words):
        read_price_file(text)


def test_strange_entries_leave_the_others_alone() -> None:
    strange: dict[str, Any] = {
        "a": None,
        "b": 3,
        "c": [],
        "d": {"litellm_provider": 7, "mode": ["chat"]},
    }
    whole = {
        "litellm_provider": "openai",
        "mode": "chat",
        "input_cost_per_token": 1e-06,
        "output_cost_per_token": 1e-06,
    }
    found = read_price_file(json.dumps(strange | {"e": whole}))
    assert [price.model for price in found.prices] == ["e"]
    assert found.left_out == {NO_CHAT: 4}
