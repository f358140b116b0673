"""What a call needs of limits and budgets, worked out before anything is taken."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from app.core.gateway_file import ModelBounds
from app.db.ledger_changes import Charge
from app.services.admission.accounts import BudgetPeriod
from app.services.admission.admitted import SLICE_TOKENS, Admitted, cost_of, price_for
from app.services.admission.bounds import Bound
from app.services.admission.budgets import Budgets
from app.services.admission.hidden_output import HiddenOutput
from app.services.admission.limits import Grant
from app.services.admission.measured import Measured
from app.services.admission.scopes import AccountScope
from app.services.call import Call
from app.services.ledger.hold import Hold
from app.services.prices.price import Price
from app.services.prices.price_book import PriceBook
from app.services.prices.quote import Quote
from app.services.routing.catalogue import Target


class Need(NamedTuple):
    """What one call counts into, what it may cost, and what is to be held for it at first."""

    call: Call
    target: Target
    at_ms: int
    scopes: Sequence[AccountScope]
    periods: tuple[BudgetPeriod, ...]
    quote: Quote
    price: Price | None
    upstream_model: str
    bound: Bound
    output: int  # tokens
    nusd: int

    @property
    def tokens(self) -> int:
        """Return what it counts against a limit of tokens until more is known."""
        return self.bound.likely_input_tokens + self.bound.output_tokens

    def admitted(self, grant: Grant, charges: Sequence[Charge]) -> Admitted:
        """Return the call as it is when it has taken what it needs."""
        return Admitted(
            hold=self._hold(),
            charges=charges,
            scopes=self.scopes,
            bound=self.bound,
            quote=self.quote,
            price=self.price,
            periods=self.periods,
            grant=grant,
            upstream_model=self.upstream_model,
            held_nusd=self.nusd,
            held_output=self.output,
        )

    def _hold(self) -> Hold:
        call, who = self.call, self.call.principal
        return Hold(
            id=call.id,
            created_at_ms=self.at_ms,
            key_id=who.key_id,
            user_id=who.user_id,
            team_id=who.team_id,
            client_request_id=call.client_request_id,
            task=call.task,
            model=self.target.name,
            upstream=self.target.upstream,
            upstream_model=self.upstream_model,
            stream=call.stream,
            unit_in="token",
            unit_out="token",
            units_in=self.bound.input_tokens,
            units_out=self.output,
            held_nusd=self.nusd,
            price=None if self.price is None else self.price.facts(),
            charged=tuple(period.id for period in self.periods),
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
        self, measured: Measured, target: Target, scopes: Sequence[AccountScope], at_ms: int
    ) -> Need:
        """Return what a call of some scopes needs at a moment.

        Raises:
            PriceUnknownError: a budget applies, and nobody knows what the call costs.
        """
        periods = self._budgets.periods_of(scopes, at_ms)
        quote = self._prices.quote(target.name, target.upstream, target.model, at_ms)
        price, upstream_model = price_for(quote, target.model, periods)
        is_hard = any(period.is_hard for period in periods)
        is_free = price is not None and not any(price.units.values())
        if is_hard and not is_free:
            measured.refuse_unpriced_fields()
        terms = self._model_bounds(target.name)
        bound = measured.bound(terms, quote.context_of(upstream_model), is_metered=is_hard)
        hides = terms.hides_output or self._hidden.is_known_of(target.upstream, upstream_model)
        in_slices = measured.call.stream and not (is_hard and hides)
        output = min(bound.output_tokens, SLICE_TOKENS) if in_slices else bound.output_tokens
        return Need(
            call=measured.call,
            target=target,
            at_ms=at_ms,
            scopes=scopes,
            periods=periods,
            quote=quote,
            price=price,
            upstream_model=upstream_model,
            bound=bound,
            output=output,
            nusd=0 if price is None else cost_of(price, bound.input_tokens, output),
        )

    def learn(self, admitted: Admitted, units_out: int) -> None:
        """Hold for later calls by what became of one."""
        self._hidden.note(admitted, units_out)
