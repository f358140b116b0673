"""Whose price goes first, and when."""

from datetime import UTC, date, datetime
from itertools import combinations
from typing import Any, Final

import pytest

from app.core.errors import NotReadyError
from app.services.prices.price import Price, PricedUnit
from app.services.prices.price_book import MAX_QUOTES
from tests.unit.services.prices.books import NOON_MS, Listed, Rows, book_of, config_of, dollars

_HOUR_MS: Final = 3_600_000
# Every way to say a price of one target, the one that goes first first.
_RANKS: Final = (
    ("file", "fast", "hub"),
    ("file", "org/m:groq", "hub"),
    ("file", "org/m", "hub"),
    ("file", "fast", None),
    ("file", "org/m:groq", None),
    ("file", "org/m", None),
    ("free", None, None),
    ("api", "fast", "hub"),
    ("api", "org/m:groq", "hub"),
    ("api", "org/m", "hub"),
    ("api", "fast", None),
    ("api", "org/m:groq", None),
    ("api", "org/m", None),
    ("upstream", None, None),
)


async def _quoted(*said: tuple[str, str | None, str | None]) -> float:
    """Return what is quoted where these are said, the rank of each being its price."""
    rows, listed, gateway = Rows(), Listed(), config_of().model_dump(exclude_none=True)
    prices: list[dict[str, Any]] = []
    for source, model, upstream in said:
        rank = _RANKS.index((source, model, upstream)) + 1
        if source == "file":
            place = {} if upstream is None else {"upstream": upstream}
            prices.append({"model": model, "input": rank, "output": rank, **place})
        elif source == "free":
            gateway["upstreams"]["hub"]["price"] = 0
        elif source == "api":
            rows.add(str(model), rank, upstream=upstream)
        else:
            listed.provide("org/m", {"provider": "groq", "pricing": _pricing(rank)})
    book = book_of(rows, listed, upstreams=gateway["upstreams"], prices=prices)
    await book.refresh()
    price = book.quote("fast", "hub", "org/m:groq", NOON_MS).price
    assert price is not None
    assert price.of(PricedUnit.INPUT_TOKEN) == price.of(PricedUnit.OUTPUT_TOKEN)
    return price.of(PricedUnit.INPUT_TOKEN) / 10**9


def _pricing(dollars: float) -> dict[str, float]:
    return {"input": dollars, "output": dollars}


@pytest.mark.parametrize(("first", "second"), [*combinations(_RANKS, 2)])
async def test_of_two_prices_the_one_said_closer_goes_first(first: Any, second: Any) -> None:
    wanted = 0 if first[0] == "free" else _RANKS.index(first) + 1

    assert await _quoted(second, first) == wanted


async def test_a_price_of_another_model_or_upstream_is_none() -> None:
    rows = Rows()
    rows.add("m", 1, upstream="hub")
    book = book_of(rows, prices=[{"model": "n", "upstream": "hub", "input": 1, "output": 1}])
    await book.refresh()

    assert dollars(book, "m") is None
    assert dollars(book, "n") is None
    assert dollars(book, "m", "hub") == 1


async def test_a_colon_belongs_to_the_name_where_there_are_no_suffixes() -> None:
    rows = Rows()
    rows.add("qwen3", 1)
    book = book_of(rows)
    await book.refresh()

    assert dollars(book, "qwen3:8b") is None
    assert dollars(book, "qwen3:8b", "hub") == 1


def test_every_field_of_the_file_is_priced_exactly() -> None:
    whole = {"input": 0.15, "output": 0.6, "cached_input": 0.075, "per_request": 0.001}
    book = book_of(prices=[{"model": "m", **whole}])

    price = book.quote("m", "local", "m", NOON_MS).price

    assert price is not None
    assert price.source == "meterhouse.toml"
    assert price.units == {
        PricedUnit.INPUT_TOKEN: 150_000_000,
        PricedUnit.OUTPUT_TOKEN: 600_000_000,
        PricedUnit.CACHED_INPUT_TOKEN: 75_000_000,
        PricedUnit.REQUEST: 1_000_000_000_000,
    }


def test_an_upstream_that_is_free_costs_nothing_for_sure() -> None:
    free = {"kind": "openai", "base_url": "http://127.0.0.1:1/v1", "price": 0}
    book = book_of(upstreams={"local": free})

    price = book.quote("m", "local", "m", NOON_MS).price

    assert price is not None
    assert price.cost({PricedUnit.INPUT_TOKEN: 10**9, PricedUnit.OUTPUT_TOKEN: 10**9}) == 0
    assert {nusd for name, nusd in price.facts().items() if name != "source"} == {0}
    metered = price.metered("pixel", "second")
    assert metered is not None
    assert metered.is_free


