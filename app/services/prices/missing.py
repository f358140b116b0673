"""Which models have no price, though callers can call them or have called them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from app.core.clock import Clock, epoch_ms
from app.db.repositories.uncosted import Uncosted, UncostedCalls
from app.services.prices.price_book import PriceBook
from app.services.routing.model_directory import ModelDirectory

LOOK_BACK_MS: Final = 30 * 24 * 3_600_000
MOST: Final = 1_000  # models that were called; callers can make up any number of names


@dataclass(frozen=True, slots=True)
class MissingPrice:
    """A model whose price nobody knows at the place that answers for it."""

    model: str
    upstream: str
    upstream_model: str
    pin: str | None  # the upstream's name for it at one provider, whose price is known
    calls: int  # of the last 30 days whose price was unknown
    last_called_at_ms: int | None


class MissingPrices:
    """Finds models without a price."""

    def __init__(
        self,
        calls: UncostedCalls,
        book: PriceBook,
        models: ModelDirectory,
        clock: Clock,
    ) -> None:
        """Take what was called, what it costs, what can be called, and what time it is."""
        self._calls = calls
        self._book = book
        self._models = models
        self._now_ms: Final = epoch_ms(clock.now())

    async def find(self) -> Sequence[MissingPrice]:
        """Return those that were called, the most called first, then those that can be.

        Upstreams whose lists are not known yet are asked for them.

        Raises:
            NotReadyError: the database is away for now.
        """
        called = await self._calls.list_since(self._now_ms - LOOK_BACK_MS, limit=MOST)
        by_target = {(one.model, one.upstream, one.upstream_model): one for one in called}
        wanted: dict[tuple[str, str, str], Uncosted | None] = {**by_target}
        for name, target in await self._models.list_targets():
            wanted.setdefault((name, target.upstream, target.model), None)
        found = (self._missing(*where, uncosted) for where, uncosted in wanted.items())
        return [one for one in found if one is not None]

    def _missing(
        self, model: str, upstream: str, upstream_model: str, uncosted: Uncosted | None
    ) -> MissingPrice | None:
        quote = self._book.quote(model, upstream, upstream_model, self._now_ms)
        if quote.price is not None:
            return None
        return MissingPrice(
            model=model,
            upstream=upstream,
            upstream_model=upstream_model,
            pin=quote.pin,
            calls=uncosted.calls if uncosted else 0,
            last_called_at_ms=uncosted.last_at_ms if uncosted else None,
        )
