"""The sums that are kept: no call is missed or counted twice, whatever comes between."""

import asyncio
import sqlite3
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, closing
from dataclasses import replace

import pytest
from sqlalchemy.ext.asyncio import AsyncSession
from structlog.testing import capture_logs

from app.db.database import Database
from app.db.repositories.usage_sums import Dimension, pair
from app.services.ledger import rollup_pairs, rollups, upkeep
from app.services.ledger.rollups import Rollups
from app.services.ledger.upkeep import LedgerUpkeep
from app.services.ledger.usage_query import Interval
from app.utils.background import running_beside
from tests.integration.usage.calls import (
    DAY_MS,
    HOUR_MS,
    MIDNIGHT_MS,
    MINUTE_MS,
    Called,
    query,
    write,
)
from tests.integration.usage.keeping import Keeping

CALL = Called("req_0", team="team_1", model="m", tags={"app": "docs", "env": "prod"})


def kept_calls(kept: Keeping, table: str, dimension: str = "all") -> dict[tuple[int, str], int]:
    """Return how many calls the kept sums have, by start and value."""
    sql = f"SELECT start_ms, value, ok FROM {table} WHERE dimension = ?"  # noqa: S608 - ours
    return {(start, value): ok for start, value, ok in query(kept.path, sql, dimension)}


def marks(kept: Keeping) -> dict[str, int]:
    return dict(query(kept.path, "SELECT name, value FROM usage_marks"))


async def test_calls_are_added_to_their_hour_and_day_by_everything(kept: Keeping) -> None:
    moments = (MIDNIGHT_MS, MIDNIGHT_MS + HOUR_MS - 1, MIDNIGHT_MS + HOUR_MS)
    write(kept.path, [replace(CALL, id=f"req_{at}", at_ms=at) for at in moments])
    kept.at(MIDNIGHT_MS + 2 * HOUR_MS)

    await kept.catch_up()

    assert kept_calls(kept, "usage_hours") == {
        (MIDNIGHT_MS, ""): 2,
        (MIDNIGHT_MS + HOUR_MS, ""): 1,
    }
    assert kept_calls(kept, "usage_days") == {(MIDNIGHT_MS, ""): 3}
    assert kept_calls(kept, "usage_weeks") == {(MIDNIGHT_MS, ""): 3}  # it is a Monday
    for dimension, value in (("team", "team_1"), ("user", ""), ("model", "m"), ("status", "ok")):
        assert kept_calls(kept, "usage_days", dimension) == {(MIDNIGHT_MS, value): 3}
    assert kept_calls(kept, "usage_days", "tag") == {
        (MIDNIGHT_MS, "app=docs"): 3,
        (MIDNIGHT_MS, "env=prod"): 3,
    }


@pytest.mark.parametrize("only", [{}, {Dimension.TEAM: "team_1"}])
async def test_minutes_of_an_hour_that_is_kept_are_still_those_of_its_calls(
    kept: Keeping, only: dict[Dimension, str]
) -> None:
    moments = (MIDNIGHT_MS, MIDNIGHT_MS + 2 * MINUTE_MS, MIDNIGHT_MS + HOUR_MS - 1)
    write(kept.path, [replace(CALL, id=f"req_{at}", at_ms=at) for at in moments])
    kept.at(MIDNIGHT_MS + 2 * DAY_MS)
    await kept.catch_up()

    report = await kept.report(
        MIDNIGHT_MS, MIDNIGHT_MS + HOUR_MS, only=only, interval=Interval.MINUTE
    )

    calls = [point.summary.sums.calls for point in report.form.series or ()]
    assert calls == [1, 0, 1, *[0] * 56, 1]
    assert report.form.totals.sums.calls == 3


async def test_the_newest_minute_waits(kept: Keeping) -> None:
    kept.at(MIDNIGHT_MS + MINUTE_MS)
    write(kept.path, [replace(CALL, at_ms=MIDNIGHT_MS)])

    await kept.catch_up()
    assert kept_calls(kept, "usage_days") == {}

    kept.at(MIDNIGHT_MS + MINUTE_MS + 1)
    await kept.catch_up()
    assert kept_calls(kept, "usage_days") == {(MIDNIGHT_MS, ""): 1}


async def test_adding_again_adds_nothing(kept: Keeping) -> None:
    write(kept.path, [CALL])
    kept.at(MIDNIGHT_MS + HOUR_MS)
    await kept.catch_up()
    before = marks(kept)

    await kept.catch_up()

    assert kept_calls(kept, "usage_days") == {(MIDNIGHT_MS, ""): 1}
    assert marks(kept) == before  # and it wrote nothing


async def test_a_long_call_is_added_when_it_ends(kept: Keeping) -> None:
    kept.at(MIDNIGHT_MS + HOUR_MS)
    write(kept.path, [CALL])
    await kept.catch_up()
    write(kept.path, [replace(CALL, id="req_long", at_ms=MIDNIGHT_MS + 5)])
    assert (await kept.report()).form.totals.sums.calls == 2  # before it is added, too

    await kept.catch_up()

    assert kept_calls(kept, "usage_days") == {(MIDNIGHT_MS, ""): 2}
    assert kept_calls(kept, "usage_hours") == {(MIDNIGHT_MS, ""): 2}
    assert query(kept.path, "SELECT * FROM usage_late") == []
    assert (await kept.report()).form.totals.sums.calls == 2


