"""What a call has taken of limits and budgets, from its admission to its end."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from app.core.errors import PriceUnknownError
from app.core.money import PER_UNITS
from app.db.ledger_changes import Charge
from app.services.admission.accounts import BudgetPeriod, any_is_hard
from app.services.admission.bounds import Bound
from app.services.admission.limits import Grant
from app.services.admission.scopes import AccountScope
from app.services.ledger.hold import Hold
from app.services.prices.price import Price, PricedUnit
from app.services.prices.quote import Quote
from app.services.routing.target import Target

SLICE_TOKENS: Final = 1_000  # of output that a stream holds ahead
ASSUMED: Final = "assumed"  # the source of a price that is only a budget's word for unknown ones

_TOP_UP_AT: Final = 0.8  # of what is held


class Offer(NamedTuple):
    """What a call is to one target: what it costs there, and at most how much."""

    target: Target
    quote: Quote
    price: Price | None  # that money is held by
    upstream_model: str  # pinned to a place whose price is certain, where that matters
    bound: Bound
    output: int  # tokens that are held for at first
    nusd: int  # that is to be held at first


@dataclass(slots=True, eq=False)
class Admitted:
    """A call that was let in. It is settled, or withdrawn, exactly once."""

    hold: Hold  # as it was at first
    charges: Sequence[Charge]  # of the hold
    scopes: Sequence[AccountScope]
    offers: Sequence[Offer]  # in the order in which targets are asked
    periods: tuple[BudgetPeriod, ...]
    charged: tuple[str, ...]  # their ids
    grant: Grant
    offer: Offer  # of the target that is asked
    held_nusd: int  # for all attempts together
    held_output: int  # tokens of the attempt under way
    spent_nusd: int = 0  # by attempts before it
    written: int = 0  # at most so many tokens has a stream shown so far

    @property
    def bound(self) -> Bound:
        """Return at most how much the target may use."""
        return self.offer.bound

    @property
    def price(self) -> Price | None:
        """Return the price that money is held by."""
        return self.offer.price

    @property
    def upstream_model(self) -> str:
        """Return the name by which the target is asked for the model."""
        return self.offer.upstream_model

    def offer_of(self, target: Target) -> Offer:
        """Return what the call is to a target, which must be one of those that may be asked."""
        return next(offer for offer in self.offers if offer.target is target)

    @property
    def is_hard(self) -> bool:
        """Say whether some budget must never be exceeded by it."""
        return any_is_hard(self.periods)

    @property
    def is_held_in_full(self) -> bool:
        """Say whether all that it may write is held for."""
        return self.held_output >= self.bound.output_tokens

    def wants_top_up(self, written: int) -> bool:
        """Say whether a stream that has written at most so many tokens should hold more."""
        if written <= _TOP_UP_AT * self.held_output:  # asked for each event of a stream
            return False
        return bool(self.periods) and not self.is_held_in_full

    def may_go_on(self, written: int) -> bool:
        """Say whether what a stream has written is within what is held for it."""
        return self.is_held_in_full or written <= self.held_output or not self.is_hard

    def price_of(self, provider: str | None) -> Price | None:
        """Return the price where this provider answered."""
        price, quote = self.offer.price, self.offer.quote
        return quote.of(provider) if price is quote.price else price  # it is pinned, or assumed


def price_for(
    quote: Quote, model: str, periods: Sequence[BudgetPeriod]
) -> tuple[Price | None, str]:
    """Return the price to size a hold by, and the upstream's model name that it is certain for.

    Args:
        quote: What the target may cost.
        model: The target's own name of the model.
        periods: What the call counts into.

    Raises:
        PriceUnknownError: it counts into a budget that refuses calls without a price.
    """
    if quote.pin is not None and any_is_hard(periods):
        return quote.pinned_price, quote.pin
    if quote.price is not None or not periods:
        return quote.price, model
    assumed = 0
    for period in periods:
        nusd = period.budget.unknown_hold_nusd
        if nusd is None:
            raise PriceUnknownError(
                f"Nobody has said what {model!r} costs, and a budget applies. An admin can set its "
                "price (`meterhouse prices set`), or what the budget assumes for unknown prices.",
                param="model",
            )
        assumed = max(assumed, nusd)
    return Price({PricedUnit.REQUEST: assumed * PER_UNITS}, ASSUMED), model
