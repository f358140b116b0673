"""Proves what is promised of money and records, from outside and in under a minute: `make prove`.

Everything is real: servers in processes of their own, clients on sockets, SIGKILL, the file. It
needs nothing but Python, and no network.
"""

import asyncio
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from app.core.money import usd_of, usd_text
from tests.faults.callers import Caller, Chat, Seen, call_together, leave_after
from tests.faults.gateways import Admin, Gateway, gateway_file, open_gateway
from tests.faults.load import Load
from tests.faults.tariff import Tariff
from tests.faults.waiting import until
from tests.support.commands import Command

ASKED: Final = 200
FITTING: Final = 37
KILLS: Final = 3
LEAVING: Final = 20

# What 37 calls hold for their prompts and do not use is less than one call costs: no 38th fits.
_TARIFF: Final = Tariff(usd_in="0.02", usd_out="10")
_MAX_TOKENS: Final = 100
_LONG_TEXT: Final = "so " * 160  # the simulator repeats it, so that answers are as long as allowed
_MODELS: Final = {
    "steady": "sim/delay-200",
    "quick": "sim/chunk-delay-2",
    "slow": "sim/chunk-delay-20",
}
_CLIENTS: Final = 12
_ANSWERS_BEFORE_A_KILL: Final = 100
_PLENTY_USD: Final = 1_000


@dataclass(frozen=True, slots=True)
class Findings:
    """Everything that was counted, and what else was seen to be wrong."""

    admitted: int
    oversold_nusd: int
    answers: int
    rows: int
    open_holds: int
    broken: Sequence[str]  # lines of `meterhouse verify`
    notes: Sequence[str] = ()

    @property
    def line(self) -> str:
        """Return all of it on one line."""
        verify = f"{len(self.broken)} broken" if self.broken else "clean"
        return (
            f"admitted {self.admitted} of {ASKED} · oversold {usd_text(self.oversold_nusd)} · "
            f"answers received {self.answers}, rows {self.rows} · "
            f"open holds {self.open_holds} · verify {verify}"
        )

    @property
    def wrong(self) -> Sequence[str]:
        """Return what is not as promised, a line each."""
        found = [
            (self.admitted != FITTING, f"admitted: {self.admitted}, and {FITTING} fit"),
            (self.oversold_nusd > 0, f"oversold: {usd_text(self.oversold_nusd)} above the cap"),
            (self.answers == 0, "answers received: none"),
            (self.rows != self.answers, f"rows: {self.rows} for {self.answers} answers"),
            (self.open_holds != 0, f"open holds: {self.open_holds}, though nothing runs"),
        ]
        lines = [line for is_wrong, line in found if is_wrong]
        return [*lines, *self.notes, *(f"verify: {line}" for line in self.broken)]


