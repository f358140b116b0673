"""Clients that leave: their calls end at the upstream, and cost what they used."""

import asyncio
import time
from dataclasses import dataclass, field
from typing import Final

from tests.faults.callers import Caller, Chat, Line
from tests.faults.scenario import Scenario, Stage, expect, expect_equal
from tests.faults.tariff import bound_in
from tests.faults.upstreams import Arrived
from tests.faults.waiting import until
from tests.faults.worlds import MODEL, TARIFF, World, open_world

_POINTS: Final = 20
_MAX_TOKENS: Final = 64
_SECONDS: Final = 1.0  # that an upstream may go on for nobody
_PIECE: Final = "word"  # four bytes, a token


@dataclass(slots=True)
class _Scene:
    """What the upstream is to send before it waits, and when it saw its client leave."""

    pieces: int | None  # None: not even the head
    is_sent: asyncio.Event = field(default_factory=asyncio.Event)
    left_at: float | None = None

    async def play(self, call: Arrived) -> None:
        """Send what is wanted, then wait until nobody listens."""
        if self.pieces is not None:
            await call.begin_stream()
            for _ in range(self.pieces):
                await call.say(_PIECE)
        self.is_sent.set()
        await call.connection.wait_until_left()
        self.left_at = time.monotonic()


async def each_point_of_a_stream(stage: Stage) -> str:
    """Leave before the head, and after each of many pieces, politely and not."""
    points = range(0, _POINTS, 1 if stage.share >= 1 else 4)
    scenes = {f"left-{point:02}": _Scene(point) for point in points} | {"head": _Scene(None)}
    slowest = await _leave_all(stage, scenes, stream=True)
    return (
        f"left at {len(scenes)} points of a stream: one row each, with the bound of the prompt and "
        f"the pieces that came, nothing held; the upstream's line closed within {slowest:.2f} s"
    )


async def a_whole_answer(stage: Stage) -> str:
    """Leave while a whole answer is awaited: what it used is unknown, so all that was held."""
    scenes = {f"left-{number:02}": _Scene(None) for number in range(stage.count(8, least=2))}
    slowest = await _leave_all(stage, scenes, stream=False)
    return (
        f"{len(scenes)} clients left before a whole answer: one row each, of all that was held; "
        f"the upstream's line closed within {slowest:.2f} s"
    )


async def _leave_all(stage: Stage, scenes: dict[str, _Scene], *, stream: bool) -> float:
    """Let a client leave in every scene; return how long an upstream went on at most."""

    async def answer(call: Arrived) -> None:
        await scenes[call.marker].play(call)

    async with open_world(stage.folder, answer) as world:
        caller = await world.rich_caller()
        chats = [Chat(marker, MODEL, stream, _MAX_TOKENS) for marker in scenes]
        slowest = 0.0
        for chat in chats:
            rudely = stage.random.random() < 0.5
            seconds = await _leave(caller, chat, scenes[chat.marker], rudely=rudely)
            slowest = max(slowest, seconds)
        await world.expect_sound()
        for chat in chats:
            _expect_fair_row(world, chat, scenes[chat.marker])
    expect_equal(len(world.upstream.arrived), len(chats), "calls at the upstream")
    return slowest


async def _leave(caller: Caller, chat: Chat, scene: _Scene, *, rudely: bool) -> float:
    """Leave where the scene says; return how long the upstream went on after that."""
    async with caller.line() as line:
        await caller.start(line, chat)
        await scene.is_sent.wait()
        if chat.stream and scene.pieces:
            await _read(line, scene.pieces)
        left_at = time.monotonic()
        line.leave(rudely=rudely)
        what = f"{chat.marker}: the upstream's line closed"
        seen = await until(lambda: scene.left_at, bool, what, seconds=_SECONDS)
    expect(seen, what)
    return (seen or left_at) - left_at


async def _read(line: Line, pieces: int) -> None:
    await line.head()
    text = b""
    while text.count(b"data: ") < pieces:
        text += await line.piece()


def _expect_fair_row(world: World, chat: Chat, scene: _Scene) -> None:
    row = world.ledger.row_of(chat.marker)
    out = (scene.pieces or 0) if chat.stream else _MAX_TOKENS
    units = (bound_in(chat), out)
    seen = (row.status, row.basis, row.units_in, row.units_out, row.cost_nusd)
    wanted = ("cancelled", "estimated", *units, TARIFF.cost_nusd(*units))
    expect_equal(seen, wanted, f"{chat.marker}: status, basis, units in and out, cost")


SCENARIOS: Final = (
    Scenario(
        "leaving/each-point-of-a-stream",
        "a client that leaves a stream pays for what it used, and the upstream stops within 1 s",
        10,
        each_point_of_a_stream,
    ),
    Scenario(
        "leaving/a-whole-answer",
        "a client that leaves before a whole answer leaves one row, of all that was held",
        8,
        a_whole_answer,
    ),
)
