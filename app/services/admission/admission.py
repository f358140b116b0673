"""Lets calls in: what a call needs of limits and budgets is taken at once, or nothing is."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.core.clock import Clock, epoch_ms
from app.core.gateway_file import ModelBounds
from app.db.ledger_changes import Row
from app.services.admission import till
from app.services.admission.accounts import BudgetPeriod
from app.services.admission.admitted import SLICE_TOKENS, Admitted, cost_of, price_for
from app.services.admission.bounds import Bound, bound_of
from app.services.admission.budget_events import overshoot_event
from app.services.admission.budgets import Budgets, refusal_of
from app.services.admission.limit_errors import limit_error
from app.services.admission.limits import Limiter
from app.services.admission.price_fields import refuse_unpriced_fields
from app.services.admission.scopes import AccountScope, scopes_of
from app.services.admission.stored_terms import StoredTerms
from app.services.admission.terms import BudgetState
from app.services.call import Call
from app.services.ledger.entry import Entry
from app.services.ledger.hold import Hold
from app.services.ledger.ledger import Ledger
from app.services.prices.price import Price
from app.services.prices.price_book import PriceBook
from app.services.prices.quote import Quote
from app.services.routing.catalogue import Target


@dataclass(frozen=True, slots=True)
class _Need:
    """What a call needs, worked out before anything is taken."""

    call: Call
    target: Target
    at_ms: int
    scopes: Sequence[AccountScope]
    periods: tuple[BudgetPeriod, ...]
    quote: Quote
    price: Price | None
    upstream_model: str
    bound: Bound
    output: int  # tokens to hold at first
    nusd: int  # to hold at first

    @property
    def tokens(self) -> int:
        """Return what it counts against a limit of tokens until more is known."""
        return self.bound.likely_input_tokens + self.bound.output_tokens


class Admission:
    """The one place where calls are let in, topped up and let out."""

    def __init__(
        self,
        ledger: Ledger,
        prices: PriceBook,
        stored: StoredTerms,
        model_bounds: Callable[[str], ModelBounds],
        *,
        clock: Clock,
    ) -> None:
        """Take where holds are written, what models cost, and where terms are kept."""
        self._ledger = ledger
        self._prices = prices
        self._stored = stored
        self._model_bounds = model_bounds
        self._clock = clock
        self._budgets = Budgets()
        self._limiter = Limiter()
        self._refreshing = asyncio.Lock()

    async def refresh(self) -> None:
        """Let the terms bind that are in the database now. Call it when a change is committed.

        Raises:
            NotReadyError: the database is away for now; the terms before still bind.
        """
        async with self._refreshing:
            terms = await self._stored.read(known=self._budgets.knows)
            now_ms = self._now_ms()
            for period, change in self._budgets.set_terms(terms.budgets, terms.periods, now_ms):
                self._ledger.note(change)
                nusd = change.overshoot_nusd
                if nusd:
                    event = overshoot_event(period, now_ms, nusd=nusd, cause="cap")
                    self._ledger.note(event)
            self._limiter.set_terms(terms.limits)

    async def admit(self, call: Call, target: Target) -> Admitted:
        """Return when a call is let in: its hold is taken, and its row of intent is committed.

        Raises:
            RateLimitedError: a limit of its scopes is used up for now.
            BudgetExceededError: the money of a budget is spent.
            BudgetBusyError: it is not spent, but held by running calls.
            PriceUnknownError: a budget applies, and nobody knows what the call costs.
            NotReadyError: the ledger's database does not take the intent in time.
        """
        self._ledger.ensure_room()
        need = self._need(call, target)
        admitted, charges = self._take(need)
        try:
            await self._ledger.intend(admitted.hold, charges, is_durable=admitted.is_hard)
        except BaseException:
            self._withdraw(admitted)
            raise
        return admitted

    def top_up(self, admitted: Admitted, written: int) -> bool:
        """Hold more for a stream that nears its hold; return whether it may go on.

        Args:
            admitted: The stream's call.
            written: At most so many tokens has it written.
        """
        if not admitted.wants_top_up(written):
            return True
        charges = till.top_up(admitted, written)
        if charges is not None:
            self._ledger.top_up(admitted.hold.id, admitted.held_output, admitted.held_nusd, charges)
        return admitted.may_go_on(written)

    def settle(self, admitted: Admitted, entry: Entry, body: Row | None = None) -> None:
        """Let a call out: its hold becomes its entry, and what it did not use is free again.

        Args:
            admitted: The call.
            entry: What became of it.
            body: What is stored of its request and answer, if anything.
        """
        charges, events = till.settle(admitted, entry.cost_nusd or 0, self._now_ms())
        used = (entry.units_in or 0) + (entry.units_out or 0)
        self._limiter.settle(admitted.grant, used, self._clock.monotonic())
        self._ledger.settle(entry, charges, body)
        for event in events:
            self._ledger.note(event)

    def state_of(self, budget_id: str) -> BudgetState | None:
        """Return what a budget has seen in its current period, or None where it binds nobody."""
        return self._budgets.state_of(budget_id, self._now_ms())

    def _need(self, call: Call, target: Target) -> _Need:
        at_ms = self._now_ms()
        name = call.model or target.model
        scopes = scopes_of(call.principal)
        periods = self._budgets.periods_of(scopes, at_ms)
        quote = self._prices.quote(name, target.upstream, target.model, at_ms)
        price, upstream_model = price_for(quote, target.model, periods)
        if any(period.is_hard for period in periods) and (
            price is None or any(price.units.values())
        ):
            refuse_unpriced_fields(call.payload)
        bound = bound_of(call.payload, call.body, self._model_bounds(name), quote.context)
        output = min(bound.output_tokens, SLICE_TOKENS) if call.stream else bound.output_tokens
        nusd = 0 if price is None else cost_of(price, bound.input_tokens, output)
        return _Need(
            call, target, at_ms, scopes, periods, quote, price, upstream_model, bound, output, nusd
        )

    def _take(self, need: _Need) -> tuple[Admitted, till.Charges]:
        """Take everything or nothing. No other call comes in between."""
        now = self._clock.monotonic()
        refused = self._limiter.check(need.scopes, need.tokens, now)
        if refused is not None:
            raise limit_error(refused, {})
        error = refusal_of(need.periods, need.nusd, need.at_ms)
        if error is not None:
            raise error
        for period in need.periods:
            if not period.is_stored:
                self._ledger.note(period.start())
        admitted = Admitted(
            hold=_hold(need),
            bound=need.bound,
            quote=need.quote,
            price=need.price,
            periods=need.periods,
            grant=self._limiter.take(need.scopes, need.tokens, now),
            upstream_model=need.upstream_model,
            held_nusd=need.nusd,
            held_output=need.output,
        )
        return admitted, till.take(need.periods, need.nusd)

    def _withdraw(self, admitted: Admitted) -> None:
        self._limiter.give_back(admitted.grant)
        self._ledger.withdraw(admitted.hold.id, till.give_back(admitted))

    def _now_ms(self) -> int:
        return epoch_ms(self._clock.now())


def _hold(need: _Need) -> Hold:
    call, who = need.call, need.call.principal
    return Hold(
        id=call.id,
        created_at_ms=need.at_ms,
        key_id=who.key_id,
        user_id=who.user_id,
        team_id=who.team_id,
        client_request_id=call.client_request_id,
        task=call.task,
        model=call.model or need.target.model,
        upstream=need.target.upstream,
        upstream_model=need.upstream_model,
        stream=call.stream,
        unit_in="token",
        unit_out="token",
        units_in=need.bound.input_tokens,
        units_out=need.output,
        held_nusd=need.nusd,
        price=None if need.price is None else need.price.facts(),
        charged=tuple(period.id for period in need.periods),
        tags={**call.tags, **who.tags},
        end_user=call.end_user,
    )
