"""Where a call goes: who may answer, and in which order."""

from collections.abc import Mapping
from typing import Any, Protocol

from app.core.clock import Clock, epoch_ms
from app.services.call import Call
from app.services.routing.able import able, chatting
from app.services.routing.catalogue import Catalogue, Patterns
from app.services.routing.ordering import Asker
from app.services.routing.plan import Choice, Plan, Planner
from app.services.routing.target import Target


class Price(Protocol):
    """What the units of a model cost."""

    def facts(self) -> Mapping[str, Any]:
        """Return who says so, and the nano-dollars of 1,000,000 of each unit."""
        ...


class Context(Protocol):
    """How much fits into a model at once."""

    @property
    def largest(self) -> int | None:
        """Return the most tokens; None: not known."""
        ...


class Quote(Protocol):
    """What a call may cost at one target."""

    @property
    def price(self) -> Price | None:
        """Return the price; None: nobody knows it."""
        ...

    @property
    def context(self) -> Context:
        """Return how much fits in."""
        ...

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
            TaskNotSupportedError: nobody who answers for the model does what is asked for.
        """
        who = call.principal
        choice = self.choose(call.model, who.allowed_models)
        choice = chatting(choice) if call.work is None else able(choice, call.work)
        asker = Asker(call.end_user or who.user_id or who.key_id or "")

        def estimate(target: Target) -> int | None:
            return self.quote(choice, target).likely_nusd(len(call.body))

        return self._planner.plan(choice, asker, estimate, stream=call.stream)

    def choose(self, model: str | None, allowed: Patterns) -> Choice:
        """Return everybody who answers for a model.

        Raises:
            ModelRequiredError, ModelNotAllowedError, ModelNotFoundError: nobody.
        """
        return self._catalogue.resolve(model, allowed)

    def quote(self, choice: Choice, target: Target) -> Quote:
        """Return what calls cost at a target now."""
        at_ms = epoch_ms(self._clock.now())
        return self._prices.quote(choice.name, target.upstream, target.model, at_ms)

    def context(self, choice: Choice, target: Target) -> int | None:
        """Return how many tokens fit into a target's model; the operator's word goes first."""
        own = self._catalogue.bounds_of(choice.name).context
        return self.quote(choice, target).context.largest if own is None else own

    def context_of(self, model: str, allowed: Patterns) -> int | None:
        """Return how many tokens fit into a model, whoever answers; None: nobody says.

        Raises:
            ModelNotAllowedError, ModelNotFoundError: nobody answers for it.
        """
        choice = self.choose(model, allowed)
        known = [self.context(choice, target) for target in choice.targets]
        return min((tokens for tokens in known if tokens is not None), default=None)
