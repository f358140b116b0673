"""What upstreams themselves say that their models cost.

Hugging Face's router lists for each model who serves it and for how much. A suffix after the last
colon says who of them answers: `:groq` that one, `:cheapest` and the like whichever is chosen then.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from typing import Any, Final

from app.core.gateway_file import GatewayConfig
from app.core.money import LARGEST_NUSD, NANO
from app.services.prices.listings import Listings
from app.services.prices.price import Price, PricedUnit
from app.services.prices.quote import Quote
from app.services.prices.stated_price import FREE, StatedPrice
from app.utils.json_values import JsonObject, object_in, objects_in

UPSTREAM: Final = "upstream"
_CHEAPEST: Final = "cheapest"
_OPEN: Final = frozenset({"", "fastest", _CHEAPEST, "preferred"})  # suffixes that name nobody
_UNITS: Final = {PricedUnit.INPUT_TOKEN: "input", PricedUnit.OUTPUT_TOKEN: "output"}


@dataclass(frozen=True, slots=True)
class Place:
    """Somebody who serves a model behind an upstream."""

    provider: str  # "" where nobody says
    is_live: bool
    price: Price | None
    context: int | None
    speed: float  # tokens a second; 0 where nobody knows


class UpstreamPrices:
    """Quotes what the listings of the upstreams say."""

    def __init__(self, gateway: GatewayConfig, listings: Listings) -> None:
        """Take the configuration, and what the upstreams list."""
        self._gateway = gateway
        self._listings = listings

    def names(self, model: str, upstream: str, upstream_model: str) -> Sequence[str]:
        """Return the names by which a price may know a model, the first before the others."""
        base, _ = self._split(upstream, upstream_model)
        return tuple(dict.fromkeys((model, upstream_model, base)))

    def quote(self, model: str, upstream: str, upstream_model: str) -> Quote:
        """Return what an upstream lists of a model. What `[models]` says of a context goes first.

        Between several who may answer, the price is the dearest of each unit, and unknown where one
        of them says none.
        """
        base, suffix = self._split(upstream, upstream_model)
        known = self._listings.known
        listed = known(upstream, upstream_model) or known(upstream, base) or {}
        configured = self._gateway.models.get(model)
        context = configured.context if configured is not None else None
        if not self._is_router(upstream):
            return Quote(None, context=context or _whole(listed.get("context_length")))
        return _quote(base, suffix, [*places_of(listed)], context)

    def list_all(self) -> Iterator[StatedPrice]:
        """Yield every price that is listed, by the name that asks for the provider."""
        for upstream in filter(self._is_router, self._gateway.upstreams):
            for listed in self._listings.all_known(upstream):
                priced = ((one.provider, one.price) for one in places_of(listed) if one.price)
                for provider, price in priced:
                    yield StatedPrice(f"{listed['id']}:{provider}", upstream, price)

    def _split(self, upstream: str, upstream_model: str) -> tuple[str, str]:
        """Return a model's id and its suffix. Elsewhere a colon belongs to the name."""
        if not self._is_router(upstream):
            return upstream_model, ""
        base, colon, suffix = upstream_model.rpartition(":")
        return (base, suffix) if colon else (upstream_model, "")

    def _is_router(self, upstream: str) -> bool:
        config = self._gateway.upstreams.get(upstream)
        return config is not None and config.kind == "huggingface"


def places_of(listed: Mapping[str, Any]) -> Iterator[Place]:
    """Yield who serves a model, as the router lists it."""
    for entry in objects_in(listed.get("providers")):
        yield _place(entry)


def _quote(base: str, suffix: str, places: Sequence[Place], context: int | None) -> Quote:
    by_provider = {one.provider: one.price for one in places if one.price is not None}
    if suffix not in _OPEN:
        contexts = [one.context for one in places if one.provider == suffix]
        return Quote(by_provider.get(suffix), context=context or _smallest(contexts))
    live = [one for one in places if one.is_live]
    pinned = _pinned([one for one in live if one.price is not None and one.provider], suffix)
    return Quote(
        price=_dearest([one.price for one in live]),
        pin=None if pinned is None else f"{base}:{pinned.provider}",
        pinned_price=None if pinned is None else pinned.price,
        context=context or _smallest([one.context for one in live]),
        by_provider=by_provider,
    )


def _pinned(priced: Sequence[Place], suffix: str) -> Place | None:
    """Return whom to ask by name: whom the router would choose, among those with a price."""
    if suffix == _CHEAPEST:
        return min(priced, key=_output_price, default=None)
    return max(priced, key=lambda place: place.speed, default=None)


def _output_price(place: Place) -> int:
    return 0 if place.price is None else place.price.of(PricedUnit.OUTPUT_TOKEN)


def _dearest(prices: Sequence[Price | None]) -> Price | None:
    known = [price for price in prices if price is not None]
    if not known or len(known) < len(prices):
        return None
    return Price({unit: max(price.of(unit) for price in known) for unit in _UNITS}, UPSTREAM)


def _smallest(contexts: Sequence[int | None]) -> int | None:
    return min((context for context in contexts if context is not None), default=None)


def _place(entry: JsonObject) -> Place:
    provider, speed = entry.get("provider"), entry.get("throughput")
    return Place(
        provider=provider if isinstance(provider, str) else "",
        is_live=entry.get("status") == "live",
        price=_price(entry),
        context=_whole(entry.get("context_length")),
        speed=speed if isinstance(speed, int | float) else 0.0,
    )


def _price(entry: JsonObject) -> Price | None:
    if entry.get("is_free") is True:
        return Price(FREE, UPSTREAM)
    pricing = object_in(entry.get("pricing"))
    units = {unit: _nusd(pricing.get(name)) for unit, name in _UNITS.items()}
    known = {unit: nusd for unit, nusd in units.items() if nusd is not None}
    return Price(known, UPSTREAM) if len(known) == len(units) else None


def _nusd(usd: object) -> int | None:
    """Return US dollars as nano-dollars, what is finer rounded up; None for what makes no sense."""
    if isinstance(usd, bool) or not isinstance(usd, int | float):
        return None
    if not 0 <= usd <= LARGEST_NUSD // NANO:
        return None
    return int((Decimal(str(usd)) * NANO).to_integral_value(ROUND_CEILING))


def _whole(value: object) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if value > 0 else None
