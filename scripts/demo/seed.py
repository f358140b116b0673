"""Fills a fresh data folder with a month that never was, in seconds."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AsyncExitStack
from datetime import datetime, time, timedelta
from math import ceil
from typing import Any, Final

import httpx2
from starlette.types import Receive, Scope, Send

from app.cli.data_folder import make_ready
from app.core.clock import epoch_ms
from app.core.config import Settings
from app.core.gateway_file import GatewayConfig
from app.core.money import NANO
from app.core.security import new_secret
from app.db.data_lock import hold
from app.main import create_app
from app.services.container import Container
from scripts.demo.habits import BERLIN, DAYS, FLAPPING, Planned, plan_calls
from scripts.demo.history import Historian
from scripts.demo.moving_clock import MovingClock
from scripts.demo.story import Step, Storyteller, day, read_steps

RESEARCHS_SHARE: Final = 0.92  # of its budget that is spent
_LEAST_USD: Final = 5.0


async def seed(settings: Settings, gateway: GatewayConfig, now: datetime) -> Mapping[str, str]:
    """Fill a data folder up to a moment, and return the secrets of its keys by their names."""
    make_ready(settings.data_dir)
    calls = plan_calls(now)
    clock, secret = MovingClock(day(now, DAYS + 1, time(6))), new_secret()
    app = create_app(settings, gateway, secret, operator_only=True, clock=clock)
    async with AsyncExitStack() as stack:
        stack.enter_context(hold(settings.data_dir))
        state = await stack.enter_async_context(app.router.lifespan_context(app))

        async def started(scope: Scope, receive: Receive, send: Send) -> None:
            await app({**scope, "state": dict(state or {})}, receive, send)

        client = await stack.enter_async_context(
            httpx2.AsyncClient(transport=httpx2.ASGITransport(started), base_url="http://localhost")
        )
        container: Container = (state or {})["container"]
        began, terms = budgets_of(container, calls, now)
        teller = Storyteller(
            client,
            secret,
            **terms,
            **{"in five days": (now + timedelta(days=5)).isoformat()},
        )
        historian = Historian(container, clock, teller.secrets)
        for step, before in _in_order(read_steps(now, began), calls):
            await historian.write(before)
            if step is not None:
                clock.at = step.at
                await teller.do(step)
        await historian.close()
        clock.at = now
        await container.ledger.flush()
    return teller.secrets


def _in_order(
    steps: Sequence[Step], calls: Sequence[Planned]
) -> Iterator[tuple[Step | None, Sequence[Planned]]]:
    """Yield each step with the calls since the one before it, and then the calls after all."""
    for step in steps:
        before = [call for call in calls if call.at < step.at]
        calls = calls[len(before) :]
        yield step, before
    yield None, calls


def budgets_of(
    container: Container, calls: Sequence[Planned], now: datetime
) -> tuple[datetime, Mapping[str, Any]]:
    """Return when budgets were made, and their terms: Research has nearly spent its own.

    In the first days of a month hardly anything is spent of it: then that one counts all there is.
    """
    began, period = month_began(now), "month"
    counted = [call for call in calls if call.at > began]
    if _usd(container, counted, "research") < _LEAST_USD:
        began, period, counted = _beginning(now), "total", calls
    research, support = (_usd(container, counted, team) for team in ("research", "support"))
    return began, {
        "period of research": period,
        "cap of research": _in_steps(research / RESEARCHS_SHARE),
        "cap of support": _tens(support / 0.4),
        "cap of all": _tens((research + support) / 0.6),
    }


def month_began(now: datetime) -> datetime:
    """Return when this month's budgets were made: on its first morning, or when all began."""
    first = datetime.combine(now.astimezone(BERLIN).date().replace(day=1), time(), BERLIN)
    morning = first + timedelta(hours=8)
    made = morning if morning < now else first
    return min(max(made, _beginning(now)), now)


def _beginning(now: datetime) -> datetime:
    return day(now, DAYS + 1, time(9))


def _in_steps(usd: float) -> float:
    """Return an amount as people choose one, little above another."""
    steps = 10 if usd > 30 else 100  # noqa: PLR2004 - for each dollar
    return ceil(usd * steps) / steps


def _tens(usd: float) -> float:
    return max(1, ceil(usd / 10)) * 10.0


def _usd(container: Container, calls: Sequence[Planned], team: str) -> float:
    """Return about what calls of a team will have cost, whoever answers."""
    return sum(_nusd(container, call) for call in calls if call.team == team) / NANO


def _nusd(container: Container, call: Planned) -> int:
    targets = [*container.router.choose(call.model, None).targets]
    if call.is_first_down and targets[0].upstream == FLAPPING:
        del targets[0]
    if not targets:
        return 0
    target = targets[0]
    quote = container.prices.quote(call.model, target.upstream, target.model, epoch_ms(call.at))
    if quote.price is None:
        return 0
    return quote.price.cost_of_tokens(call.tokens_in, call.tokens_out, call.cached_in)
