"""Mixed calls for some minutes, a hundredth of them broken: memory stays as it was: `make soak`."""

import argparse
import asyncio
import json
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Final

from tests.faults import upstream_faults as faults
from tests.faults.callers import Caller, Chat, leave_after
from tests.faults.gateways import Admin, Gateway, open_gateway
from tests.faults.scenario import BrokenPromiseError, expect_equal
from tests.faults.upstream_faults import Asked
from tests.faults.waiting import until
from tests.support.raw_upstream import RawConnection, raw_upstream

GROWTH: Final = 1.1  # of warm memory, at the end
_CLIENTS: Final = 10
_PAUSE_SECONDS: Final = 0.1  # of a client, on average
_BROKEN: Final = 0.01  # of what reaches the first upstream
_LEAVING: Final = 0.1  # of the calls
_MAX_TOKENS: Final = 64
_WARM_UP_SECONDS: Final = 60.0  # or a quarter of the time, where there is less
_LOOKS: Final = 10  # at memory, of which the median counts
_LOOK_SECONDS: Final = 0.2
_PLENTY_USD: Final = 100_000
_PLAYS: Final = (
    faults.closes,
    faults.breaks_off,
    faults.cuts,
    faults.has_no_finish,
    faults.fails_after_text,
    faults.fails_at_once,
    faults.sends_garbage,
    faults.sends_bad_utf8,
    faults.sends_a_long_line,
    faults.sends_a_bomb,
    faults.refuses("500 Oops"),
    faults.refuses("503 Busy"),
)
_UPSTREAM: Final = (
    '[upstreams.{name}]\nkind = "openai"\nbase_url = "{url}/{name}/v1"\nsimulated = true\n'
    'token = {{ file = "token" }}\n'
)
_MODEL: Final = (
    '[models.m]\ntargets = [{ upstream = "first", model = "m" }, '
    '{ upstream = "second", model = "m", priority = 1 }]\n'
    '[[prices]]\nmodel = "m"\ninput = 1.5\noutput = 10\n'
)


@dataclass(slots=True)
class Findings:
    """What was seen."""

    calls: Counter[str] = field(default_factory=Counter[str])  # by how they ended
    rows: int = 0
    warm_mb: float = 0.0
    end_mb: float = 0.0
    verify: str = ""  # what it found to be wrong

    @property
    def line(self) -> str:
        """Return all of it on one line."""
        ends = ", ".join(f"{count:,} {end}" for end, count in self.calls.most_common())
        growth = self.end_mb / self.warm_mb - 1
        return (
            f"{self.calls.total():,} calls ({ends}), {self.rows:,} rows; memory "
            f"{self.warm_mb:.1f} MB when warm, {self.end_mb:.1f} MB in the end ({growth:+.1%}); "
            f"verify {self.verify or 'clean'}"
        )

    @property
    def wrong(self) -> list[str]:
        """Return what is not as it must be."""
        found: list[str] = []
        if self.end_mb > self.warm_mb * GROWTH:
            found.append(f"memory: {self.end_mb:.1f} MB, and {self.warm_mb:.1f} MB when warm")
        if self.rows != self.calls.total():
            found.append(f"rows: {self.rows:,} for {self.calls.total():,} calls")
        if self.calls["cut"]:
            found.append(f"streams without a typed end: {self.calls['cut']:,}")
        if not self.calls["answered"]:
            found.append("answers: none")
        return [*found, self.verify] if self.verify else found


class _Upstreams:
    """Two upstreams, the first of which fails now and then."""

    def __init__(self, random: Random) -> None:
        self._random = random

    async def serve(self, connection: RawConnection) -> None:
        request = await connection.read_request()
        is_chat = request.lines[0].startswith("POST ")
        asked = Asked(connection, bool(json.loads(request.body or b"{}").get("stream")))
        is_first = "/first/" in request.lines[0]
        if is_chat and is_first and self._random.random() < _BROKEN:
            await self._random.choice(_PLAYS)(asked)
        else:
            await faults.answers(asked)