class Proof:
    """One run, over one data folder."""

    def __init__(self, gateway: Gateway) -> None:
        """Prove it of this gateway."""
        self._gateway = gateway
        self._admin = Admin(gateway)
        self._ledger = gateway.ledger
        self._received: list[Seen] = []
        self._notes: list[str] = []

    async def run(self) -> Findings:
        """Do all of it."""
        _say(f"{ASKED} calls at once, half of them streamed; the budget fits {FITTING}")
        team = await self._admin.create("/v1/teams", name="proof")
        admitted, oversold_nusd = await self._overrun(team["id"])
        caller, key_id = await self._admin.caller(team_id=team["id"])
        await self._admin.budget("key", key_id, _PLENTY_USD)
        _say(f"{_CLIENTS} clients, and kill -9 {KILLS} times under them")
        await self._kill(caller)
        _say(f"{LEAVING} clients that leave in the middle of a stream")
        await self._leave(caller)
        _say("the end of the server, and meterhouse verify")
        await self._gateway.stop()
        verified = await self._gateway.verify()
        broken = (verified.stdout + verified.stderr).splitlines() if verified.returncode else ()
        answers = [one for one in self._received if one.is_answer]
        return Findings(
            admitted=admitted,
            oversold_nusd=oversold_nusd,
            answers=len(answers),
            rows=self._count_of_those_with_one_row(answers),
            open_holds=self._ledger.open_holds(),
            broken=broken,
            notes=self._notes,
        )

    async def _overrun(self, team_id: str) -> tuple[int, int]:
        """Return how many calls were let in, and by how much they exceed the budget."""
        caller, key_id = await self._admin.caller(team_id=team_id)
        chats = [
            Chat(f"call-{number:03}", "steady", number % 2 == 1, _MAX_TOKENS, _LONG_TEXT)
            for number in range(ASKED)
        ]
        cap_nusd = FITTING * _TARIFF.hold_nusd(chats[0])
        await self._admin.budget("key", key_id, usd_of(cap_nusd))
        seen: list[Seen] = []
        await call_together([(caller, chat) for chat in chats], seen)
        await until(self._ledger.open_holds, lambda holds: holds == 0, "nothing held")
        self._received += seen
        admitted = sum(one.status == 200 for one in seen)
        refused = sum(one.is_refused_by_budget for one in seen)
        self._note(refused, ASKED - admitted, "refused with 402 or 429")
        return admitted, max(0, self._ledger.used_nusd(key_id) - cap_nusd)

    async def _kill(self, caller: Caller) -> None:
        load = Load(caller, model="quick", clients=_CLIENTS)
        for number in range(KILLS):
            wanted = len(load.answers) + _ANSWERS_BEFORE_A_KILL
            async with load.running():
                await until(lambda: len(load.answers), lambda count: count >= wanted, "answers")  # noqa: B023
                await self._gateway.kill()
            await self._gateway.start()
            held = self._ledger.open_holds()
            self._note(held, 0, f"open holds after restart {number + 1}")
        self._received += load.seen
        self._note(len(load.refused), 0, "refused calls of the load")
        ids = {row.id for row in self._ledger.rows()}
        rows = sum(one in ids for one in load.begun_ids)
        self._note(rows, len(load.begun_ids), "rows of answers that began")

    async def _leave(self, caller: Caller) -> None:
        chats = [
            Chat(f"leaver-{number:02}", "slow", True, _MAX_TOKENS, _LONG_TEXT)  # noqa: FBT003
            for number in range(LEAVING)
        ]
        await asyncio.gather(
            *(leave_after(caller, chat, pieces) for pieces, chat in enumerate(chats, 1))
        )
        await until(self._ledger.open_holds, lambda holds: holds == 0, "nothing held")
        markers = {chat.marker for chat in chats}
        rows = [row.status for row in self._ledger.rows() if row.marker in markers]
        self._note(rows.count("cancelled"), LEAVING, "rows of clients that left")

    def _count_of_those_with_one_row(self, answers: Sequence[Seen]) -> int:
        ids_by_marker: dict[str | None, list[str]] = {}
        for row in self._ledger.rows():
            ids_by_marker.setdefault(row.marker, []).append(row.id)
        return sum(ids_by_marker.get(one.chat.marker) == [one.request_id] for one in answers)

    def _note(self, seen: int, wanted: int, what: str) -> None:
        if seen != wanted:
            self._notes.append(f"{what}: {seen}, and should be {wanted}")


async def prove(folder: Path) -> Findings:
    """Prove it in an empty folder."""
    async with AsyncExitStack() as stack:
        simulator = stack.enter_context(Command(folder).running("simulate", "--port", "0"))
        banner = await asyncio.to_thread(simulator.wait_for, "Simulator at")
        config = gateway_file(banner.split()[2], _MODELS, _TARIFF)
        server = open_gateway(folder / "gateway", config)
        return await Proof(await stack.enter_async_context(server)).run()


def main() -> int:
    """Print the proof, and return 1 if it fails."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        try:
            findings = asyncio.run(prove(Path(folder).resolve()))
        except AssertionError as error:
            sys.stdout.write(f"prove: {error}\n")
            return 1
    _say(f"done in {time.monotonic() - began:.0f} s")
    sys.stdout.write(f"{findings.line}\n")
    for line in findings.wrong:
        sys.stdout.write(f"prove: {line}\n")
    return 1 if findings.wrong else 0


def _say(what: str) -> None:
    sys.stdout.write(f"> {what}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
