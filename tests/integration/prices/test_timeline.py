"""Prices follow each other without gaps or overlaps, however they are set and ended."""

import asyncio
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from hypothesis import HealthCheck, example, given, settings, strategies as st
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.clock import epoch_ms
from app.db.database import open_database
from app.db.repositories.people import People
from app.services.audit_trail import Actor, AuditTrail
from app.services.prices.price import PricedUnit
from app.services.prices.price_editor import PriceEditor
from app.services.prices.stated_price import StatedPrice, prices_of_rows
from app.services.prices.timeline import PriceWish
from app.services.principals import PrincipalKind, builtin_principal
from tests.support.clocks import FakeClock
from tests.unit.services.prices.books import book_of

_HOURS: Final = 8
_STEPS: Final = st.lists(
    st.tuples(st.sampled_from(["set", "set", "set", "end", "wait"]), st.integers(0, _HOURS)),
    min_size=3,
    max_size=12,
)
_Seen = dict[int, int | None]  # what is quoted at each hour


class _RolledBackError(Exception):
    """Nothing of an example is kept."""


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(steps=[("set", 5), ("set", 3), ("set", 1)])
@example(steps=[("set", 0), ("set", 2), ("set", 2), ("end", 5)])
@given(steps=_STEPS)
def test_each_moment_has_at_most_one_price_and_no_step_changes_others(
    data_dir: Path, steps: list[tuple[str, int]]
) -> None:
    async def run() -> None:
        async with open_database(data_dir) as database:
            with suppress(_RolledBackError):
                async with database.transaction() as session:
                    await _Life(session).live(steps)
                    raise _RolledBackError

    asyncio.run(run())


class _Life:
    """One model's prices, watched at every half hour."""

    def __init__(self, session: AsyncSession) -> None:
        self._clock = FakeClock()
        self._start = self._clock.now()
        people = People(session)
        operator = Actor(builtin_principal(PrincipalKind.OPERATOR))
        trail = AuditTrail(people, self._clock, operator)
        self._prices = people.prices
        self._editor = PriceEditor(
            people.prices, trail, self._clock, book=book_of(), upstreams=["local"]
        )
        self._session = session

    async def live(self, steps: list[tuple[str, int]]) -> None:
        """Take each step, and see what it changes."""
        for number, (what, hour) in enumerate(steps, start=1):
            before = await self._seen()
            if what == "set":
                await self._set(before, hour, number)
            elif what == "end":
                await self._end(before, hour)
            else:
                self._clock.move(1800)
                assert await self._seen() == before

    async def _set(self, before: _Seen, hour: int, price: int) -> None:
        begin = max(self._clock.now(), self._start + timedelta(hours=hour))
        units = {PricedUnit.REQUEST: price}
        made = (await self._editor.create(PriceWish("m", None, units, begin))).stated
        await self._check(before, made, price)
        followers = [one.from_ms for one in await self._all() if one.from_ms == made.until_ms]
        assert made.until_ms is None or followers

    async def _end(self, before: _Seen, hour: int) -> None:
        prices, now_ms = await self._all(), epoch_ms(self._clock.now())
        if not prices:
            return
        ended = prices[hour % len(prices)]
        has_begun = ended.from_ms is not None and ended.from_ms <= now_ms
        was_before = None if has_begun or ended.from_ms is None else _price_until(prices, ended)
        await self._editor.delete(str(ended.id))
        await self._check(before, ended, was_before, since_ms=now_ms)

    async def _check(
        self, before: _Seen, span: StatedPrice, price: int | None, *, since_ms: int = 0
    ) -> None:
        """See that inside a span it is this price now, and outside what it was."""
        after = await self._seen()
        for at_ms, was in before.items():
            is_inside = span.is_in_force(at_ms) and at_ms >= since_ms
            assert after[at_ms] == (price if is_inside else was)

    async def _seen(self) -> _Seen:
        prices = await self._all()
        start_ms = epoch_ms(self._start)
        moments = [start_ms + half * 1_800_000 for half in range(4 * _HOURS)]
        return {
            at_ms: _only([one for one in prices if one.is_in_force(at_ms)]) for at_ms in moments
        }

    async def _all(self) -> list[StatedPrice]:
        await self._session.flush()
        self._session.expire_all()
        return [*prices_of_rows(await self._prices.list_not_over(0))]


def _price_until(prices: list[StatedPrice], ended: StatedPrice) -> int | None:
    """Return the price that holds until one begins."""
    return _only([one for one in prices if one.until_ms == ended.from_ms and one is not ended])


def _only(prices: list[StatedPrice]) -> Any:
    assert len(prices) <= 1
    return prices[0].price.of(PricedUnit.REQUEST) if prices else None
