"""Setting prices, and ending them."""

from collections.abc import Collection
from typing import Any, Final

from app.core.clock import Clock, epoch_ms, from_epoch_ms
from app.core.errors import InvalidRequestError, NotFoundError
from app.core.problems import unknown
from app.db.repositories.prices import PriceRepository
from app.services.access import require_admin
from app.services.audit_trail import Action, AuditTrail
from app.services.prices.price_book import PriceBook
from app.services.prices.prices import ShownPrice, shown
from app.services.prices.stated_price import PriceList, StatedPrice, prices_of_rows
from app.services.prices.timeline import PriceWish, replace
from app.utils.nearest import nearest

SET_BY_HAND: Final = "api"


class PriceEditor:
    """Sets and ends prices inside the caller's transaction. Only admins may.

    Of one model at one upstream, one price is in force at a time: a new one ends the one before.
    """

    def __init__(
        self,
        prices: PriceRepository,
        trail: AuditTrail,
        clock: Clock,
        *,
        book: PriceBook,
        upstreams: Collection[str],
    ) -> None:
        """Take where prices are, who changes them, the time, what is quoted, and the upstreams."""
        self._prices = prices
        self._trail = trail
        self._clock = clock
        self._book = book
        self._upstreams = upstreams

    async def create(self, wish: PriceWish) -> ShownPrice:
        """Set a price from a moment on, until the next one that is set begins.

        Raises:
            ForbiddenError: the caller is no admin.
            InvalidRequestError: there is no such upstream, or the moment is past.
        """
        require_admin(self._trail.who, to="set prices")
        now_ms = epoch_ms(self._clock.now())
        begin_ms = now_ms if wish.valid_from is None else epoch_ms(wish.valid_from)
        self._require_upstream(wish.upstream)
        if begin_ms < now_ms:
            raise InvalidRequestError(
                "`valid_from` is past, and calls keep the price that they had. Leave it out for a "
                "price that holds from now on.",
                param="valid_from",
            )
        known = PriceList(
            prices_of_rows(await self._prices.list_not_over(now_ms, models=[wish.model]))
        )
        [created] = await replace(
            self._prices,
            [wish],
            known,
            begin_ms=begin_ms,
            now_ms=now_ms,
            source=SET_BY_HAND,
        )
        await self._trail.record(Action.PRICE_CREATE, str(created.id), after=facts_of(created))
        return shown(created, self._book, now_ms)

    async def delete(self, price_id: str) -> None:
        """End a price now; one that has not begun yet is as if it had never been set.

        What is over already stays as it is.

        Raises:
            ForbiddenError: the caller is no admin.
            NotFoundError: there is no such price.
        """
        require_admin(self._trail.who, to="end prices")
        price = next(prices_of_rows(await self._prices.get(price_id)), None)
        if price is None or price.model is None or price.from_ms is None:
            raise NotFoundError("There is no such price. `GET /v1/admin/prices` lists them.")
        now_ms = epoch_ms(self._clock.now())
        if price.until_ms is not None and price.until_ms <= now_ms:
            return
        if price.from_ms <= now_ms:
            await self._prices.end([price_id], now_ms)
        else:
            await self._prices.delete([price_id])
            await self._prices.prolong(
                price.model, price.upstream, from_ms=price.from_ms, to_ms=price.until_ms
            )
        await self._trail.record(Action.PRICE_DELETE, price_id, before=facts_of(price))

    def _require_upstream(self, name: str | None) -> None:
        if name is not None and self._upstreams and name not in self._upstreams:
            what = unknown("upstream", self._upstreams, nearest(name, self._upstreams))
            raise InvalidRequestError(f"`upstream` is an {what}", param="upstream")


def facts_of(price: StatedPrice) -> dict[str, Any]:
    """Return what the audit log says of a price: nano-dollars for 1,000,000 of each unit."""
    return {
        "model": price.model,
        "upstream": price.upstream,
        "valid_from": _iso(price.from_ms),
        "valid_until": _iso(price.until_ms),
        "price_nusd": price.price.facts(),
    }


def _iso(moment_ms: int | None) -> str | None:
    return None if moment_ms is None else from_epoch_ms(moment_ms).isoformat()
