"""Every fault of an upstream, for whole and streamed answers, alone and with somebody else to ask.

`python -m tests.faults.matrix_page` writes what comes of each into docs/resilience.md.
"""

import asyncio
import json
import ssl
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any, Final, NamedTuple

from app.core.money import usd_text
from tests.faults.callers import Caller, Chat, Seen
from tests.faults.gateways import Admin, Gateway, open_gateway
from tests.faults.ledger_file import LedgerFile
from tests.faults.scenario import Scenario, Stage, expect, expect_equal
from tests.faults.tariff import Tariff
from tests.faults.upstream_faults import SPARE_TEXT, TEXTS, TOKENS, Asked, answers
from tests.faults.upstream_table import FAULTS, UNTRUSTED, Fault, Wanted
from tests.faults.waiting import until
from tests.support.raw_upstream import RawConnection, raw_upstream

_AT_ONCE: Final = 20  # cells
_MAX_TOKENS: Final = 64
_TARIFF: Final = Tariff(usd_in="1.5", usd_out="10")
_PLENTY_USD: Final = 1_000
_TOTAL_SECONDS: Final = 3.0
_SLACK_SECONDS: Final = 2.0  # of a machine with much else to do
_SPARE: Final = "spare"
_IDENTITY: Final = Path(__file__).parents[1] / "unit/services/providers/transport/tls_test_only.pem"
# For faults in time, and for all others, where a busy machine must not look like a fault.
_SHORT: Final = (
    "{ connect_seconds = 2, first_byte_seconds = 0.8, idle_seconds = 0.5, total_seconds = %g }"
)
_LONG: Final = "{ connect_seconds = 8, total_seconds = 15 }"


@dataclass(frozen=True, slots=True)
class Cell:
    """One fault, met in one way."""

    number: int
    fault: Fault
    stream: bool
    has_spare: bool

    @property
    def name(self) -> str:
        """Return what its model and its upstream are called, and its call."""
        return f"cell-{self.number:03}"

    @property
    def words(self) -> str:
        """Return what it is, for people."""
        way = "streamed" if self.stream else "whole"
        return f"{self.fault.name} ({way}{', with a fallback' * self.has_spare})"

    @property
    def wanted(self) -> Wanted:
        """Return what must come of it."""
        alone = self.fault.streamed if self.stream else self.fault.whole
        if not (self.has_spare and alone.goes_on):
            return alone
        basis = "reported" if alone.basis == "nothing" else alone.basis
        return Wanted("200 stop", attempts=2, basis=basis)

    @property
    def texts(self) -> Sequence[str]:
        """Return what a client may have got."""
        if self.has_spare and self.wanted.attempts > 1:
            return [SPARE_TEXT]
        if self.wanted.basis in {"reported", "counted"}:
            return ["".join(TEXTS)]
        return ["".join(TEXTS[:count]) for count in range(len(TEXTS) + 1)]

    @property
    def limit_seconds(self) -> float:
        """Return after how long a hang is one."""
        return (_TOTAL_SECONDS if self.fault.is_slow else 15.0) + _SLACK_SECONDS


class Result(NamedTuple):
    """What came of one cell."""

    cell: Cell
    came: Wanted
    text: str
    cost_nusd: int | None
    seconds: float

    @property
    def words(self) -> str:
        """Return it for people."""
        tries = f", {self.came.attempts} attempts" if self.came.attempts > 1 else ""
        bill = f"{usd_text(self.cost_nusd)} {self.came.basis}" if self.cost_nusd else "$0"
        return f"{self.came.sees}{tries}; {bill}; {self.seconds:.1f} s"


CELLS: Final = tuple(
    Cell(number, *parts)
    for number, parts in enumerate(product(FAULTS, (False, True), (False, True)))
)


class _Upstreams:
    """All upstreams of a matrix: one server, which tells them apart by their paths."""

    def __init__(self) -> None:
        self.playing = 0

    async def serve(self, connection: RawConnection) -> None:
        """Do to one request what its path says."""
        request = await connection.read_request()
        name = request.lines[0].split()[1].split("/")[1]
        if request.lines[0].startswith("GET ") or name == _SPARE:
            play = answers
        else:
            fault = CELLS[int(name.removeprefix("cell-"))].fault
            assert not isinstance(fault.play, str)
            play = fault.play
        stream = bool(json.loads(request.body or b"{}").get("stream"))
        self.playing += 1
        try:
            await play(Asked(connection, stream))
        finally:
            self.playing -= 1


async def run_matrix(folder: Path, cells: Sequence[Cell]) -> list[Result]:
    """Try cells against one gateway, many at once.

    Raises:
        BrokenPromiseError: something else came of one than must, or something is left of it.
    """
    upstreams = _Upstreams()
    async with _open(folder, cells, upstreams) as gateway:
        caller = await _rich_caller(Admin(gateway))
        few = asyncio.Semaphore(_AT_ONCE)

        async def play(cell: Cell) -> tuple[Cell, Seen, float]:
            async with few:
                began = time.monotonic()
                chat = Chat(cell.name, cell.name, cell.stream, _MAX_TOKENS)
                async with asyncio.timeout(cell.limit_seconds * 4):
                    seen = await caller.call(chat)
                return cell, seen, time.monotonic() - began

        played = await asyncio.gather(*map(play, cells))
        ledger = gateway.ledger
        await until(ledger.open_holds, lambda holds: holds == 0, "holds")
        await until(lambda: upstreams.playing, lambda count: count == 0, "lines at the upstreams")
        expect_equal(await _in_flight(gateway), 0, "calls in flight")
        results = [_result(ledger, *one) for one in played]
        ledger.expect_clean()
        done = await gateway.verify()
        expect_equal(done.returncode, 0, f"meterhouse verify: {done.stdout}{done.stderr}")
    wrong = [line for one in results for line in _wrongs(one)]
    expect(not wrong, "\n" + "\n".join(wrong))
    return results


