"""Terms that could not be read when they changed bind as soon as they can be."""

import asyncio
from typing import Any, cast

import pytest

from app.core.errors import NotReadyError
from app.core.gateway_models import ModelBounds
from app.services.admission import admission as module
from app.services.admission.admission import Admission
from app.services.admission.scopes import INSTANCE
from app.services.admission.stored_terms import StoredTerms, TermsRead
from app.services.admission.terms import Budget, Period
from app.services.ledger.ledger import Ledger
from app.services.prices.price_book import PriceBook
from app.utils.background import running_beside
from tests.support.clocks import FakeClock

BUDGET = Budget(
    id="budget_1",
    scope=INSTANCE,
    cap_nusd=5,
    period=Period.TOTAL,
    time_zone="UTC",
    is_hard=True,
    alert_percents=(),
    unknown_hold_nusd=None,
    created_at_ms=0,
)


class Terms:
    """Cannot be read the first time."""

    def __init__(self) -> None:
        self.reads = 0
        self.read_again = asyncio.Event()

    async def read(self, *, known: Any) -> TermsRead:
        del known
        self.reads += 1
        if self.reads == 1:
            raise NotReadyError("locked")
        self.read_again.set()
        return TermsRead([BUDGET], (), {})


async def test_a_change_that_cannot_be_read_is_followed_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "_FOLLOW_SECONDS", 0.001)
    terms = Terms()
    admission = Admission(
        cast("Ledger", None),
        cast("PriceBook", None),
        cast("StoredTerms", terms),
        lambda _: ModelBounds(),
        clock=FakeClock(),
    )

    await admission.follow_change()  # it does not fail: the change is kept
    assert admission.state_of(BUDGET.id) is None
    async with running_beside(admission.keep_following()):
        await terms.read_again.wait()

    assert admission.state_of(BUDGET.id) is not None
    assert terms.reads == 2
