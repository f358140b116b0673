"""What a call to one target may cost."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple, Self

from app.services.prices.price import Price, PricedUnit

_BYTES_PER_TOKEN: Final = 4
_LIKELY_OUTPUT: Final = 256  # tokens


class Context(NamedTuple):
    """How many tokens fit into a model at once, at the places that may answer."""

    smallest: int | None = None  # of those that say; None: none of them does
    largest: int | None = None  # None: some place does not say

    @classmethod
    def of(cls, sizes: Iterable[int | None]) -> Self:
        """Return what a context for each place comes to."""
        every = [*sizes]
        known = [size for size in every if size is not None]
        largest = max(known) if known and len(known) == len(every) else None
        return cls(min(known, default=None), largest)


UNKNOWN_CONTEXT: Final = Context()


@dataclass(frozen=True, slots=True)
class Quote:
    """The price of a target, as far as it is known before anybody has answered."""

    price: Price | None = None  # of the dearest place that may answer; None: unknown
    pin: str | None = None  # the upstream's model name with a place whose price is certain
    pinned_price: Price | None = None
    pinned_context: Context = UNKNOWN_CONTEXT
    context: Context = UNKNOWN_CONTEXT
    by_provider: Mapping[str, Price] = field(default_factory=dict[str, Price])

    def context_of(self, upstream_model: str) -> Context:
        """Return the context of who answers for this name."""
        return self.pinned_context if upstream_model == self.pin else self.context

    def of(self, provider: str | None) -> Price | None:
        """Return the price where this provider answered."""
        if provider is None:
            return self.price
        return self.by_provider.get(provider, self.price)

    def likely_nusd(self, text_bytes: int) -> int | None:
        """Return what a call probably costs, to compare targets by; None: nobody knows."""
        if self.price is None:
            return None
        return self.price.cost(
            {
                PricedUnit.INPUT_TOKEN: text_bytes // _BYTES_PER_TOKEN,
                PricedUnit.OUTPUT_TOKEN: _LIKELY_OUTPUT,
                PricedUnit.REQUEST: 1,
            }
        )
