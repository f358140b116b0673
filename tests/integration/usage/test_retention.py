"""What is too old is deleted, and what it added up to stays."""

from dataclasses import replace

from app.db.repositories.usage_sums import Dimension
from app.services.ledger.retention import Retention
from tests.integration.usage.calls import DAY_MS, HOUR_MS, MIDNIGHT_MS, Called, query, write
from tests.integration.usage.keeping import Keeping

CALL = Called("req_0", cost_nusd=7, charged=("budget_1@0", "budget_2@0"))


async def keep(kept: Keeping, days: int | None) -> None:
    await kept.catch_up()
    await Retention(kept.database, kept.clock, days).sweep()


def ids(kept: Keeping, table: str = "entries", column: str = "id") -> list[str]:
    return [one for (one,) in query(kept.path, f"SELECT {column} FROM {table} ORDER BY 1")]  # noqa: S608


def add_period(kept: Keeping, budget_id: str) -> None:
    query(
        kept.path,
        "INSERT INTO budgets "
        "VALUES (?, 'instance', '', 100, 'total', 'UTC', 1, '[]', NULL, 0, NULL)",
        budget_id,
    )
    query(
        kept.path,
        "INSERT INTO budget_periods VALUES (?, ?, 0, NULL, 100, 1, 0, 21, 0, 0)",
        f"{budget_id}@0",
        budget_id,
    )


async def test_entries_are_kept_for_ever_unless_somebody_says_how_long(kept: Keeping) -> None:
    write(kept.path, [CALL])
    kept.at(MIDNIGHT_MS + 1_000 * DAY_MS)

    await keep(kept, None)

    assert ids(kept) == ["req_0"]


async def test_whole_days_go_when_the_youngest_of_them_is_too_old(kept: Keeping) -> None:
    moments = (0, DAY_MS - 1, DAY_MS, 2 * DAY_MS)
    write(kept.path, [replace(CALL, id=f"req_{at}", at_ms=MIDNIGHT_MS + at) for at in moments])
    kept.at(MIDNIGHT_MS + 3 * DAY_MS + 5 * HOUR_MS)

    await keep(kept, 2)

    assert ids(kept) == sorted([f"req_{DAY_MS}", f"req_{2 * DAY_MS}"])


async def test_the_cost_of_what_goes_is_in_the_closing_balances(kept: Keeping) -> None:
    add_period(kept, "budget_1")
    add_period(kept, "budget_2")
    write(
        kept.path,
        [
            CALL,
            replace(CALL, id="req_1", charged=("budget_1@0",)),
            replace(CALL, id="req_2", cost_nusd=None),
            replace(CALL, id="req_3", charged=()),
            replace(CALL, id="req_4", at_ms=MIDNIGHT_MS + 9 * DAY_MS),
        ],
    )
    kept.at(MIDNIGHT_MS + 10 * DAY_MS)

    await keep(kept, 5)

    assert ids(kept) == ["req_4"]
    assert query(kept.path, "SELECT id, closing_nusd, settled_nusd FROM budget_periods") == [
        ("budget_1@0", 14, 21),
        ("budget_2@0", 7, 21),
    ]


async def test_sums_stay_and_say_where_single_entries_are_missing(kept: Keeping) -> None:
    old = [replace(CALL, id=f"req_{n}", at_ms=MIDNIGHT_MS + n * HOUR_MS) for n in range(5)]
    write(kept.path, [*old, replace(CALL, id="req_new", at_ms=MIDNIGHT_MS + 9 * DAY_MS)])
    kept.at(MIDNIGHT_MS + 10 * DAY_MS)
    await keep(kept, 5)

    whole = await kept.report(group_by=Dimension.MODEL)
    of_key = await kept.report(only={Dimension.KEY: "key_1"})
    by_hour = await kept.report(MIDNIGHT_MS, MIDNIGHT_MS + 2 * HOUR_MS)
    half_hour = await kept.report(MIDNIGHT_MS + 1)
    crossed = await kept.report(only={Dimension.KEY: "key_1"}, group_by=Dimension.MODEL)

    assert [report.form.totals.sums.calls for report in (whole, of_key, by_hour)] == [6, 6, 2]
    assert {report.complete_since for report in (whole, of_key, by_hour)} == {None}
    assert half_hour.form.totals.sums.calls == 5  # of 00:00, only single entries knew the minute
    assert [group.summary.sums.calls for group in crossed.form.groups or ()] == [1]
    for report in (half_hour, crossed):
        assert report.complete_since is not None
        assert report.complete_since.isoformat() == "2026-11-24T00:00:00+00:00"


async def test_what_the_sums_do_not_hold_yet_is_not_deleted(kept: Keeping) -> None:
    kept.at(MIDNIGHT_MS + 10 * DAY_MS)
    write(kept.path, [CALL])
    await Retention(kept.database, kept.clock, 1).sweep()
    assert ids(kept) == ["req_0"]

    await kept.catch_up()
    write(kept.path, [replace(CALL, id="req_late")])
    await Retention(kept.database, kept.clock, 1).sweep()
    assert ids(kept) == ["req_late"]

    await keep(kept, 1)
    assert ids(kept) == []
    assert (await kept.report()).form.totals.sums.calls == 2


async def test_a_quiet_gateway_deletes_too(kept: Keeping) -> None:
    kept.at(MIDNIGHT_MS + HOUR_MS)
    write(kept.path, [CALL])
    await keep(kept, 1)

    kept.at(MIDNIGHT_MS + 5 * DAY_MS)
    await keep(kept, 1)

    assert ids(kept) == []


async def test_bodies_go_when_they_expire_and_with_their_entries(kept: Keeping) -> None:
    kept.at(MIDNIGHT_MS + 10 * DAY_MS)
    write(kept.path, [CALL, replace(CALL, id="req_1", at_ms=MIDNIGHT_MS + 9 * DAY_MS)])
    for entry_id, expires_ms in (
        ("req_0", 99 * DAY_MS),
        ("req_1", 10 * DAY_MS),
        ("req_2", 11 * DAY_MS),
    ):
        query(
            kept.path,
            "INSERT INTO bodies VALUES (?, ?, 'asked', 'answered', 0)",
            entry_id,
            MIDNIGHT_MS + expires_ms,
        )

    await keep(kept, None)
    assert ids(kept, "bodies", "entry_id") == ["req_0", "req_2"]
    await keep(kept, 5)
    assert ids(kept, "bodies", "entry_id") == ["req_2"]