class _Clients:
    """Callers of whole answers and of streams, some of whom leave."""

    def __init__(self, caller: Caller, random: Random, calls: Counter[str]) -> None:
        self._caller = caller
        self._random = random
        self._calls = calls

    async def call_until(self, deadline: float) -> None:
        """Call again and again until a moment."""
        while time.monotonic() < deadline:
            await asyncio.sleep(self._random.uniform(0, 2 * _PAUSE_SECONDS))
            is_stream = self._random.random() < 1 / 2
            chat = Chat("soak", "m", stream=is_stream, max_tokens=_MAX_TOKENS)
            if is_stream and self._random.random() < _LEAVING:
                with suppress(OSError, asyncio.IncompleteReadError, ValueError):
                    await leave_after(self._caller, chat, 1, rudely=self._random.random() < 1 / 2)
                self._calls["left"] += 1
            else:
                self._calls[await self._end_of(chat)] += 1

    async def _end_of(self, chat: Chat) -> str:
        seen = await self._caller.call(chat)
        if seen.is_complete and b'"error"' in seen.body:
            return "failed"
        return "answered" if seen.is_answer else "cut"


async def soak(folder: Path, seconds: float, random: Random) -> Findings:
    """Call for so many seconds, and look at the memory of the server."""
    found = Findings()
    async with raw_upstream(_Upstreams(random).serve) as upstream:
        parts = [_UPSTREAM.format(name=name, url=upstream.url) for name in ("first", "second")]
        async with open_gateway(folder / "gateway", "".join(parts) + _MODEL) as gateway:
            await _run(gateway, seconds, random, found)
    return found


async def _run(gateway: Gateway, seconds: float, random: Random, found: Findings) -> None:
    admin = Admin(gateway)
    team = await admin.create("/v1/teams", name="soak")
    caller, key_id = await admin.caller(team_id=team["id"])
    await admin.budget("key", key_id, _PLENTY_USD)
    clients = _Clients(caller, random, found.calls)
    deadline = time.monotonic() + seconds
    async with asyncio.TaskGroup() as group:
        for _ in range(_CLIENTS):
            group.create_task(clients.call_until(deadline))
        await asyncio.sleep(min(_WARM_UP_SECONDS, seconds / 4))
        found.warm_mb = await _memory_mb(gateway)
        _say(found, found.warm_mb, "when warm")
        while (left := deadline - time.monotonic()) > 0:
            await asyncio.sleep(min(60.0, left))
            past = seconds - (deadline - time.monotonic())
            _say(found, await _memory_mb(gateway), f"after {past:.0f} s")
    await until(gateway.ledger.open_holds, lambda holds: holds == 0, "holds")
    found.end_mb = await _memory_mb(gateway)
    found.rows = len(gateway.ledger.rows())
    done = await gateway.verify()
    found.verify = "" if done.returncode == 0 else f"verify: {done.stdout}{done.stderr}"


async def _memory_mb(gateway: Gateway) -> float:
    """Return what the server has of memory: a median, so that no moment decides."""
    looks: list[float] = []
    for _ in range(_LOOKS):
        looks.append(await _resident_mb(gateway.pid))
        await asyncio.sleep(_LOOK_SECONDS)
    return statistics.median(looks)


async def _resident_mb(pid: int) -> float:
    asked = await asyncio.create_subprocess_exec(
        "ps", "-o", "rss=", "-p", str(pid), stdout=asyncio.subprocess.PIPE
    )
    said, _ = await asked.communicate()
    expect_equal(asked.returncode, 0, "ps")
    return int(said) / 1024


def _say(found: Findings, memory_mb: float, when: str) -> None:
    sys.stdout.write(f"  {when}: {found.calls.total():,} calls, {memory_mb:.1f} MB\n")
    sys.stdout.flush()


def main(arguments: Sequence[str] | None = None) -> int:
    """Soak, say what was seen, and return 1 if anything of it is wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="meterhouse-") as folder:
        try:
            chance = Random()  # noqa: S311 - no secret
            found = asyncio.run(soak(Path(folder), asked.minutes * 60, chance))
        except BrokenPromiseError as error:
            sys.stdout.write(f"broken: {error}\n")
            return 1
    sys.stdout.write(f"{found.line}\n")
    sys.stdout.writelines(f"broken: {one}\n" for one in found.wrong)
    return 1 if found.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