async def test_calls_of_a_clock_that_goes_back_are_added(kept: Keeping) -> None:
    kept.at(MIDNIGHT_MS + 2 * HOUR_MS)
    write(kept.path, [replace(CALL, at_ms=MIDNIGHT_MS + 90 * MINUTE_MS)])
    await kept.catch_up()

    kept.at(MIDNIGHT_MS + HOUR_MS)  # an hour back
    write(kept.path, [replace(CALL, id="req_1", at_ms=MIDNIGHT_MS + HOUR_MS)])
    await kept.catch_up()

    assert kept_calls(kept, "usage_hours") == {(MIDNIGHT_MS + HOUR_MS, ""): 2}


async def test_a_call_written_between_reading_and_writing_is_not_lost(
    kept: Keeping, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(kept.path, [CALL])
    kept.at(MIDNIGHT_MS + HOUR_MS)
    come = [replace(CALL, id="req_between", at_ms=MIDNIGHT_MS + 1)]
    begin = Database.transaction

    @asynccontextmanager
    async def late_transaction(database: Database) -> AsyncGenerator[AsyncSession]:
        write(kept.path, come)
        come.clear()
        async with begin(database) as session:
            yield session

    monkeypatch.setattr(Database, "transaction", late_transaction)
    await kept.catch_up()

    assert kept_calls(kept, "usage_days") == {(MIDNIGHT_MS, ""): 2}


async def test_two_tasks_at_once_add_nothing_twice(kept: Keeping) -> None:
    write(kept.path, [replace(CALL, id=f"req_{n}", at_ms=MIDNIGHT_MS + n) for n in range(40)])
    kept.at(MIDNIGHT_MS + HOUR_MS)
    await Rollups(kept.database, kept.clock).catch_up()
    write(kept.path, [replace(CALL, id=f"req_late_{n}") for n in range(40)])

    tasks = [Rollups(kept.database, kept.clock) for _ in range(3)]
    await asyncio.gather(*(task.catch_up() for task in tasks))

    assert kept_calls(kept, "usage_days") == {(MIDNIGHT_MS, ""): 80}


async def test_many_calls_are_added_in_small_steps(
    kept: Keeping, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rollups, "ENTRIES_PER_STEP", 10)
    write(kept.path, [replace(CALL, id=f"req_{n}", at_ms=MIDNIGHT_MS + n // 2) for n in range(95)])
    write(kept.path, [replace(CALL, id=f"req_same_{n}") for n in range(30)])  # in one millisecond
    kept.at(MIDNIGHT_MS + HOUR_MS)

    await kept.catch_up()

    assert kept_calls(kept, "usage_days") == {(MIDNIGHT_MS, ""): 125}
    assert marks(kept)["writes"] >= 9


@pytest.mark.parametrize("late", [False, True])
async def test_a_busy_day_of_one_model_is_added_up_by_all_else(
    kept: Keeping, monkeypatch: pytest.MonkeyPatch, *, late: bool
) -> None:
    monkeypatch.setattr(rollup_pairs, "BUSY_CALLS", 3)
    calls = [
        replace(CALL, id=f"req_{n}", at_ms=MIDNIGHT_MS + n, key=f"key_{n % 2}", model=model)
        for n, model in enumerate(["m"] * 4 + ["n"] * 2)
    ]
    write(kept.path, calls)
    kept.at(MIDNIGHT_MS + DAY_MS + HOUR_MS + MINUTE_MS)
    await kept.catch_up()
    if late:  # what was added up is not true any more, and made anew
        write(kept.path, [replace(CALL, id="req_late", key="key_1")])
        await kept.catch_up()

    by_key = kept_calls(kept, "usage_days", pair(Dimension.KEY, Dimension.MODEL, "m"))
    assert by_key == {(MIDNIGHT_MS, "key_0"): 2, (MIDNIGHT_MS, "key_1"): 2 + late}
    assert kept_calls(kept, "usage_days", pair(Dimension.KEY, Dimension.MODEL, "n")) == {}
    assert marks(kept)["paired_to"] == MIDNIGHT_MS + DAY_MS


async def test_a_day_is_not_busy_before_it_is_over(
    kept: Keeping, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rollup_pairs, "BUSY_CALLS", 1)
    write(kept.path, [CALL])
    kept.at(MIDNIGHT_MS + DAY_MS)

    await kept.catch_up()

    assert kept_calls(kept, "usage_days", pair(Dimension.KEY, Dimension.MODEL, "m")) == {}


async def test_a_locked_database_puts_the_upkeep_off(kept: Keeping) -> None:
    write(kept.path, [CALL])
    kept.at(MIDNIGHT_MS + HOUR_MS)
    task = LedgerUpkeep(kept.database, kept.clock, None)
    async with kept.database.transaction() as session:
        await (await session.connection()).exec_driver_sql("PRAGMA busy_timeout=1")

    with capture_logs() as logs, closing(sqlite3.connect(kept.path)) as other:
        other.execute("BEGIN IMMEDIATE")
        await task.run()
    assert [log["event"] for log in logs] == ["ledger_upkeep_put_off"]
    await task.run()

    assert kept_calls(kept, "usage_days") == {(MIDNIGHT_MS, ""): 1}


async def test_the_task_works_by_itself(kept: Keeping, monkeypatch: pytest.MonkeyPatch) -> None:
    write(kept.path, [CALL])
    kept.at(MIDNIGHT_MS + HOUR_MS)
    monkeypatch.setattr(upkeep, "SECONDS_BETWEEN", 0)
    done = asyncio.Event()

    async def run(self: LedgerUpkeep) -> None:
        await Rollups(kept.database, kept.clock).catch_up()
        done.set()
        del self

    monkeypatch.setattr(LedgerUpkeep, "run", run)
    async with running_beside(LedgerUpkeep(kept.database, kept.clock, None).run_for_ever()):
        await asyncio.wait_for(done.wait(), 10)

    assert kept_calls(kept, "usage_days") == {(MIDNIGHT_MS, ""): 1}
