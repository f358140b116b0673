"""What a call needs of limits and budgets, worked out before anything is taken."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from app.core.errors import PriceUnknownError
from app.core.gateway_models import ModelBounds
from app.core.tasks.units import Unit
from app.db.ledger_changes import Charge
from app.services.admission.accounts import BudgetPeriod, any_is_hard
from app.services.admission.admitted import SLICE_TOKENS, Admitted, Offer, price_for
from app.services.admission.budgets import Budgets, Counted
from app.services.admission.hidden_output import HiddenOutput
from app.services.admission.limits import Grant
from app.services.admission.measured import Measured
from app.services.admission.scopes import AccountScope
from app.services.admission.task_offers import offer_of_task, tokens_for_limits
from app.services.call import Call
from app.services.ledger.hold import Hold
from app.services.prices.price_book import PriceBook
from app.services.routing.plan import Plan
from app.services.routing.target import Target


@dataclass(slots=True, eq=False)
class Need:
    """What one call counts into, and what it may cost at each target that it may go to."""

    call: Call
    name: str  # the public one of the model
    at_ms: int
    scopes: Sequence[AccountScope]
    counted: Counted
    offers: Sequence[Offer]  # in the order in which targets are asked
    dearest: Offer
    nusd: int  # to be held for it at first: enough for any of the targets
    tokens: int  # that it counts against a limit until more is known

    def admitted(self, grant: Grant, charges: Sequence[Charge]) -> Admitted:
        """Return the call as it is when it has taken what it needs."""
        first = self.offers[0]
        return Admitted(
            hold=self._hold(first),
            charges=charges,
            scopes=self.scopes,
            offers=self.offers,
            periods=self.counted.periods,
            charged=self.counted.ids,
            grant=grant,
            offer=first,
            held_nusd=self.nusd,
            held_output=first.output,
        )

    def _hold(self, first: Offer) -> Hold:
        call, who, dearest = self.call, self.call.principal, self.dearest
        return Hold(
            id=call.id,
            created_at_ms=self.at_ms,
            key_id=who.key_id,
            client_request_id=call.client_request_id,
            task=call.task,
            model=self.name,
            upstream=first.target.upstream,
            upstream_model=first.upstream_model,
            stream=call.stream,
            user_id=who.user_id,
            team_id=who.team_id,
            unit_in=Unit.TOKEN.value if call.work is None else call.work.unit_in,
            unit_out=Unit.TOKEN.value if call.work is None else call.work.unit_out,
            units_in=dearest.bound.input_tokens,
            units_out=dearest.output,
            held_nusd=self.nusd,
            price=None if dearest.price is None else dearest.price.json,
            charged=self.counted.json,
            tags={**call.tags, **who.tags},
            end_user=call.end_user,
        )


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
        counted = self._budgets.counted_by(scopes, at_ms)
        terms, is_hard = self._model_bounds(plan.name), any_is_hard(counted.periods)
        asked = _Asked(measured, plan.name, terms, counted.periods, is_hard, at_ms)
        offers = self._offers(asked, plan.targets)
        dearest = offers[0] if len(offers) == 1 else max(offers, key=lambda one: one.nusd)
        return Need(
            call=measured.call,
            name=plan.name,
            at_ms=at_ms,
            scopes=scopes,
            counted=counted,
            offers=offers,
            dearest=dearest,
            nusd=dearest.nusd,
            tokens=tokens_for_limits(measured.call.work, dearest.bound),
        )

    def _offers(self, asked: "_Asked", targets: Sequence[Target]) -> Sequence[Offer]:
        if len(targets) == 1:
            return (self._offer(asked, targets[0]),)
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
        measured, terms, work = asked.measured, asked.terms, asked.measured.call.work
        quote = self._prices.quote(asked.name, target.upstream, target.model, asked.at_ms)
        if work is not None:
            return offer_of_task(work, target, quote, asked.periods)
        if quote.price is not None and quote.price.is_of_tasks:
            quote = replace(quote, price=None)
        price, upstream_model = price_for(quote, target.model, asked.periods)
        if asked.is_hard and (price is None or not price.is_free):
            measured.refuse_unpriced_fields()
        context = quote.context_of(upstream_model)
        bound = measured.bound(terms, context, is_metered=asked.is_hard)
        output = bound.output_tokens
        if measured.call.stream and output > SLICE_TOKENS:
            hides = terms.hides_output or self._hidden.is_known_of(target.upstream, upstream_model)
            output = output if asked.is_hard and hides else SLICE_TOKENS
        nusd = 0 if price is None else price.cost_of_tokens(bound.input_tokens, output)
        return Offer(target, quote, price, upstream_model, bound, output, nusd)

    def learn(self, admitted: Admitted, units_out: int) -> None:
        """Hold for later calls by what became of one."""
        self._hidden.note(admitted, units_out)


@dataclass(slots=True, eq=False)
class _Asked:
    """What is the same for every target of a call."""

    measured: Measured
    name: str
    terms: ModelBounds  # what the operator says of the model
    periods: tuple[BudgetPeriod, ...]
    is_hard: bool
    at_ms: int
