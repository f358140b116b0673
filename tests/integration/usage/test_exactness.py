"""Whatever comes when, a report says what all calls add up to, to the last nano-dollar."""

import asyncio
from collections.abc import Generator, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from app.core.tasks.units import Unit
from app.db.repositories.usage_sums import Dimension, start_of
from app.services.ledger import reports, rollup_pairs, rollups
from app.services.ledger.report_form import Group, Point, Summary
from app.services.ledger.usage_query import Interval
from tests.integration.usage.calls import (
    HOUR_MS,
    MIDNIGHT_MS,
    MINUTE_MS,
    Called,
    add_up,
    forget_all,
    write,
)
from tests.integration.usage.keeping import Keeping, keeping

LAST_MS = MIDNIGHT_MS + 178 * HOUR_MS  # in the week after


@st.composite
def moments(draw: st.DrawFn) -> int:
    """Return a moment of eight days, often one where an hour or a day begins or ends."""
    hours = draw(st.integers(0, 177))
    minutes = draw(st.sampled_from([0, 0, 1, 30, 59]))
    return MIDNIGHT_MS + hours * HOUR_MS + minutes * MINUTE_MS + draw(_OFFSETS)


_OFFSETS = st.sampled_from([0, 0, 1, 59_999])
calls = st.builds(
    Called,
    id=st.uuids().map(lambda one: f"req_{one.hex[:26]}"),
    at_ms=moments(),
    team=st.sampled_from([None, "team_1", "team_2"]),
    user=st.sampled_from([None, "user_1"]),
    key=st.sampled_from(["key_1", "key_2"]),
    model=st.sampled_from(["m", "n"]),
    task=st.sampled_from(["chat", "embedding"]),
    upstream=st.sampled_from([None, "hf", "own"]),
    status=st.sampled_from(["ok", "error", "cancelled"]),
    units=st.tuples(st.sampled_from([7, 11, 10**12]), st.sampled_from([None, *Unit, "furlong"]))
    | st.just((None, None)),
    cost_nusd=st.none() | st.integers(0, 10**15),
    price=st.sampled_from([None, {"source": "assumed"}, {"source": "api", "request": 1}]),
    tags=st.dictionaries(st.sampled_from(["app", "näme"]), st.sampled_from(["", "a=b"])),
    latency_ms=st.integers(-1, 10**8),
    ttft_ms=st.none() | st.integers(0, 10**4),
)
batches = st.lists(st.tuples(st.lists(calls, max_size=12), moments()), min_size=1, max_size=4)
_VALUES: Final[Mapping[Dimension, str]] = {
    Dimension.TEAM: "team_1",
    Dimension.USER: "user_1",
    Dimension.KEY: "key_1",
    Dimension.MODEL: "m",
}


@dataclass(frozen=True, slots=True)
class Question:
    """Which report is wanted."""

    since_ms: int | None
    until_ms: int | None
    only: dict[Dimension, str]
    group_by: Dimension | None
    interval: Interval | None

    def wants(self, call: Called) -> bool:
        """Say whether a call is in it."""
        return (
            (self.since_ms is None or call.at_ms >= self.since_ms)
            and (self.until_ms is None or call.at_ms < self.until_ms)
            and all(value in call.values(one) for one, value in self.only.items())
        )


@st.composite
def questions(draw: st.DrawFn) -> Question:
    """Return a report that can be asked for."""
    since_ms, until_ms = draw(st.none() | moments()), draw(st.none() | moments())
    if since_ms is not None and until_ms is not None:
        since_ms, until_ms = min(since_ms, until_ms), max(since_ms, until_ms) + 1
    named = draw(st.sets(st.sampled_from(list(_VALUES)), max_size=2))
    group_by = draw(st.none() | st.sampled_from([one for one in Dimension if one != "all"]))
    interval = draw(st.none() | st.sampled_from(Interval))
    if interval is Interval.MINUTE:
        since_ms = draw(moments()) if since_ms is None else since_ms
        until_ms = since_ms + draw(st.integers(1, 3 * HOUR_MS - MINUTE_MS))
    return Question(since_ms, until_ms, {one: _VALUES[one] for one in named}, group_by, interval)


