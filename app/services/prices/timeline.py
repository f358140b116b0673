"""How prices of one model at one upstream follow each other, without gaps or overlaps."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.core.ids import new_id
from app.db.repositories.prices import PriceRepository
from app.models.prices import PriceRow
from app.services.prices.price import Price, PricedUnit
from app.services.prices.stated_price import PriceList, StatedPrice


@dataclass(frozen=True, slots=True)
class PriceWish:
    """What a model is to cost."""

    model: str
    upstream: str | None  # None: wherever it runs
    units: Mapping[PricedUnit, int]  # nano-dollars for 1,000,000 of each
    valid_from: datetime | None = None  # None: from now on


async def replace(
    prices: PriceRepository,
    wishes: Sequence[PriceWish],
    known: PriceList,
    *,
    begin_ms: int,
    now_ms: int,
    source: str,
) -> Sequence[StatedPrice]:
    """Let prices begin at one moment, in the place of those that are known to hold then.

    Each holds until the next one that is known begins. What was to begin at the same moment never
    does.
    """
    replaced = [
        one
        for wish in wishes
        for one in known.of(wish.model, wish.upstream)
        if one.is_in_force(begin_ms)
    ]
    await prices.end([str(one.id) for one in replaced], begin_ms)
    await prices.delete([str(one.id) for one in replaced if one.from_ms == begin_ms])
    created = [_begun(wish, known, begin_ms, source) for wish in wishes]
    await prices.add(row for price in created for row in _rows(price, now_ms))
    return created


def _begun(wish: PriceWish, known: PriceList, begin_ms: int, source: str) -> StatedPrice:
    moments = [one.from_ms for one in known.of(wish.model, wish.upstream)]
    later = [moment for moment in moments if moment is not None and moment > begin_ms]
    return StatedPrice(
        model=wish.model,
        upstream=wish.upstream,
        price=Price(wish.units, source),
        from_ms=begin_ms,
        until_ms=min(later, default=None),
        id=new_id("price"),
    )


def _rows(price: StatedPrice, now_ms: int) -> Sequence[PriceRow]:
    return [
        PriceRow(
            id=price.id,
            model=price.model,
            upstream=price.upstream,
            unit=unit.value,
            nusd_per_million=nusd,
            valid_from_ms=price.from_ms,
            valid_until_ms=price.until_ms,
            source=price.price.source,
            created_at_ms=now_ms,
        )
        for unit, nusd in price.price.units.items()
    ]
