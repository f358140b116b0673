"""Where a call goes: who may answer, and in which order."""

from typing import Protocol

from app.core.clock import Clock, epoch_ms
from app.services.call import Call
from app.services.routing.catalogue import Catalogue
from app.services.routing.ordering import Asker
from app.services.routing.plan import Plan, Planner
from app.services.routing.target import Target


class Quote(Protocol):
    """What a call may cost at one target."""

    def likely_nusd(self, text_bytes: int) -> int | None:
        """Return what it probably costs, in nano-dollars; None: nobody knows."""
        ...


class Prices(Protocol):
    """Knows what models cost."""

    def quote(self, model: str, upstream: str, upstream_model: str, at_ms: int) -> Quote:
        """Return what a model costs at an upstream, at a moment."""
        ...


class Router:
    """Makes the plan of each call."""

    def __init__(
        self, catalogue: Catalogue, planner: Planner, prices: Prices, clock: Clock
    ) -> None:
        """Take who answers for which name, who orders them, and what they cost."""
        self._catalogue = catalogue
        self._planner = planner
        self._prices = prices
        self._clock = clock

    def plan(self, call: Call) -> Plan:
        """Return whom to ask for a call.

        Raises:
            ModelRequiredError, ModelNotAllowedError, ModelNotFoundError: nobody.
        """
        who = call.principal
        choice = self._catalogue.resolve(call.model, who.allowed_models)
        asker = Asker(call.end_user or who.user_id or who.key_id or "")
        at_ms = epoch_ms(self._clock.now())

        def estimate(target: Target) -> int | None:
            quote = self._prices.quote(choice.name, target.upstream, target.model, at_ms)
            return quote.likely_nusd(len(call.body))

        return self._planner.plan(choice, asker, estimate, stream=call.stream)
