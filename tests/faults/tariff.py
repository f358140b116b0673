"""What the models of a scenario cost, worked out apart from the gateway."""

from dataclasses import dataclass
from decimal import Decimal

from app.core.money import cost_nusd, nusd_of
from app.services.admission.bounds import TEMPLATE_TOKENS
from tests.faults.callers import Chat


@dataclass(frozen=True, slots=True)
class Tariff:
    """US dollars for 1,000,000 tokens, as a gateway file says them."""

    usd_in: str
    usd_out: str

    def cost_nusd(self, tokens_in: int, tokens_out: int) -> int:
        """Return what so many tokens cost."""
        price_in, price_out = nusd_of(Decimal(self.usd_in)), nusd_of(Decimal(self.usd_out))
        return cost_nusd(tokens_in, price_in) + cost_nusd(tokens_out, price_out)

    def hold_nusd(self, chat: Chat) -> int:
        """Return what is held for a chat with a cap: text has a token a byte at most."""
        assert chat.max_tokens is not None
        return self.cost_nusd(bound_in(chat), chat.max_tokens)


def bound_in(chat: Chat) -> int:
    """Return how many tokens a chat has at most before it is answered."""
    return len(chat.body) + TEMPLATE_TOKENS
