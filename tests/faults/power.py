"""What a power cut can take: nothing of a call under a hard budget."""

# pyright: reportPrivateUsage=false

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from itertools import takewhile
from typing import Final

from tests.faults.callers import Caller, Chat
from tests.faults.scenario import Scenario, Stage, expect, expect_equal
from tests.faults.upstreams import Arrived
from tests.faults.worlds import MODEL, PLENTY_USD, InnerWorld, open_inner_world

_INTENT: Final = "INSERT INTO holds"
_PRAGMA: Final = "PRAGMA synchronous="
_LEVELS: Final = ("OFF", "NORMAL", "FULL", "EXTRA")  # as SQLite numbers them


async def durable_intents(stage: Stage) -> str:
    """Look at what SQLite is told, for calls with a hard budget, a soft one, and none."""

    async def answer(call: Arrived) -> None:
        await call.answer(tokens_in=10, tokens_out=3)

    async with open_inner_world(stage.folder, answer) as world:
        wishes = {"none": None, "soft": "soft", "hard": "hard"}
        seen = dict[str, str]()
        for name, mode in wishes.items():
            caller, key_id = await world.caller(name)
            if mode is not None:
                await world.admin.budget("key", key_id, PLENTY_USD, mode=mode)
            with _traced(world) as statements:
                await _call(caller, name, stream=name == "hard")
                await world.all_ended()
            seen[name] = _level_of_intent(statements)
        await world.expect_sound()
    expect_equal(seen, {"none": "NORMAL", "soft": "NORMAL", "hard": "FULL"}, "synchronous")
    return ", ".join(f"{name}: synchronous={level}" for name, level in seen.items())


async def _call(caller: Caller, name: str, *, stream: bool) -> None:
    seen = await caller.call(Chat(f"call-{name}", MODEL, stream, 64))
    expect(seen.is_answer, f"no answer: {seen}")


@contextmanager
def _traced(world: InnerWorld) -> Generator[list[str]]:
    """Note every statement of the writer, as SQLite has got it, after the level that it is at."""
    writer = world.container.ledger._writer
    with writer._changed:
        connection = writer._store._connection
        (level,) = connection.execute("PRAGMA synchronous").fetchone()
        statements = [f"{_PRAGMA}{_LEVELS[level]}"]
        connection.set_trace_callback(statements.append)
    try:
        yield statements
    finally:
        with writer._changed:
            writer._store._connection.set_trace_callback(None)


def _level_of_intent(statements: Sequence[str]) -> str:
    """Return the level that the row of intent is committed with: the last one set before it."""
    before = list(takewhile(lambda one: not one.startswith(_INTENT), statements))
    expect(len(before) < len(statements), "no row of intent was written")
    levels = [one.removeprefix(_PRAGMA) for one in before if one.startswith(_PRAGMA)]
    return levels[-1]


SCENARIOS: Final = (
    Scenario(
        "power/durable-intents",
        "a call under a hard budget is written through to the disk before it leaves",
        4,
        durable_intents,
    ),
)
