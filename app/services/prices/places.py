"""Who serves a model behind Hugging Face's router, and for how much, as the router lists it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from typing import Any, Final

from app.core.money import LARGEST_NUSD, NANO
from app.services.prices.price import Price, PricedUnit
from app.services.prices.stated_price import FREE
from app.utils.json_values import JsonObject, object_in, objects_in

UPSTREAM: Final = "upstream"
LISTED_UNITS: Final = {PricedUnit.INPUT_TOKEN: "input", PricedUnit.OUTPUT_TOKEN: "output"}


@dataclass(frozen=True, slots=True)
class Place:
    """Somebody who serves a model behind an upstream."""

    provider: str  # "" where nobody says
    is_live: bool
    price: Price | None
    context: int | None
    speed: float  # tokens a second; 0 where nobody knows


def places_of(listed: Mapping[str, Any]) -> Iterator[Place]:
    """Yield who serves a model, as the router lists it."""
    for entry in objects_in(listed.get("providers")):
        yield _place(entry)


def _place(entry: JsonObject) -> Place:
    provider, speed = entry.get("provider"), entry.get("throughput")
    return Place(
        provider=provider if isinstance(provider, str) else "",
        is_live=entry.get("status") == "live",
        price=_price(entry),
        context=whole_in(entry.get("context_length")),
        speed=speed if isinstance(speed, int | float) else 0.0,
    )


def _price(entry: JsonObject) -> Price | None:
    if entry.get("is_free") is True:
        return Price(FREE, UPSTREAM)
    pricing = object_in(entry.get("pricing"))
    units = {unit: _nusd(pricing.get(name)) for unit, name in LISTED_UNITS.items()}
    known = {unit: nusd for unit, nusd in units.items() if nusd is not None}
    return Price(known, UPSTREAM) if len(known) == len(units) else None


def _nusd(usd: object) -> int | None:
    """Return US dollars as nano-dollars, what is finer rounded up; None for what makes no sense."""
    if isinstance(usd, bool) or not isinstance(usd, int | float):
        return None
    if not 0 <= usd <= LARGEST_NUSD // NANO:
        return None
    return int((Decimal(str(usd)) * NANO).to_integral_value(ROUND_CEILING))


def whole_in(value: object) -> int | None:
    """Return a number of tokens, or None for what is none."""
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if value > 0 else None
