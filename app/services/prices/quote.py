"""What a call to one target may cost."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.services.prices.price import Price


@dataclass(frozen=True, slots=True)
class Quote:
    """The price of a target, as far as it is known before anybody has answered."""

    price: Price | None = None  # of the dearest place that may answer; None: unknown
    pin: str | None = None  # the upstream's model name with a place whose price is certain
    pinned_price: Price | None = None
    context: int | None = None  # tokens, the smallest of the places that may answer
    by_provider: Mapping[str, Price] = field(default_factory=dict[str, Price])

    def of(self, provider: str | None) -> Price | None:
        """Return the price where this provider answered."""
        if provider is None:
            return self.price
        return self.by_provider.get(provider, self.price)