def test_a_price_of_the_file_begins_and_ends_to_the_millisecond() -> None:
    begin, end = datetime(2026, 11, 23, 13, tzinfo=UTC), date(2026, 11, 24)
    book = book_of(
        prices=[
            {"model": "m", "input": 1, "output": 1, "valid_until": begin},
            {"model": "m", "input": 2, "output": 2, "valid_from": begin, "valid_until": end},
        ]
    )
    begin_ms, end_ms = NOON_MS + _HOUR_MS, NOON_MS + 12 * _HOUR_MS

    seen = [
        dollars(book, "m", at_ms=at_ms)
        for at_ms in (0, begin_ms - 1, begin_ms, end_ms - 1, end_ms, begin_ms, begin_ms - 1)
    ]

    assert seen == [1, 1, 2, 2, None, 2, 1]


async def test_a_price_of_the_api_begins_and_ends_to_the_millisecond() -> None:
    rows = Rows()
    rows.add("m", 1, valid_until_ms=NOON_MS)
    rows.add("m", 2, valid_from_ms=NOON_MS, valid_until_ms=NOON_MS + 5)
    book = book_of(rows)
    await book.refresh()

    seen = [dollars(book, "m", at_ms=NOON_MS + offset) for offset in (-1, 0, 4, 5, 0, -1)]

    assert seen == [1, 2, 2, None, 2, 1]


async def test_prices_that_ended_a_moment_ago_are_kept_for_a_clock_that_is_set_back() -> None:
    rows = Rows()
    await book_of(rows).refresh()

    assert rows.asked_since_ms == NOON_MS - 24 * _HOUR_MS


async def test_what_was_quoted_is_forgotten_when_the_api_is_read_again() -> None:
    rows = Rows()
    book = book_of(rows)
    assert dollars(book, "m") is None

    rows.add("m", 3)
    assert dollars(book, "m") is None
    await book.refresh()
    assert dollars(book, "m") == 3


async def test_a_refresh_that_fails_leaves_what_was_known() -> None:
    class Breaks(Rows):
        async def list_not_over(self, at_ms: int) -> Any:
            if self.asked_since_ms is not None:
                raise NotReadyError("away")
            return await super().list_not_over(at_ms)

    rows = Breaks()
    rows.add("m", 3)
    book = book_of(rows)
    await book.refresh()
    with pytest.raises(NotReadyError):
        await book.refresh()

    assert dollars(book, "m") == 3


def test_what_was_quoted_is_looked_up_once_until_a_listing_changes() -> None:
    listed = Listed()
    listed.provide("org/m", {"provider": "groq", "pricing": _pricing(1)})
    book = book_of(listed=listed)
    assert dollars(book, "org/m", "hub") == 1
    asked = listed.asked
    assert dollars(book, "org/m", "hub") == 1
    assert listed.asked == asked

    listed.provide("org/m", {"provider": "groq", "pricing": _pricing(2)})
    assert dollars(book, "org/m", "hub") == 2


def test_what_is_remembered_has_a_bound() -> None:
    listed = Listed()
    book = book_of(listed=listed)
    for number in range(MAX_QUOTES):
        book.quote(f"m{number}", "local", "m", NOON_MS)
    asked = listed.asked
    book.quote("m0", "local", "m", NOON_MS)
    assert listed.asked == asked

    book.quote("one more", "local", "m", NOON_MS)
    asked = listed.asked
    book.quote("m0", "local", "m", NOON_MS)
    assert listed.asked > asked


def test_a_context_that_the_operator_states_goes_first() -> None:
    listed = Listed()
    listed.provide("org/m", {"provider": "groq", "context_length": 8_192})
    targets = [{"upstream": "hub", "model": "org/m"}]
    book = book_of(listed=listed, models={"fast": {"targets": targets, "context": 32_768}})

    assert book.quote("fast", "hub", "org/m", NOON_MS).context == (32_768, 32_768)
    assert book.quote("org/m", "hub", "org/m", NOON_MS).context == (8_192, 8_192)


async def test_a_price_of_the_api_keeps_the_context_that_the_upstream_lists() -> None:
    rows, listed = Rows(), Listed()
    rows.add("org/m", 1)
    listed.provide("org/m", {"provider": "groq", "context_length": 8_192, "pricing": _pricing(2)})
    book = book_of(rows, listed)
    await book.refresh()

    quote = book.quote("org/m", "hub", "org/m", NOON_MS)

    assert (quote.context, quote.pin, quote.of("groq")) == ((8_192, 8_192), None, quote.price)


def test_other_prices_of_the_file_are_quoted_from_then_on() -> None:
    book = book_of(prices=[{"model": "m", "input": 1, "output": 2}])
    assert dollars(book, "m") == 1
    book.take(config_of(prices=[{"model": "m", "input": 3, "output": 4}]))
    assert dollars(book, "m") == 3
    book.take(config_of())
    assert dollars(book, "m") is None


def test_tokens_of_a_task_that_were_cached_cost_what_is_said_of_them() -> None:
    units = {PricedUnit.INPUT_TOKEN: 10**6, PricedUnit.OUTPUT_TOKEN: 0}
    plain = Price(units, "api").metered("token", "token")
    cached = Price({**units, PricedUnit.CACHED_INPUT_TOKEN: 10**5}, "api").metered("token", "token")

    assert plain is not None
    assert cached is not None
    assert plain.cost_of_tokens(100, 0, 40) == 100
    assert cached.cost_of_tokens(100, 0, 40) == 60 + 4