@pytest.fixture(autouse=True)
def _small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make few calls as much work as many are."""
    monkeypatch.setattr(rollups, "ENTRIES_PER_STEP", 3)
    monkeypatch.setattr(rollup_pairs, "BUSY_CALLS", 2)
    monkeypatch.setattr(reports, "MAX_GROUPED_POINTS", 200)
    for module in (rollups, rollup_pairs):
        monkeypatch.setattr(module, "_PAUSE_SECONDS", 0)


@pytest.fixture
def runner(data_dir: Path) -> Generator[tuple[asyncio.Runner, Keeping]]:
    """Return a ledger, and what runs coroutines on it: opening one for each example is slow."""
    with asyncio.Runner() as loop:
        stack = AsyncExitStack()
        kept = loop.run(stack.enter_async_context(keeping(data_dir)))
        yield loop, kept
        loop.run(stack.aclose())


@pytest.mark.parametrize(
    "examples", [8, pytest.param(25, marks=pytest.mark.thorough)], ids="{} examples".format
)
@pytest.mark.timeout(120)
def test_a_report_is_what_the_calls_add_up_to(
    runner: tuple[asyncio.Runner, Keeping], examples: int
) -> None:
    @settings(max_examples=examples, suppress_health_check=[HealthCheck.too_slow])
    @given(
        batches=batches, last=st.lists(calls, max_size=6), asked=st.lists(questions(), max_size=6)
    )
    def search(
        batches: list[tuple[list[Called], int]], last: list[Called], asked: list[Question]
    ) -> None:
        add_up_and_compare(*runner, batches, last=last, asked=asked)

    search()


def add_up_and_compare(
    loop: asyncio.Runner,
    kept: Keeping,
    batches: list[tuple[list[Called], int]],
    *,
    last: list[Called],
    asked: list[Question],
) -> None:

    async def run() -> None:
        written = list[Called]()
        for some, now_ms in batches:  # the clock jumps, and calls come in any order
            write(kept.path, some)
            written += some
            kept.at(now_ms)
            await kept.catch_up()
        write(kept.path, last)
        written += last
        kept.at(LAST_MS)
        for question in asked:
            await compare(kept, written, question)

    forget_all(kept.path)
    loop.run(run())


async def compare(kept: Keeping, written: Sequence[Called], asked: Question) -> None:
    wanted = [call for call in written if asked.wants(call)]

    report = await kept.report(
        asked.since_ms,
        asked.until_ms,
        only=asked.only,
        group_by=asked.group_by,
        interval=asked.interval,
    )

    form = report.form
    assert form.totals == Summary.of(add_up(wanted)), asked
    assert report.complete_since is None
    _compare_series(form.series, wanted, asked)
    if form.series and asked.interval and asked.since_ms is not None:
        assert form.series[0].start_ms == start_of(asked.since_ms, asked.interval.width_ms)
    if asked.group_by is None:
        assert form.groups is None
    else:
        _compare_groups(form.groups, wanted, asked, asked.group_by)


def _compare_series(
    series: Sequence[Point] | None, wanted: Sequence[Called], asked: Question
) -> None:
    if asked.interval is None:
        assert series is None
        return
    assert series is not None
    width_ms = asked.interval.width_ms
    starts = [point.start_ms for point in series]
    assert all(after - before == width_ms for before, after in pairwise(starts))
    for point in series:
        inside = [call for call in wanted if start_of(call.at_ms, width_ms) == point.start_ms]
        assert point.summary == Summary.of(add_up(inside)), (point.start_ms, asked)
    assert sum(point.summary.sums.calls for point in series) == len(wanted), asked


def _compare_groups(
    groups: Sequence[Group] | None,
    wanted: Sequence[Called],
    asked: Question,
    group_by: Dimension,
) -> None:
    assert groups is not None
    values = {value for call in wanted for value in call.values(group_by)}
    assert {group.value or "" for group in groups} == values
    for group in groups:
        inside = [call for call in wanted if (group.value or "") in call.values(group_by)]
        assert group.summary == Summary.of(add_up(inside)), asked
        _compare_series(group.series, inside, asked)
    order = [(-one.summary.sums.cost_nusd, -one.summary.sums.calls) for one in groups]
    assert order == sorted(order)
