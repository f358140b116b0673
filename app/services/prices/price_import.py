"""Taking over a list of prices that somebody else keeps."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.core.clock import Clock, epoch_ms
from app.core.errors import InvalidRequestError
from app.db.repositories.prices import PriceRepository
from app.services.access import require_admin
from app.services.audit_trail import Action, AuditTrail
from app.services.prices.price_editor import SET_BY_HAND
from app.services.prices.stated_price import PriceList, prices_of_rows
from app.services.prices.timeline import PriceWish, replace


class KnownList(StrEnum):
    """Whose list it is."""

    LITELLM = "litellm"
    OPENROUTER = "openrouter"


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a list."""

    created: int
    unchanged: int
    kept: int  # what was set by hand stays
    unknown_upstreams: Mapping[str, int]  # how many prices were left out, by upstream


class PriceImport:
    """Sets many prices at once, inside the caller's transaction. Only admins may.

    It changes what earlier imports said and nothing that was set by hand, so that it can be
    repeated at any time.
    """

    def __init__(
        self,
        prices: PriceRepository,
        trail: AuditTrail,
        clock: Clock,
        upstreams: Collection[str],
    ) -> None:
        """Take where prices are, who changes them, the time, and which upstreams there are."""
        self._prices = prices
        self._trail = trail
        self._clock = clock
        self._upstreams = upstreams

    async def take(self, source: KnownList, wishes: Sequence[PriceWish]) -> Imported:
        """Set the prices of a list, from now on, and say what became of them.

        Raises:
            ForbiddenError: the caller is no admin.
            InvalidRequestError: a model comes twice.
        """
        require_admin(self._trail.who, to="import prices")
        _require_each_once(wishes)
        now_ms = epoch_ms(self._clock.now())
        models = {wish.model for wish in wishes}
        known = PriceList(prices_of_rows(await self._prices.list_not_over(now_ms, models)))
        fates = [(self._fate(wish, known, now_ms), wish) for wish in wishes]
        new = [wish for fate, wish in fates if fate is _Fate.CREATED]
        counts = Counter(fate for fate, _ in fates)
        if new:
            source_name = f"import:{source}"
            await replace(
                self._prices, new, known, begin_ms=now_ms, now_ms=now_ms, source=source_name
            )
            facts = {fate.value: counts[fate] for fate in _Fate}
            await self._trail.record(Action.PRICE_IMPORT, source.value, after=facts)
        left_out = Counter(str(one.upstream) for fate, one in fates if fate is _Fate.LEFT_OUT)
        return Imported(len(new), counts[_Fate.UNCHANGED], counts[_Fate.KEPT], left_out)

    def _fate(self, wish: PriceWish, known: PriceList, at_ms: int) -> "_Fate":
        if wish.upstream is not None and wish.upstream not in self._upstreams:
            return _Fate.LEFT_OUT
        current = known.get(wish.model, wish.upstream, at_ms)
        if current is None:
            return _Fate.CREATED
        if current.price.source == SET_BY_HAND:
            return _Fate.KEPT
        return _Fate.UNCHANGED if current.price.units == wish.units else _Fate.CREATED


class _Fate(StrEnum):
    CREATED = "created"
    UNCHANGED = "unchanged"
    KEPT = "kept"
    LEFT_OUT = "left_out"


def _require_each_once(wishes: Sequence[PriceWish]) -> None:
    counts = Counter((wish.model, wish.upstream) for wish in wishes)
    twice = next((model for (model, _), count in counts.items() if count > 1), None)
    if twice is not None:
        raise InvalidRequestError(f"`prices` has {twice!r} twice. Send it once.", param="prices")
