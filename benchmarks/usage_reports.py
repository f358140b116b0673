"""Times every report over a large ledger, and its writer: `python -m benchmarks.usage_reports`."""

import argparse
import asyncio
import os
import shutil
import sqlite3
import sys
import tempfile
import time
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

import httpx2
from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy import Engine, event

from app.core.clock import SystemClock
from app.core.config import Settings
from app.core.gateway_file import GatewayConfig, UpstreamConfig
from app.core.ids import new_id
from app.db.database import open_database
from app.db.ledger_changes import ENTRIES, HOLDS, Intent
from app.db.ledger_writer import open_ledger_writer
from app.db.repositories.holds import HoldDirectory
from app.db.sqlite import FILE_NAME
from app.main import create_app
from app.services.ledger.entry import Basis, Entry, Status
from app.services.ledger.lease import open_ledger
from app.services.ledger.ledger import Ledger, entry_row
from app.services.ledger.rollup_pairs import RollupPairs
from app.services.ledger.rollups import Rollups
from benchmarks import machine
from benchmarks.report import number, render_table
from scripts.seed_ledger import Shape, fill

DOCUMENT = Path(__file__).parent.parent / "docs" / "usage.md"
LIMIT_MS = 200
WRITER_LIMIT = 2_000
ROUNDS, RUNS = 3, 3
WRITES = 10_000
KEY = "an-admin-key-for-the-benchmark"

SINCE, UNTIL = "2026-08-25T00:00:00Z", "2026-11-23T00:00:00Z"
ALL = f"since={SINCE}&until={UNTIL}"
GROUPS = ("team", "user", "key", "model", "task", "upstream", "status", "tag")


@dataclass(frozen=True, slots=True)
class Timed:
    """How long one request took, and how the database went about it."""

    name: str
    path: str
    cold_ms: float
    plans: Sequence[str]
    warm: list[tuple[float, float]] = field(default_factory=list)  # with the processor's part

    @property
    def warm_ms(self) -> float:
        """The median of all runs."""
        return median(passed_ms for passed_ms, _ in self.warm)

    @property
    def cpu_ms(self) -> float:
        """The processor time of the median run: what other programs take does not count."""
        return median(cpu_ms for _, cpu_ms in self.warm)


def requests(path: Path) -> Iterator[tuple[str, str]]:
    """Yield what is asked for, with a name."""
    usage = f"/v1/admin/usage?{ALL}"
    yield "all", usage
    yield (
        "all, odd minutes",
        "/v1/admin/usage?since=2026-08-25T07:23:45Z&until=2026-11-20T18:01:02Z",
    )
    for group in GROUPS:
        yield f"by {group}", f"{usage}&group_by={group}"
    for interval in ("day", "week"):
        yield f"series by {interval}", f"{usage}&interval={interval}"
    month = f"/v1/admin/usage?since=2026-10-23T00:00:00Z&until={UNTIL}"
    yield "31 days, series by hour", f"{month}&interval=hour"
    days = f"/v1/admin/usage?since=2026-11-19T00:00:00Z&until={UNTIL}"
    yield "4 days by key, series by hour", f"{days}&group_by=key&interval=hour"
    for group in ("team", "key", "model", "tag"):
        yield f"by {group}, series by day", f"{usage}&group_by={group}&interval=day"
    for dimension, name in (
        ("team", "team_id"),
        ("user", "user_id"),
        ("key", "key_id"),
        ("model", "model"),
    ):
        for which, value, calls in busy_and_typical(path, dimension):
            about = f"{usage}&{name}={value}"
            title = f"{which} {dimension} ({calls:,} calls)"
            yield title, about
            for group in ("model" if dimension != "model" else "key", "tag"):
                yield f"{title} by {group}", f"{about}&group_by={group}"
            yield f"{title} by status, series by day", f"{about}&group_by=status&interval=day"
            entries = f"/v1/admin/usage/entries?{name}={value}&limit=100"
            yield f"{title}, 100 entries", entries
    yield "100 entries", "/v1/admin/usage/entries?limit=100"


