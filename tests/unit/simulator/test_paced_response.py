"""What a response waits for, and that it does not once the simulator ends."""

import asyncio

import pytest
from starlette.types import Message

from app.simulator.journal import Outcome, SeenCall
from app.simulator.paced_response import Ending, Manner, PacedResponse
from tests.support.skipped_time import BEGINNING, in_no_time

COMMENT = b": simulated comment\n\n"
SLOW = Manner(start_seconds=100, part_seconds=10, byte_seconds=1)


class Exchange:
    """One response, what it has sent, and a client that never leaves."""

    def __init__(self, manner: Manner) -> None:
        self.sent: list[Message] = []
        self.seen = SeenCall(1, "m", stream=True, authorization="other")
        self.closing = asyncio.Event()
        parts = [(b"ab",), (b"c",)]
        self._response = PacedResponse(parts, self.seen, self.closing, manner=manner, headers={})

    async def run(self) -> None:
        await self._response({"type": "http"}, self._receive, self._send)

    @property
    def body(self) -> list[bytes]:
        return [one["body"] for one in self.sent if one["type"] == "http.response.body"]

    async def _receive(self) -> Message:
        await asyncio.Event().wait()
        raise AssertionError

    async def _send(self, message: Message) -> None:
        self.sent.append(message)


def seconds_passed() -> float:
    return asyncio.get_running_loop().time() - BEGINNING


@in_no_time
async def test_every_wait_is_kept() -> None:
    exchange = Exchange(SLOW)
    await exchange.run()
    assert seconds_passed() == 100 + 2 * 10 + 3
    assert exchange.body == [b"a", b"b", b"c", b""]
    assert exchange.seen.outcome is Outcome.FINISHED


@in_no_time
async def test_nothing_waits_once_the_simulator_ends() -> None:
    exchange = Exchange(SLOW)
    asyncio.get_running_loop().call_later(50, exchange.closing.set)
    await exchange.run()
    assert seconds_passed() == 50
    assert exchange.body == [b"a", b"b", b"c", b""]
    assert exchange.seen.outcome is Outcome.FINISHED


@pytest.mark.parametrize(
    ("manner", "body"),
    [
        (Manner(Ending.SILENT), []),
        (Manner(Ending.STALLED), [b"ab", b"c"]),
        (Manner(Ending.STALLED, comment_seconds=20), [b"ab", b"c", *[COMMENT] * 2]),
    ],
)
def test_an_answer_that_never_ends_is_cut_when_the_simulator_ends(
    manner: Manner, body: list[bytes]
) -> None:
    @in_no_time
    async def try_it() -> None:
        exchange = Exchange(manner)
        asyncio.get_running_loop().call_later(50, exchange.closing.set)
        await exchange.run()
        assert seconds_passed() == 50
        assert exchange.body == body
        assert exchange.seen.outcome is Outcome.CUT

    try_it()