@asynccontextmanager
async def _open(
    folder: Path, cells: Sequence[Cell], upstreams: _Upstreams
) -> AsyncGenerator[Gateway]:
    untrusted = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    untrusted.load_cert_chain(_IDENTITY)
    async with (
        raw_upstream(upstreams.serve) as plain,
        raw_upstream(upstreams.serve, tls=untrusted) as tls,
    ):
        config = [_upstream(_SPARE, plain.url, _LONG)]
        config += ['[[prices]]\nmodel = "m"\n']
        config += [f"input = {_TARIFF.usd_in}\noutput = {_TARIFF.usd_out}\n"]
        for cell in cells:
            url = cell.fault.play if isinstance(cell.fault.play, str) else plain.url
            config += _of_cell(cell, tls.url if url == UNTRUSTED else url)
        async with open_gateway(folder / "gateway", "".join(config)) as gateway:
            yield gateway


def _of_cell(cell: Cell, url: str) -> list[str]:
    # A whole answer has one limit, so that somebody else gets time only if it is not all of it.
    total = _TOTAL_SECONDS / 3 if cell.has_spare else _TOTAL_SECONDS
    limits = _SHORT % total if cell.fault.is_slow else _LONG
    targets = [f'{{ upstream = "{cell.name}", model = "m" }}']
    if cell.has_spare:
        targets += [f'{{ upstream = "{_SPARE}", model = "m", priority = 1 }}']
    model = f"[models.{cell.name}]\ntargets = [{', '.join(targets)}]\n"
    return [_upstream(cell.name, url, limits), model]


def _upstream(name: str, url: str, limits: str) -> str:
    return (
        f'[upstreams.{name}]\nkind = "openai"\nbase_url = "{url}/{name}/v1"\n'
        f'token = {{ file = "token" }}\nsimulated = true\ntimeouts = {limits}\n'
    )


async def _rich_caller(admin: Admin) -> Caller:
    team = await admin.create("/v1/teams", name="matrix")
    caller, key_id = await admin.caller(team_id=team["id"])
    await admin.budget("key", key_id, _PLENTY_USD)
    return caller


async def _in_flight(gateway: Gateway) -> float:
    text = (await Admin(gateway).get("/metrics")).text
    lines = [one for one in text.splitlines() if one.startswith("meterhouse_calls_in_flight{")]
    return sum(float(one.split()[-1]) for one in lines)


def _result(ledger: LedgerFile, cell: Cell, seen: Seen, seconds: float) -> Result:
    row = ledger.row_of(cell.name)
    text, end = _read(seen)
    free = row.cost_nusd == 0 and not row.units_out
    basis = "nothing" if free else str(row.basis)
    came = Wanted(f"{seen.status} {end}", row.attempts, basis, cell.wanted.goes_on)
    return Result(cell, came, text, row.cost_nusd, seconds)


def _read(seen: Seen) -> tuple[str, str]:
    """Return the text of an answer, and how it ended: the error's code or the finish reason."""
    if seen.status != 200 or not seen.is_complete:
        return "", seen.code or "cut"
    if not seen.chat.stream:
        [choice] = json.loads(seen.body)["choices"]
        return choice["message"]["content"], choice["finish_reason"] or "no finish reason"
    text, end = "", "cut"
    for event in seen.body.decode().split("\n\n"):
        if event.startswith("data: {"):
            chunk: dict[str, Any] = json.loads(event.removeprefix("data: "))
            if "error" in chunk:
                return text, chunk["error"]["code"]
            for choice in chunk["choices"]:
                text += choice["delta"].get("content") or ""
                end = choice.get("finish_reason") or end
    return text, end


def _wrongs(result: Result) -> list[str]:
    cell, wanted = result.cell, result.cell.wanted
    found: list[str] = []
    if result.came != wanted:
        found.append(f"came {tuple(result.came[:3])}, wanted {tuple(wanted[:3])}")
    if result.text not in cell.texts:
        found.append(f"said {result.text!r}, which is none of {cell.texts}")
    if wanted.basis == "reported" and result.cost_nusd != _TARIFF.cost_nusd(*TOKENS):
        found.append(f"cost {result.cost_nusd} nano-dollars, reported are {TOKENS} tokens")
    if wanted.basis != "nothing" and not result.cost_nusd:
        found.append("cost nothing")
    if result.seconds > cell.limit_seconds:
        found.append(f"took {result.seconds:.1f} s")
    return [f"{cell.words}: {one}" for one in found]


async def _matrix(stage: Stage) -> str:
    wanted = stage.count(len(CELLS), least=12)
    cells = CELLS if wanted >= len(CELLS) else stage.random.sample(CELLS, wanted)
    results = await run_matrix(stage.folder, cells)
    slowest = max(one.seconds for one in results)
    lines = [f"{one.cell.words}: {one.words}" for one in results]
    lines.append(f"{len(results)} cells as in the table, the slowest in {slowest:.1f} s")
    return "\n  ".join(lines)


SCENARIOS: Final = (
    Scenario(
        "upstreams/matrix",
        "whatever an upstream does wrong ends in the right error or in the other one's answer",
        30,
        _matrix,
    ),
)
