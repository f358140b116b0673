"""Lets calls in: what a call needs of limits and budgets is taken at once, or nothing is."""

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

import structlog

from app.core.clock import Clock, epoch_ms
from app.core.errors import NotReadyError
from app.core.gateway_models import ModelBounds
from app.db.ledger_changes import Row
from app.services.admission import till
from app.services.admission.admitted import Admitted
from app.services.admission.budget_events import told_of
from app.services.admission.budgets import Budgets, refusal_of
from app.services.admission.holds import Holds
from app.services.admission.limits import Limiter
from app.services.admission.measured import Measured
from app.services.admission.needs import Needs
from app.services.admission.rate_headers import rate_headers
from app.services.admission.refusal_errors import error_of
from app.services.admission.refusals import Refusal
from app.services.admission.scopes import AccountScope, scopes_of
from app.services.admission.stored_terms import StoredTerms
from app.services.admission.terms import BudgetState
from app.services.admission.waiting_line import Place
from app.services.admission.waiting_room import WaitingRoom
from app.services.call import Call
from app.services.ledger.entry import Entry
from app.services.ledger.ledger import Ledger
from app.services.prices.price_book import PriceBook
from app.services.routing.plan import Plan
from app.services.tasks.work import tokens_of

_FOLLOW_SECONDS: Final = 1.0

_log: Final = structlog.stdlib.get_logger(__name__)


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
        self.holds = Holds(ledger)
        self._stored = stored
        self._clock = clock
        self._budgets = Budgets()
        self._limiter = Limiter()
        self._needs = Needs(self._budgets, prices, model_bounds)
        self._waiting = WaitingRoom[Admitted]()
        self._refreshing = asyncio.Lock()
        self._is_stale = False

    async def refresh(self) -> None:
        """Let the terms bind that are in the database now. Call it when a change is committed.

        Raises:
            NotReadyError: the database is away for now; the terms before still bind.
        """
        async with self._refreshing:
            terms = await self._stored.read(known=self._budgets.knows)
            now_ms = self._now_ms()
            for period, change in self._budgets.set_terms(terms.budgets, terms.periods, now_ms):
                self._ledger.note(told_of(change, period, now_ms))
            self._limiter.set_terms(terms.limits)
            self._is_stale = False
            self._waiting.wake()

    async def follow_change(self) -> None:
        """Let a change that is committed bind: at once, or as soon as the database can be read."""
        try:
            await self.refresh()
        except NotReadyError as error:
            self._is_stale = True
            _log.warning("terms_not_read", reason=error.message)

    async def keep_following(self) -> None:
        """Read terms that could not be read after a change, as a background task."""
        while True:
            await asyncio.sleep(_FOLLOW_SECONDS)
            if self._is_stale:
                await self.follow_change()

    async def admit(self, call: Call, plan: Plan) -> Admitted:
        """Return when a call is let in: its hold is taken, and its row of intent is committed.

        It waits for its turn where its key or team says so. The hold is enough for any one of the
        targets that it may go to.

        Raises:
            RateLimitedError: a limit of its scopes is used up for now.
            BudgetExceededError: the money of a budget is spent.
            BudgetBusyError: it is not spent, but held by running calls.
            PriceUnknownError: a budget applies, and nobody knows what the call costs.
            NotReadyError: the ledger's database does not take the intent in time.
        """
        scopes = scopes_of(call.principal)
        try:
            self._ledger.ensure_room()
            admitted = await self._take_in_turn(call, plan, scopes)
            since = self._clock.monotonic()
            try:
                await self._ledger.intend(
                    admitted.hold, admitted.charges, is_durable=admitted.is_hard
                )
            except BaseException:
                self._ledger.withdraw(admitted.hold.id, self._give_back(admitted))
                raise
            call.trace.intent_seconds = self._clock.monotonic() - since
            return admitted
        finally:
            left = self._limiter.state(scopes, self._clock.monotonic())
            call.trace.rate_headers.update(rate_headers(left))

    def settle(self, admitted: Admitted, entry: Entry, body: Row | None = None) -> None:
        """Let a call out: its hold becomes its entry, and what it did not use is free again.

        Args:
            admitted: The call.
            entry: What became of it.
            body: What is stored of its request and answer, if anything.
        """
        ended_ms = entry.created_at_ms + entry.latency_ms
        charges, events = till.settle(admitted, entry.cost_nusd or 0, ended_ms)
        used = tokens_of(entry.units_in, entry.unit_in) + tokens_of(entry.units_out, entry.unit_out)
        self._limiter.settle(admitted.grant, used, self._clock.monotonic())
        self._ledger.settle(entry, charges, events=events, body=body)
        self._needs.learn(admitted, entry.units_out or 0)
        self._waiting.wake(admitted.scopes)

    def state_of(self, budget_id: str) -> BudgetState | None:
        """Return what a budget has seen in its current period, or None where it binds nobody."""
        return self._budgets.state_of(budget_id, self._now_ms())

    async def _take_in_turn(
        self, call: Call, plan: Plan, scopes: Sequence[AccountScope]
    ) -> Admitted:
        measured, who = Measured(call), call.principal
        seconds = self._limiter.wait_up_to_seconds(scopes)
        if seconds > 0:
            got = await self._waiting.wait(
                Place(who.team_id, who.turn_id),
                partial(self._take, measured, plan, scopes),
                self._give_back,
                seconds=seconds,
                size_bytes=len(call.body),
            )
        else:
            got = self._take(measured, plan, scopes)
        if isinstance(got, Refusal):
            raise error_of(got)
        return got

    def _take(
        self, measured: Measured, plan: Plan, scopes: Sequence[AccountScope]
    ) -> Admitted | Refusal:
        """Take everything or nothing. No other call comes in between.

        Raises:
            BudgetExceededError, PriceUnknownError: waiting does not help.
        """
        need, now = self._needs.of(measured, plan, scopes, self._now_ms()), self._clock.monotonic()
        busy = refusal_of(need.counted.periods, need.nusd, need.at_ms)
        refusal = self._limiter.check(need.scopes, need.tokens, now) or busy
        if refusal is not None:
            return refusal
        for period in need.counted.periods:
            if not period.is_stored:
                self._ledger.note(period.start())
                period.is_stored = True
        grant = self._limiter.take(need.scopes, need.tokens, now)
        return need.admitted(grant, till.take(need))

    def _give_back(self, admitted: Admitted) -> till.Charges:
        """Take back what a call has taken that is not made; return what the ledger must know."""
        self._limiter.give_back(admitted.grant)
        charges = till.give_back(admitted)
        self._waiting.wake(admitted.scopes)
        return charges

    def _now_ms(self) -> int:
        return epoch_ms(self._clock.now())