def busy_and_typical(path: Path, dimension: str) -> Iterator[tuple[str, str, int]]:
    """Yield the value with the most calls, and one in the middle."""
    sql = (
        "SELECT value, sum(ok + error + cancelled) FROM usage_days "
        "WHERE dimension = ? AND value <> '' GROUP BY value ORDER BY 2 DESC"
    )
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute(sql, (dimension,)).fetchall()
    yield "busiest", *rows[0]
    yield "typical", *rows[len(rows) // 2]


async def prepare(data_dir: Path, shape: Shape) -> tuple[float, float]:
    """Make the ledger and its sums where they are not there. Return the seconds of both."""
    began = time.perf_counter()
    if not (data_dir / FILE_NAME).exists():
        fill(data_dir, shape)
    filled = time.perf_counter()
    async with open_database(data_dir) as database:
        await Rollups(database, SystemClock()).catch_up()
        await RollupPairs(database).catch_up()
    return filled - began, time.perf_counter() - filled


@asynccontextmanager
async def serving(data_dir: Path) -> AsyncGenerator[httpx2.AsyncClient]:
    """Open the whole application, and a client of an admin."""
    settings = Settings(data_dir=data_dir, admin_key=SecretStr(KEY), log_level="error")
    nowhere = UpstreamConfig(kind="openai", base_url="http://127.0.0.1:9/v1")
    app: FastAPI = create_app(settings, GatewayConfig(upstreams={"nowhere": nowhere}))
    async with app.router.lifespan_context(app) as state:

        async def started(scope: Any, receive: Any, send: Any) -> None:
            await app({**scope, "state": dict(state or {})}, receive, send)

        transport = httpx2.ASGITransport(started)
        headers = {"authorization": f"Bearer {KEY}"}
        async with httpx2.AsyncClient(
            transport=transport, base_url="http://gateway", headers=headers
        ) as client:
            yield client


async def time_cold(client: httpx2.AsyncClient, path: Path, name: str, asked: str) -> Timed:
    """Time a request that finds nothing of the file in memory, and note its statements."""
    statements: list[tuple[str, Any]] = []

    def note(*facts: Any) -> None:
        statements.append((facts[2], facts[3]))

    forget(path)
    cold_ms, _ = await once(client, asked)
    event.listen(Engine, "before_cursor_execute", note)
    await once(client, asked)
    event.remove(Engine, "before_cursor_execute", note)
    return Timed(name, asked, cold_ms, list(plans(path, statements)))


async def once(client: httpx2.AsyncClient, asked: str) -> tuple[float, float]:
    """Send a request, and return the milliseconds that passed and those of the processor."""
    began, cpu_began = time.perf_counter(), time.process_time()
    answer = await client.get(asked)
    passed_ms = (time.perf_counter() - began) * 1e3
    cpu_ms = (time.process_time() - cpu_began) * 1e3
    if not answer.is_success:
        raise RuntimeError(f"{asked}: {answer.text}")
    return passed_ms, cpu_ms


def forget(path: Path) -> None:
    """Have the system forget what it remembers of a file."""
    with path.open("rb") as file:
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def plans(path: Path, statements: Sequence[tuple[str, Any]]) -> Iterator[str]:
    """Yield how the database goes about each statement that reads usage."""
    seen = set[str]()
    with closing(sqlite3.connect(path)) as connection:
        for sql, values in statements:
            if not sql.startswith("SELECT") or sql in seen:
                continue
            seen.add(sql)
            steps = connection.execute(f"EXPLAIN QUERY PLAN {sql}", values).fetchall()
            plan = "; ".join(
                step[3] for step in steps if "entries" in step[3] or "usage" in step[3]
            )
            if plan and plan not in seen:
                seen.add(plan)
                yield plan


async def write_entries(data_dir: Path) -> float:
    """Let the ledger's writer take calls, each an intent and its entry. Return entries a second."""
    async with (
        open_database(data_dir) as database,
        open_ledger_writer(database.path) as writer,
        open_ledger(writer, HoldDirectory(database), SystemClock()) as ledger,
    ):
        began = time.perf_counter()
        for _ in range(WRITES // 1_000):
            for _ in range(1_000):
                write_call(ledger)
            await ledger.flush()
        return WRITES / (time.perf_counter() - began)


def write_call(ledger: Ledger) -> None:
    """Have one call written down."""
    entry = Entry(
        id=new_id("req"),
        created_at_ms=int(time.time() * 1e3),
        key_id="key_bench",
        client_request_id=None,
        task="chat",
        model="maker-1/model-1",
        upstream="huggingface",
        upstream_model="maker-1/model-1",
        stream=True,
        status=Status.OK,
        error_code=None,
        finish_reason="stop",
        units_in=100,
        units_out=100,
        basis=Basis.REPORTED,
        attempts=1,
        latency_ms=900,
        ttft_ms=90,
        user_id="user_bench",
        team_id="team_bench",
        unit_in="token",
        unit_out="token",
        cost_nusd=1_000,
        price='{"source": "meterhouse.toml", "input_token": 5000, "output_token": 5000}',
        charged='["budget_bench@0"]',
        tags={"app": "docs"},
    )
    row = dict(zip(ENTRIES.names, entry_row(entry), strict=True))
    hold = {name: row.get(name) for name in HOLDS.names}
    hold |= {"lease_id": ledger.lease_id, "units_in": 0, "units_out": 0}
    ledger.note(Intent(HOLDS.row(hold)))
    ledger.settle(entry, ())


@dataclass(frozen=True, slots=True)
class Results:
    """Everything that one run measured."""

    timed: Sequence[Timed]
    writer_rate: float
    others_share: float


async def measure(data_dir: Path) -> Results:
    """Time every report, and the writer on a copy."""
    watch = machine.Watch.start()
    path = data_dir / FILE_NAME
    async with serving(data_dir) as client:
        timed = [await time_cold(client, path, name, asked) for name, asked in requests(path)]
        for _ in range(ROUNDS):  # a busy moment of the machine hits some runs of each
            for one in timed:
                one.warm.extend([await once(client, one.path) for _ in range(RUNS)])
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(path, folder)
        rates = [await write_entries(Path(folder)) for _ in range(3)]
    return Results(timed, median(rates), watch.others_share(0))


def report(results: Results, *, with_plans: bool) -> list[str]:
    """Return what was measured, as lines."""
    timed, rate = results.timed, results.writer_rate
    rows = [
        (one.name, number(one.warm_ms), number(one.cpu_ms), number(one.cold_ms)) for one in timed
    ]
    slowest, cpu = max(one.warm_ms for one in timed), max(one.cpu_ms for one in timed)
    lines = [
        *render_table(("report", "warm ms", "CPU ms", "cold ms"), rows),
        "",
        (
            f"The slowest takes {slowest:.0f} ms (at most {LIMIT_MS}), none more than {cpu:.0f} ms "
            "of the processor: a report uses one core, so where nothing else runs it takes about "
            "that. The writer takes "
            f"{rate:,.0f} calls a second, each an intent and its entry "
            f"(at least {WRITER_LIMIT:,}). Warm: the median of {ROUNDS * RUNS} runs. "
            f"Other processes kept {results.others_share:.0%} of the machine busy meanwhile."
        ),
        "",
        f"- {SystemClock().now():%Y-%m-%d}, SQLite {sqlite3.sqlite_version}",
        *(f"- {line}" for line in machine.describe()),
    ]
    if with_plans:
        for one in timed:
            lines += ["", f"{one.name}: {one.path}", *(f"  {plan}" for plan in one.plans)]
    return lines


def main() -> int:
    """Measure and print; 1 where a promise is not kept."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.usage_reports")
    parser.add_argument("--data", type=Path, help="folder to make the ledger in, and to use again")
    parser.add_argument("--write", action="store_true", help="put the table into docs/usage.md")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        data_dir: Path = chosen.data or Path(folder) / "data"
        seconds = asyncio.run(prepare(data_dir, Shape()))
        print(f"filled in {seconds[0]:.0f} s, summed up in {seconds[1]:.0f} s")
        results = asyncio.run(measure(data_dir))
    print(*report(results, with_plans=True), sep="\n")
    if chosen.write:
        introduction = DOCUMENT.read_text(encoding="utf-8").partition("\n## Measured")[0].rstrip()
        lines = [introduction, "", "## Measured", "", *report(results, with_plans=False), ""]
        DOCUMENT.write_text("\n".join(lines), encoding="utf-8")
    is_quick = max(one.warm_ms for one in results.timed) <= LIMIT_MS
    return 0 if is_quick and results.writer_rate >= WRITER_LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
