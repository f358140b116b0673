"""Writes calls of the past down as if they had been made: only nobody is asked.

Each passes the gateway's own admission and ends in an entry that it works out itself, so that
holds, budgets, alerts, reports and `meterhouse verify` find what they would have found.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from app.core.clock import epoch_ms
from app.core.errors import UpstreamTimeoutError, UpstreamUnavailableError
from app.core.ids import id_at
from app.core.security import digest
from app.db.repositories.key_directory import KeyDirectory
from app.services.admission.admitted import Admitted
from app.services.call import Call
from app.services.container import Container
from app.services.inference.entries import entry_of
from app.services.inference.outcome import Outcome, Try
from app.services.inference.used import Ending, sum_up, used_by
from app.services.key_principals import principal_of
from app.services.ledger.entry import Status
from app.services.principals import Principal
from app.services.providers.provider import Usage
from app.services.routing.target import Target
from scripts.demo.habits import FLAPPING, Planned
from scripts.demo.moving_clock import MovingClock

_AT_ONCE: Final = 64  # so many share a commit
_REFUSAL_SECONDS: Final = 0.14
_DOWN: Final = Ending(Status.ERROR, UpstreamUnavailableError.code, is_unbilled=True)
_ENDINGS: Final[Mapping[str, Ending]] = {
    "ok": Ending(Status.OK),
    "left": Ending(Status.CANCELLED),
    "timeout": Ending(Status.ERROR, UpstreamTimeoutError.code),
}


@dataclass(slots=True)
class _UnderWay:
    """One call, from its admission to its end."""

    planned: Planned
    call: Call
    admitted: Admitted
    outcome: Outcome


class Historian:
    """Writes planned calls into the ledger of a gateway whose clock it puts forward."""

    def __init__(
        self, container: Container, clock: MovingClock, secrets: Mapping[str, str]
    ) -> None:
        """Take the gateway, its clock, and the secrets of keys by their names."""
        self._container = container
        self._clock = clock
        self._secrets = secrets
        self._callers: dict[str, Principal] = {}
        self._last_used_ms: dict[str, int] = {}

    async def write(self, calls: Sequence[Planned]) -> None:
        """Write calls down, the oldest first."""
        for start in range(0, len(calls), _AT_ONCE):
            some = [(one, await self._caller(one.key)) for one in calls[start : start + _AT_ONCE]]
            async with asyncio.TaskGroup() as tasks:
                for planned, caller in some:
                    tasks.create_task(self._make(planned, caller))

    async def close(self) -> None:
        """Note when each key was used last."""
        await KeyDirectory(self._container.database).mark_used(self._last_used_ms)

    async def _caller(self, key: str) -> Principal:
        """Return who calls with a key; a revoked or rotated one was found while it was good."""
        secret = self._secrets[key]
        if secret not in self._callers:
            hashed = digest(self._container.authenticator.pepper, secret)
            record = await KeyDirectory(self._container.database).find(hashed)
            assert record is not None
            self._callers[secret] = principal_of(record)
        return self._callers[secret]

    async def _make(self, planned: Planned, caller: Principal) -> None:
        self._clock.at = planned.at
        call = _call_of(planned, caller)
        plan = self._container.router.plan(call)
        admitted = await self._container.admission.admit(call, plan)
        way = _UnderWay(planned, call, admitted, Outcome())
        self._ask_all(way)
        used = sum_up([one.used for one in way.outcome.tries])
        seconds = sum(one.seconds for one in way.outcome.tries)
        call.trace.latency_seconds = seconds
        if planned.stream and way.outcome.status is not Status.ERROR:
            wait = seconds - way.outcome.tries[-1].seconds
            call.trace.ttft_seconds = wait + planned.first_ms / 1_000
        self._clock.at = planned.at + timedelta(seconds=seconds)
        entry = entry_of(call, admitted, way.outcome, used)
        self._container.admission.settle(admitted, entry)
        self._last_used_ms[caller.key_id] = epoch_ms(planned.at)

    def _ask_all(self, way: _UnderWay) -> None:
        """Let one target after another have been asked, until one has answered."""
        first, *others = [offer.target for offer in way.admitted.offers]
        if way.planned.is_first_down and first.upstream == FLAPPING:
            self._ask(way, first, _DOWN)
            if not others:
                return
            first = others[0]
        self._ask(way, first, _ENDINGS[way.planned.ending])

    def _ask(self, way: _UnderWay, target: Target, ending: Ending) -> None:
        planned, admitted, trace = way.planned, way.admitted, way.call.trace
        self._container.admission.holds.go_on(admitted, target)
        trace.begin_attempt(target.upstream, admitted.upstream_model)
        facts = trace.answer
        seconds = _REFUSAL_SECONDS
        if not ending.is_unbilled:
            facts.usage = _usage(planned)
            seconds = planned.latency_ms / 1_000
            admitted.written = planned.tokens_out
        if ending.status is Status.OK:
            facts.finish_reason = "stop"
        else:
            facts.open_choices = frozenset({0})
        used = used_by(admitted, facts, ending, stream=planned.stream)
        admitted.spent_nusd += used.cost_nusd or 0
        tried = Try(target, admitted.upstream_model, facts, ending, used, seconds)
        way.outcome.tries.append(tried)
        way.outcome.status, way.outcome.error_code = ending.status, ending.error_code


def _usage(planned: Planned) -> Usage:
    return Usage(planned.tokens_in, planned.tokens_out, planned.cached_in)


def _call_of(planned: Planned, caller: Principal) -> Call:
    """Return a call that may use as many tokens as it is to have used."""
    message = {"role": "user", "content": "." * planned.tokens_in}
    payload: Mapping[str, Any] = {
        "model": planned.model,
        "messages": [message],
        "max_tokens": planned.tokens_out,
    }
    return Call(
        id=id_at("req", epoch_ms(planned.at)),
        client_request_id=None,
        principal=caller,
        task="chat-completion",
        model=planned.model,
        payload=payload,
        body=b"." * planned.tokens_in,
        stream=planned.stream,
    )
