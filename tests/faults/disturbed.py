"""Calls around a disturbance of the database: under way before it, new during it, late."""

import asyncio
import time
from collections.abc import Sequence
from itertools import count, islice
from typing import Final

from app.services.ledger.ledger import INTENT_SECONDS
from tests.faults.callers import Caller, Chat, Seen
from tests.faults.scenario import expect, expect_equal
from tests.faults.upstreams import Arrived
from tests.faults.waiting import until
from tests.faults.worlds import MODEL, World

_MAX_TOKENS: Final = 64
_SLACK_SECONDS: Final = 3.0  # of a machine with much else to do
_READ_SECONDS: Final = 2.0
_READS: Final = ("/v1/me", "/v1/keys", "/v1/budgets", "/v1/models")


class Gate:
    """An upstream that ends the first answers only when it is opened, and later ones at once."""

    def __init__(self, calls: int) -> None:
        """Let so many calls wait."""
        self._calls = calls
        self._is_open = asyncio.Event()

    def open(self) -> None:
        """Let the answers end that wait."""
        self._is_open.set()

    async def answer(self, call: Arrived) -> None:
        """Answer a call."""
        self._calls -= 1
        waits = self._calls >= 0
        if call.stream:
            await call.begin_stream()
            await call.say("one ")
        if waits:
            await self._is_open.wait()
        if not call.stream:
            await call.answer(tokens_in=10, tokens_out=3)
            return
        await call.say("two")
        await call.end_stream(tokens_in=10, tokens_out=3)


class Calls:
    """Calls of one key, every other one for a stream, and what became of them."""

    def __init__(self, world: World, caller: Caller) -> None:
        """Take where and who."""
        self._world = world
        self._caller = caller
        self._numbers = count()

    def begin(self, number: int) -> "Sequence[asyncio.Future[Seen]]":
        """Begin some calls, and wait for nothing."""
        chats = [
            Chat(f"call-{one:04}", MODEL, one % 2 == 1, _MAX_TOKENS)
            for one in islice(self._numbers, number)
        ]
        return [asyncio.ensure_future(self._caller.call(chat)) for chat in chats]

    async def under_way(self, number: int) -> "Sequence[asyncio.Future[Seen]]":
        """Begin some calls, and wait until all are at the upstream."""
        wanted = len(self._world.upstream.arrived) + number
        begun = self.begin(number)
        arrived = self._world.upstream.arrived
        await until(lambda: len(arrived), lambda seen: seen == wanted, "calls at the upstream")
        return begun


async def expect_reads(world: World) -> None:
    """Go on only if what only reads is answered soon.

    Raises:
        BrokenPromiseError: it is not.
    """
    for path in _READS:
        began = time.monotonic()
        answer = await world.admin.get(path)
        expect_equal(answer.status_code, 200, f"GET {path}")
        expect(time.monotonic() - began < _READ_SECONDS, f"GET {path} is slow")


def expect_answers(seen: Sequence[Seen]) -> None:
    """Go on only if all of these calls were answered in full.

    Raises:
        BrokenPromiseError: one was not.
    """
    for one in seen:
        expect(one.is_answer, f"no answer in full: {one}")


def expect_refused(seen: Sequence[Seen]) -> None:
    """Go on only if all of these calls were asked to come again.

    Raises:
        BrokenPromiseError: one was not.
    """
    for one in seen:
        expect_equal((one.status, one.code), (503, "not_ready"), one.chat.marker)
        expect("retry-after" in (one.headers or {}), f"no Retry-After: {one}")


def expect_patience(began: float) -> float:
    """Go on only if so much time has passed as a call waits for its intent; return how much.

    Raises:
        BrokenPromiseError: it was more or less.
    """
    waited = time.monotonic() - began
    is_right = INTENT_SECONDS * 0.9 < waited < INTENT_SECONDS + _SLACK_SECONDS
    expect(is_right, f"refused after {waited:.1f} s, and should be after {INTENT_SECONDS:g} s")
    return waited


async def expect_all_recorded(
    world: World, answered: Sequence[Seen], refused: Sequence[Seen]
) -> None:
    """Go on only if the answered calls have a row each in the end, and the others none.

    Raises:
        BrokenPromiseError: it is not so.
    """
    await world.expect_sound()
    world.ledger.expect_one_row_each(
        request_ids=[str(one.request_id) for one in answered],
        markers=[one.chat.marker for one in answered],
    )
    expect_equal(len(world.ledger.rows()), len(answered), "rows")
    expect_equal(len(world.upstream.arrived), len(answered), "calls at the upstream")
    expect(refused, "no call was refused")
