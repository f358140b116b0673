"""What upstreams themselves say that their models cost.

Hugging Face's router lists for each model who serves it and for how much. A suffix after the last
colon says who of them answers: `:groq` that one, `:cheapest` and the like whichever is chosen then.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from app.core.gateway_file import GatewayConfig
from app.services.prices.listings import Listings
from app.services.prices.places import LISTED_UNITS, UPSTREAM, Place, places_of, whole_in
from app.services.prices.price import Price, PricedUnit
from app.services.prices.quote import UNKNOWN_CONTEXT, Context, Quote
from app.services.prices.stated_price import StatedPrice

_CHEAPEST: Final = "cheapest"
_OPEN: Final = frozenset({"", "fastest", _CHEAPEST, "preferred"})  # suffixes that name nobody


class UpstreamPrices:
    """Quotes what the listings of the upstreams say."""

    def __init__(self, gateway: GatewayConfig, listings: Listings) -> None:
        """Take the configuration, and what the upstreams list."""
        self._gateway = gateway
        self._listings = listings

    def names(self, model: str, upstream: str, upstream_model: str) -> Sequence[str]:
        """Return the names by which a price may know a model, the first before the others."""
        base, _ = self._split(upstream, upstream_model)
        return tuple(dict.fromkeys((model, f"{upstream}/{upstream_model}", upstream_model, base)))

    def quote(self, model: str, upstream: str, upstream_model: str) -> Quote:
        """Return what an upstream lists of a model. What `[models]` says of a context goes first.

        Between several who may answer, the price is the dearest of each unit, and unknown where one
        of them says none.
        """
        base, suffix = self._split(upstream, upstream_model)
        known = self._listings.known
        listed = known(upstream, upstream_model) or known(upstream, base) or {}
        configured = self._gateway.models.get(model)
        stated = configured.context if configured is not None else None
        if not self._is_router(upstream):
            return Quote(context=Context.of([stated or whole_in(listed.get("context_length"))]))
        quote = _quote(base, suffix, [*places_of(listed)])
        if stated is None:
            return quote
        context = Context(stated, stated)
        return replace(quote, context=context, pinned_context=context)

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


def _quote(base: str, suffix: str, places: Sequence[Place]) -> Quote:
    by_provider = {one.provider: one.price for one in places if one.price is not None}
    if suffix not in _OPEN:
        named = Context.of(one.context for one in places if one.provider == suffix)
        return Quote(by_provider.get(suffix), context=named)
    live = [one for one in places if one.is_live]
    pinned = _pinned([one for one in live if one.price is not None and one.provider], suffix)
    return Quote(
        price=_dearest([one.price for one in live]),
        pin=None if pinned is None else f"{base}:{pinned.provider}",
        pinned_price=None if pinned is None else pinned.price,
        pinned_context=UNKNOWN_CONTEXT if pinned is None else Context.of([pinned.context]),
        context=Context.of(one.context for one in live),
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
    return Price({unit: max(price.of(unit) for price in known) for unit in LISTED_UNITS}, UPSTREAM)
