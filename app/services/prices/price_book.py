"""What any model costs anywhere at any moment, out of memory."""

from collections.abc import Iterator
from typing import Final

from app.core.clock import Clock, epoch_ms
from app.core.gateway_file import GatewayConfig
from app.db.repositories.prices import PriceDirectory
from app.services.prices.listings import Listings
from app.services.prices.places import UPSTREAM
from app.services.prices.quote import Quote
from app.services.prices.stated_price import (
    FILE,
    PriceList,
    StatedPrice,
    Timetable,
    free_upstreams,
    prices_of_file,
    prices_of_rows,
)
from app.services.prices.upstream_prices import UpstreamPrices

MAX_QUOTES: Final = 10_000  # names of models come from callers: what is remembered has a bound
_SPARE_MS: Final = 24 * 3_600_000  # of prices that are over, for a clock that is set back


class PriceBook:
    """Quotes prices. Those of `meterhouse.toml` go first, then the API's, then the upstreams'."""

    def __init__(
        self, gateway: GatewayConfig, directory: PriceDirectory, listings: Listings, clock: Clock
    ) -> None:
        """Take who states prices. Those of the API are known from the first `refresh` on."""
        self._directory = directory
        self._listings = listings
        self._clock = clock
        self.free, self.api = free_upstreams(gateway), _NONE
        self._quotes: dict[tuple[str, str, str], Quote] = {}
        self._version = listings.version
        self.take(gateway)

    def take(self, gateway: GatewayConfig) -> None:
        """Take other prices of `meterhouse.toml`, over the same upstreams."""
        self._upstreams = UpstreamPrices(gateway, self._listings)
        self.file = prices_of_file(gateway)
        self._look_anew()

    async def refresh(self) -> None:
        """Read again what was set over the API.

        Raises:
            NotReadyError: the database is away for now; what was known is still quoted.
        """
        since_ms = epoch_ms(self._clock.now()) - _SPARE_MS
        rows = await self._directory.list_not_over(since_ms)
        self.api = PriceList(prices_of_rows(rows))
        self._look_anew()

    def quote(self, model: str, upstream: str, upstream_model: str, at_ms: int) -> Quote:
        """Return what a model costs at an upstream, at a moment.

        Args:
            model: As the caller names it.
            upstream: Who answers.
            upstream_model: As the upstream names the model.
            at_ms: The moment, as epoch milliseconds.
        """
        is_old = self._version != self._listings.version
        if is_old or not self._since <= at_ms < self._until:
            self._forget(at_ms)
        key = model, upstream, upstream_model
        quote = self._quotes.get(key)
        if quote is None:
            if len(self._quotes) >= MAX_QUOTES:
                self._quotes.clear()
            quote = self._quotes[key] = self._look_up(*key, at_ms)
        return quote

    def list_upstreams(self) -> Iterator[StatedPrice]:
        """Yield what the upstreams say, for each provider behind them."""
        return self._upstreams.list_all()

    def overriding(self, stated: StatedPrice, at_ms: int) -> str | None:
        """Return whose word goes first wherever this price would be quoted, or None.

        Who goes first for some models or upstreams of many does not count.
        """
        if stated.price.source == FILE:
            return None
        names = (stated.model or "",)
        if stated.price.source == UPSTREAM:
            names = self._upstreams.names(names[0], str(stated.upstream), names[0])
        upstream = stated.upstream or ""
        winner = self.file.find(names, upstream, at_ms) or self.free.get(None, upstream, at_ms)
        if winner is None and stated.price.source == UPSTREAM:
            winner = self.api.find(names, upstream, at_ms)
        return None if winner is None else winner.price.source

    def _look_anew(self) -> None:
        self._timetable = Timetable(self.file, self.api)
        self._since = self._until = float("-inf")  # between these, all quotes stay as they are

    def _forget(self, at_ms: int) -> None:
        self._quotes.clear()
        self._version = self._listings.version
        self._since, self._until = self._timetable.around(at_ms)

    def _look_up(self, model: str, upstream: str, upstream_model: str, at_ms: int) -> Quote:
        listed = self._upstreams.quote(model, upstream, upstream_model)
        names = self._upstreams.names(model, upstream, upstream_model)
        stated = (
            self.file.find(names, upstream, at_ms)
            or self.free.get(None, upstream, at_ms)
            or self.api.find(names, upstream, at_ms)
        )
        return listed if stated is None else Quote(stated.price, context=listed.context)


_NONE: Final = PriceList(())
