"""Which prices there are, and which of them is quoted."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain
from typing import Final

from app.core.clock import Clock, epoch_ms
from app.db.repositories.prices import PriceRepository
from app.services.pages import require_start
from app.services.prices.price_book import PriceBook
from app.services.prices.stated_price import StatedPrice, prices_of_rows
from app.utils.paging import Cursor, Page, cut


class PriceState(StrEnum):
    """Where a price stands."""

    QUOTED = "quoted"
    OVERRIDDEN = "overridden"  # somebody whose word goes first says something else
    SCHEDULED = "scheduled"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class ShownPrice:
    """A price, and where it stands now."""

    stated: StatedPrice
    state: PriceState
    overridden_by: str | None


class PriceService:
    """Shows prices. Only admins see them."""

    def __init__(self, prices: PriceRepository, book: PriceBook, clock: Clock) -> None:
        """Take where the API's prices are, what is quoted, and what time it is."""
        self._prices = prices
        self._book = book
        self._now_ms: Final = epoch_ms(clock.now())

    async def list_page(self, cursor: Cursor, *, with_history: bool) -> Page[ShownPrice]:
        """Return prices that were set over the API, newest first.

        Raises:
            InvalidRequestError: the page begins after something that is no price's id.
        """
        require_start(cursor, "price")
        at_ms = None if with_history else self._now_ms
        rows = await self._prices.list_after(cursor, not_over_at_ms=at_ms)
        return cut([self._shown(stated) for stated in prices_of_rows(rows)], cursor)

    def list_given(self) -> Sequence[ShownPrice]:
        """Return what `meterhouse.toml` and the upstreams say."""
        book = self._book
        return [self._shown(one) for one in chain(book.file, book.free, book.list_upstreams())]

    def _shown(self, stated: StatedPrice) -> ShownPrice:
        return shown(stated, self._book, self._now_ms)


def shown(stated: StatedPrice, book: PriceBook, at_ms: int) -> ShownPrice:
    """Return a price with where it stands at a moment."""
    overridden_by = None
    if stated.until_ms is not None and stated.until_ms <= at_ms:
        state = PriceState.OVER
    elif not stated.is_in_force(at_ms):
        state = PriceState.SCHEDULED
    else:
        overridden_by = book.overriding(stated, at_ms)
        state = PriceState.OVERRIDDEN if overridden_by else PriceState.QUOTED
    return ShownPrice(stated, state, overridden_by)
