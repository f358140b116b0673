"""A price as somebody has stated it, and lists of such prices."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from operator import attrgetter
from typing import Final, Protocol

from app.core.clock import epoch_ms
from app.core.gateway_file import GatewayConfig
from app.core.gateway_prices import PriceConfig
from app.core.money import PER_UNITS, nusd_of
from app.db.repositories.prices import PriceFacts
from app.models.prices import PriceRow
from app.services.prices.price import Price, PricedUnit

FILE: Final = "meterhouse.toml"
FREE: Final = {PricedUnit.INPUT_TOKEN: 0, PricedUnit.OUTPUT_TOKEN: 0}
_ALL_FREE: Final = {**FREE, PricedUnit.REQUEST: 0}


class Terms(Protocol):
    """The fields of a price, in US dollars: for 1,000,000 units, or for each second or request."""

    input: Decimal | None
    output: Decimal | None
    cached_input: Decimal | None
    input_characters: Decimal | None
    output_characters: Decimal | None
    input_pixels: Decimal | None
    output_pixels: Decimal | None
    per_input_second: Decimal | None
    per_output_second: Decimal | None
    per_request: Decimal | None


@dataclass(frozen=True, slots=True)
class StatedPrice:
    """What somebody says that a model costs, from one moment to another."""

    model: str | None  # as callers name it, or as the upstream does; None: whichever
    upstream: str | None  # None: wherever it runs
    price: Price
    from_ms: int | None = None
    until_ms: int | None = None  # itself not included
    id: str | None = None  # of a price that was set over the API

    def is_in_force(self, at_ms: int) -> bool:
        """Say whether it holds at a moment."""
        has_begun = self.from_ms is None or self.from_ms <= at_ms
        return has_begun and (self.until_ms is None or at_ms < self.until_ms)


class PriceList:
    """The prices of one source."""

    def __init__(self, prices: Iterable[StatedPrice]) -> None:
        """Take the prices. Of one model at one upstream, one is in force at a time."""
        self._prices: dict[tuple[str | None, str | None], list[StatedPrice]] = {}
        for stated in prices:
            self._prices.setdefault((stated.model, stated.upstream), []).append(stated)

    def __iter__(self) -> Iterator[StatedPrice]:
        """Yield every price."""
        for prices in self._prices.values():
            yield from prices

    def find(self, names: Sequence[str], upstream: str, at_ms: int) -> StatedPrice | None:
        """Return what holds for a model by one of its names, the first of them before others.

        What is said of the upstream goes before what is said of the model wherever it runs.
        """
        for place in (upstream, None):
            for name in names:
                found = self.get(name, place, at_ms)
                if found is not None:
                    return found
        return None

    def of(self, model: str, upstream: str | None) -> Sequence[StatedPrice]:
        """Return everything that is said of exactly this model and upstream."""
        return self._prices.get((model, upstream), ())

    def get(self, model: str | None, upstream: str | None, at_ms: int) -> StatedPrice | None:
        """Return what is said of exactly this model and upstream at a moment, or None."""
        prices = self._prices.get((model, upstream), ())
        return next((stated for stated in prices if stated.is_in_force(at_ms)), None)


class Timetable:
    """The moments at which some price begins or ends."""

    def __init__(self, *lists: PriceList) -> None:
        """Take every source whose prices begin and end."""
        every = (stated for prices in lists for stated in prices)
        moments = {moment for one in every for moment in (one.from_ms, one.until_ms)}
        self._moments = sorted(moment for moment in moments if moment is not None)

    def around(self, at_ms: int) -> tuple[float, float]:
        """Return between which moments nothing begins or ends: the first included."""
        place = bisect_right(self._moments, at_ms)
        since = self._moments[place - 1] if place else float("-inf")
        until = self._moments[place] if place < len(self._moments) else float("inf")
        return since, until


def prices_of_file(gateway: GatewayConfig) -> PriceList:
    """Return what the prices of `meterhouse.toml` say, one by one."""
    return PriceList(_of_file(config) for config in gateway.all_prices.values())


def free_upstreams(gateway: GatewayConfig) -> PriceList:
    """Return the upstreams of which `meterhouse.toml` says that everything is free."""
    return PriceList(
        StatedPrice(None, name, Price(_ALL_FREE, FILE))
        for name, upstream in gateway.upstreams.items()
        if upstream.price is not None
    )


def prices_of_rows(rows: Iterable[PriceRow | PriceFacts]) -> Iterator[StatedPrice]:
    """Yield what rows say, which come with those of one price together."""
    for _, group in groupby(rows, key=attrgetter("id")):
        units = list(group)
        first = units[0]
        yield StatedPrice(
            model=first.model,
            upstream=first.upstream,
            price=Price(
                {PricedUnit(one.unit): one.nusd_per_million for one in units}, first.source
            ),
            from_ms=first.valid_from_ms,
            until_ms=first.valid_until_ms,
            id=first.id,
        )


def units_of(terms: Terms) -> Mapping[PricedUnit, int]:
    """Return what the fields of a price say, in nano-dollars for 1,000,000 units."""
    per_million = {
        PricedUnit.INPUT_TOKEN: terms.input,
        PricedUnit.CACHED_INPUT_TOKEN: terms.cached_input,
        PricedUnit.OUTPUT_TOKEN: terms.output,
        PricedUnit.INPUT_CHARACTER: terms.input_characters,
        PricedUnit.OUTPUT_CHARACTER: terms.output_characters,
        PricedUnit.INPUT_PIXEL: terms.input_pixels,
        PricedUnit.OUTPUT_PIXEL: terms.output_pixels,
        PricedUnit.INPUT_SECOND: _times(terms.per_input_second),
        PricedUnit.OUTPUT_SECOND: _times(terms.per_output_second),
        PricedUnit.REQUEST: _times(terms.per_request),
    }
    return {unit: nusd_of(usd) for unit, usd in per_million.items() if usd is not None}


def _times(usd: Decimal | None) -> Decimal | None:
    return None if usd is None else usd * PER_UNITS


def _of_file(config: PriceConfig) -> StatedPrice:
    units = units_of(config)
    return StatedPrice(
        model=config.model,
        upstream=config.upstream,
        price=Price(units, FILE),
        from_ms=None if config.valid_from is None else epoch_ms(config.valid_from),
        until_ms=None if config.valid_until is None else epoch_ms(config.valid_until),
    )
