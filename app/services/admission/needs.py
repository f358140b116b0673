"""What a call needs of limits and budgets, worked out before anything is taken."""

from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import Final, NamedTuple

from app.core.errors import PriceUnknownError
from app.core.gateway_models import ModelBounds
from app.db.ledger_changes import Charge
from app.services.admission.accounts import BudgetPeriod, any_is_hard
from app.services.admission.admitted import SLICE_TOKENS, Admitted, Offer, price_for
from app.services.admission.budgets import Budgets
from app.services.admission.hidden_output import HiddenOutput
from app.services.admission.limits import Grant
from app.services.admission.measured import Measured
from app.services.admission.scopes import AccountScope
from app.services.call import Call
from app.services.ledger.hold import Hold
from app.services.prices.price_book import PriceBook
from app.services.routing.plan import Plan
from app.services.routing.target import Target


class Need(NamedTuple):
    """What one call counts into, and what it may cost at each target that it may go to."""

    call: Call
    name: str  # the public one of the model
    at_ms: int
    scopes: Sequence[AccountScope]
    periods: tuple[BudgetPeriod, ...]
    charged: tuple[str, ...]  # their ids
    offers: Sequence[Offer]  # in the order in which targets are asked
    dearest: Offer

    @property
    def nusd(self) -> int:
        """Return what is to be held for it at first: enough for any of the targets."""
        return self.dearest.nusd

    @property
    def tokens(self) -> int:
        """Return what it counts against a limit of tokens until more is known."""
        bound = self.dearest.bound
        return bound.likely_input_tokens + bound.output_tokens

    def admitted(self, grant: Grant, charges: Sequence[Charge]) -> Admitted:
        """Return the call as it is when it has taken what it needs."""
        return Admitted(
            hold=self._hold(),
            charges=charges,
            scopes=self.scopes,
            offers=self.offers,
            periods=self.periods,
            grant=grant,
            offer=self.offers[0],
            held_nusd=self.nusd,
            held_output=self.offers[0].output,
        )

    def _hold(self) -> Hold:
        call, who, first, price = self.call, self.call.principal, self.offers[0], self.dearest.price
        return Hold(
            id=call.id,
            created_at_ms=self.at_ms,
            key_id=who.key_id,
            user_id=who.user_id,
            team_id=who.team_id,
            client_request_id=call.client_request_id,
            task=call.task,
            model=self.name,
            upstream=first.target.upstream,
            upstream_model=first.upstream_model,
            stream=call.stream,
            unit_in="token",
            unit_out="token",
            units_in=self.dearest.bound.input_tokens,
            units_out=self.dearest.output,
            held_nusd=self.nusd,
            price=None if price is None else price.facts(),
            charged=self.charged,
            tags={**call.tags, **who.tags},
            end_user=call.end_user,
        )


_ID: Final = attrgetter("id")


class Needs:
    """Works out what calls need."""

    def __init__(
        self, budgets: Budgets, prices: PriceBook, model_bounds: Callable[[str], ModelBounds]
    ) -> None:
        """Take what binds whom, what models cost, and what operators say of them."""
        self._budgets = budgets
        self._prices = prices
        self._model_bounds = model_bounds
        self._hidden = HiddenOutput()

    def of(
        self, measured: Measured, plan: Plan, scopes: Sequence[AccountScope], at_ms: int
    ) -> Need:
        """Return what a call of some scopes needs at a moment.

        Targets whose price nobody knows are left out, as long as that leaves any.

        Raises:
            PriceUnknownError: a budget applies, and nobody knows what the call costs.
        """
        periods = self._budgets.periods_of(scopes, at_ms)
        terms, is_hard = self._model_bounds(plan.name), any_is_hard(periods)
        asked = _Asked(measured, plan.name, terms, periods, is_hard, at_ms)
        offers = self._offers(asked, plan.targets)
        return Need(
            call=measured.call,
            name=plan.name,
            at_ms=at_ms,
            scopes=scopes,
            periods=periods,
            charged=tuple(map(_ID, periods)),
            offers=offers,
            dearest=offers[0] if len(offers) == 1 else max(offers, key=lambda one: one.nusd),
        )

    def _offers(self, asked: "_Asked", targets: Sequence[Target]) -> Sequence[Offer]:
        offers: list[Offer] = []
        refusal = None
        for target in targets:
            try:
                offers.append(self._offer(asked, target))
            except PriceUnknownError as error:
                refusal = error
        if refusal is not None and not offers:
            raise refusal
        return offers

    def _offer(self, asked: "_Asked", target: Target) -> Offer:
        measured, terms = asked.measured, asked.terms
        quote = self._prices.quote(asked.name, target.upstream, target.model, asked.at_ms)
        price, upstream_model = price_for(quote, target.model, asked.periods)
        if asked.is_hard and not (price is not None and price.is_free):
            measured.refuse_unpriced_fields()
        context = quote.context_of(upstream_model)
        bound = measured.bound(terms, context, is_metered=asked.is_hard)
        hides = terms.hides_output or self._hidden.is_known_of(target.upstream, upstream_model)
        in_slices = measured.call.stream and not (asked.is_hard and hides)
        output = min(bound.output_tokens, SLICE_TOKENS) if in_slices else bound.output_tokens
        nusd = 0 if price is None else price.cost_of_tokens(bound.input_tokens, output)
        return Offer(target, quote, price, upstream_model, bound, output, nusd)

    def learn(self, admitted: Admitted, units_out: int) -> None:
        """Hold for later calls by what became of one."""
        self._hidden.note(admitted, units_out)


class _Asked(NamedTuple):
    """What is the same for every target of a call."""

    measured: Measured
    name: str
    terms: ModelBounds  # what the operator says of the model
    periods: tuple[BudgetPeriod, ...]
    is_hard: bool
    at_ms: int
