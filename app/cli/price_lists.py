"""Price lists that others keep, in their own forms: LiteLLM's and OpenRouter's.

Both give US dollars for one token. Numbers are read as they are written, never as binary ones.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, Decimal, InvalidOperation
from typing import Any, Final

from app.core.errors import InvalidRequestError
from app.core.gateway_text import check_model_name
from app.services.prices.price_import import KnownList
from app.utils.json_values import JsonObject, object_in, objects_in

_LARGEST_USD: Final = 10**9  # for 1,000,000 units
_LARGEST_FEE_USD: Final = 999
_NANO_DOLLAR: Final = Decimal("1e-9")
_DEARER_LATER: Final = re.compile(r"(input|output)_cost_per_token_above_\d+k?_tokens")
_SAMPLE: Final = "sample_spec"  # explains LiteLLM's fields
_OPENROUTER: Final = "openrouter"

NO_CHAT: Final = "no chat model"
NO_PRICE: Final = "no price of both input and output"
VARIES: Final = "no fixed price"
BAD_NAME: Final = "a name that no model can have"
TWICE: Final = "listed twice"


@dataclass(frozen=True, slots=True)
class ListedPrice:
    """What one model costs, in US dollars: for 1,000,000 tokens, and for one request."""

    model: str
    provider: str
    input: Decimal
    output: Decimal
    cached_input: Decimal | None
    per_request: Decimal | None

    def wish(self, upstreams: Mapping[str, str]) -> dict[str, Any]:
        """Return it as the API takes it, for the upstream that stands for its provider."""
        amounts = {
            "input": self.input,
            "output": self.output,
            "cached_input": self.cached_input,
            "per_request": self.per_request,
        }
        return {
            "model": self.model,
            "upstream": upstreams.get(self.provider, self.provider),
            **{name: float(usd) for name, usd in amounts.items() if usd is not None},
        }


@dataclass(slots=True)
class PriceFile:
    """What a file holds, and what of it was left out and why."""

    source: KnownList
    prices: list[ListedPrice] = field(default_factory=list[ListedPrice])
    left_out: Counter[str] = field(default_factory=Counter[str])
    dearer_later: int = 0  # how many cost more beyond some length of input


def read_price_file(text: str) -> PriceFile:
    """Return the prices of a file, whichever of the two forms it has.

    Raises:
        InvalidRequestError: it has neither.
    """
    try:
        content: object = json.loads(text, parse_float=Decimal, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise InvalidRequestError(f"The file is not valid JSON: {error}.") from None
    document = object_in(content)
    if isinstance(document.get("data"), list):
        return _read(KnownList.OPENROUTER, _openrouter(objects_in(document["data"])))
    entries = {name: object_in(value) for name, value in document.items() if name != _SAMPLE}
    if any("litellm_provider" in entry for entry in entries.values()):
        return _read(KnownList.LITELLM, _litellm(entries))
    raise InvalidRequestError(
        "The file is no price list that is known: neither LiteLLM's "
        "model_prices_and_context_window.json nor what OpenRouter answers at /api/v1/models."
    )


@dataclass(frozen=True, slots=True)
class _Entry:
    """One entry of a list, before anything of it is believed."""

    model: str
    provider: str
    is_chat: bool
    amounts: Mapping[str, object]  # for one unit: input, output, cached_input, per_request
    is_dearer_later: bool = False


def _read(source: KnownList, entries: Iterator[_Entry]) -> PriceFile:
    found = PriceFile(source)
    for entry in entries:
        price = _price(entry)
        if isinstance(price, str):
            found.left_out[price] += 1
        else:
            found.prices.append(price)
            found.dearer_later += entry.is_dearer_later
    return found


def _price(entry: _Entry) -> ListedPrice | str:
    """Return what an entry says, or why it says nothing."""
    if not entry.is_chat:
        return NO_CHAT
    try:
        check_model_name(entry.model)
    except ValueError:
        return BAD_NAME
    amounts = {name: _usd(value) for name, value in entry.amounts.items()}
    fee = amounts.get("per_request") or Decimal(0)
    if fee > _LARGEST_FEE_USD or any(usd is not None and usd < 0 for usd in amounts.values()):
        return VARIES
    read, written = (_per_million(amounts.get(name)) for name in ("input", "output"))
    if read is None or written is None:
        return NO_PRICE
    return ListedPrice(
        model=entry.model,
        provider=entry.provider,
        input=read,
        output=written,
        cached_input=_per_million(amounts.get("cached_input")),
        per_request=fee.quantize(_NANO_DOLLAR, ROUND_CEILING) if fee else None,
    )


def _litellm(entries: Mapping[str, JsonObject]) -> Iterator[_Entry]:
    for name, entry in entries.items():
        provider = str(entry.get("litellm_provider", ""))
        yield _Entry(
            model=name.removeprefix(f"{provider}/"),
            provider=provider,
            is_chat=entry.get("mode") == "chat",
            amounts={
                "input": entry.get("input_cost_per_token"),
                "output": entry.get("output_cost_per_token"),
                "cached_input": entry.get("cache_read_input_token_cost"),
                "per_request": entry.get("input_cost_per_request"),
            },
            is_dearer_later=any(map(_DEARER_LATER.fullmatch, entry)),
        )


def _openrouter(entries: Sequence[JsonObject]) -> Iterator[_Entry]:
    for entry in entries:
        pricing = object_in(entry.get("pricing"))
        outputs: object = object_in(entry.get("architecture")).get("output_modalities", ["text"])
        yield _Entry(
            model=str(entry.get("id", "")),
            provider=_OPENROUTER,
            is_chat=isinstance(outputs, list) and "text" in outputs,
            amounts={
                "input": pricing.get("prompt"),
                "output": pricing.get("completion"),
                "cached_input": pricing.get("input_cache_read"),
                "per_request": pricing.get("request"),
            },
        )


def _usd(value: object) -> Decimal | None:
    """Return an amount as it is written, or None where it is none."""
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        return None
    try:
        usd = Decimal(value)
    except InvalidOperation:
        return None
    return usd if usd.is_finite() and abs(usd) < _LARGEST_USD else None


def _per_million(usd: Decimal | None) -> Decimal | None:
    """Return the price of 1,000,000 units, what is finer than a nano-dollar rounded up."""
    if usd is None or usd * 1_000_000 >= _LARGEST_USD:
        return None
    return (usd * 1_000_000).quantize(_NANO_DOLLAR, ROUND_CEILING)


def _no_number(word: str) -> None:
    raise ValueError(f"{word} is no number")
