"""Who calls what, when and how much: a month of calls, always alike for the same moment."""

import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, Literal, NamedTuple
from zoneinfo import ZoneInfo

DAYS: Final = 29
BERLIN: Final = ZoneInfo("Europe/Berlin")
NEW_YORK: Final = ZoneInfo("America/New_York")
FLAPPING: Final = "cloud-one"

_ALL_DAY: Final = (0.0, 24.0)
_MOST_OUT: Final = 900  # tokens, below what a stream holds at first
_TIMEOUT_MS: Final = 60_000
_SEED: Final = 6

Ending = Literal["ok", "left", "timeout"]


class Model(NamedTuple):
    """How a model is used, and how fast it answers."""

    name: str
    tokens_in: int
    tokens_out: int
    first_ms: int
    token_ms: float


_ASSISTANT: Final = Model("assistant", 2_600, 380, 420, 11)
_SMALL: Final = Model("quick", 900, 140, 210, 5)
_READER: Final = Model("long-reader", 14_000, 420, 900, 19)
_CODER: Final = Model("coder", 3_400, 520, 360, 9)
_VISION: Final = Model("vision", 1_500, 120, 640, 14)


class Habit(NamedTuple):
    """One key: whose day it follows, and what it calls."""

    key: str
    team: str
    zone: ZoneInfo
    calls_a_day: float
    hours: tuple[float, float]
    weekend: float  # its share of an ordinary day
    models: Mapping[Model, int]  # with weights
    streams: float  # so many of all
    days_ago: tuple[int, int] = (DAYS, 0)  # the first and the last one


HABITS: Final[Sequence[Habit]] = (
    Habit("evaluation", "research", BERLIN, 70, (8, 19), 0.1, {_READER: 5, _ASSISTANT: 3}, 0.2),
    Habit("notebook", "research", BERLIN, 60, (9, 18), 0.2, {_CODER: 4, _ASSISTANT: 2}, 0.9),
    Habit("search-app", "research", BERLIN, 130, _ALL_DAY, 0.7, {_SMALL: 6, _ASSISTANT: 2}, 0.6),
    Habit("laptop", "support", NEW_YORK, 35, (8, 17), 0.05, {_ASSISTANT: 1, _SMALL: 1}, 0.9),
    Habit("old laptop", "support", NEW_YORK, 30, (9, 18), 0.05, {_ASSISTANT: 1}, 0.9, (DAYS, 12)),
    Habit("new laptop", "support", NEW_YORK, 30, (9, 18), 0.05, {_ASSISTANT: 1}, 0.9, (9, 0)),
    Habit("ticket-bot", "support", NEW_YORK, 120, _ALL_DAY, 0.6, {_SMALL: 5, _VISION: 1}, 0.0),
    Habit("weekly-digest", "support", NEW_YORK, 14, (5, 7), 1.0, {_READER: 1}, 0.0),
)


class Planned(NamedTuple):
    """One call that is to be."""

    at: datetime
    key: str
    team: str
    model: str
    tokens_in: int
    tokens_out: int
    cached_in: int
    stream: bool
    ending: Ending
    is_first_down: bool  # the first target refuses it
    first_ms: int
    latency_ms: int


def plan_calls(now: datetime) -> Sequence[Planned]:
    """Return the calls of the days up to now, the oldest first."""
    chance = random.Random(_SEED)  # noqa: S311 - made up, not secret
    outages = _outages(now, chance)
    calls = [
        _planned(habit, at, chance, is_down=any(begin <= at < end for begin, end in outages))
        for habit in HABITS
        for at in _moments(habit, now, chance)
    ]
    return sorted(calls, key=lambda call: call.at)


def _outages(now: datetime, chance: random.Random) -> Sequence[tuple[datetime, datetime]]:
    """Return when the first upstream was down: a while on some days, and just now."""
    found = [(now - timedelta(minutes=34), now - timedelta(minutes=22))]
    for days_ago in range(1, DAYS, 3):
        begin = now - timedelta(days=days_ago, minutes=chance.randrange(600))
        found.append((begin, begin + timedelta(minutes=chance.randrange(8, 90))))
    return found


def _moments(habit: Habit, now: datetime, chance: random.Random) -> Iterator[datetime]:
    """Yield when a key is used, in the days of its own time zone."""
    today = now.astimezone(habit.zone).date()
    begin = datetime.combine(
        now.date() - timedelta(days=DAYS), time(), UTC
    )  # there are keys by then
    first, last = habit.days_ago
    for days_ago in range(first, last - 1, -1):
        that = today - timedelta(days=days_ago)
        calls = habit.calls_a_day * (habit.weekend if that.weekday() > 4 else 1)  # noqa: PLR2004
        for _ in range(round(chance.gauss(calls, calls / 8))):
            at = _moment(habit, that, chance)
            if begin <= at < now - timedelta(minutes=1):
                yield at


def _moment(habit: Habit, that: date, chance: random.Random) -> datetime:
    begin, end = habit.hours
    hour = chance.uniform(begin, end)
    if habit.hours != _ALL_DAY and chance.random() < 0.6:  # noqa: PLR2004 - most around noon
        hour = chance.triangular(begin, end)
    midnight = datetime.combine(that, time(), habit.zone)
    return (midnight + timedelta(hours=hour)).astimezone(UTC)


def _planned(habit: Habit, at: datetime, chance: random.Random, *, is_down: bool) -> Planned:
    model = chance.choices([*habit.models], [*habit.models.values()])[0]
    tokens_in = int(model.tokens_in * chance.lognormvariate(-0.1, 0.5)) + 20
    tokens_out = min(int(model.tokens_out * chance.lognormvariate(-0.1, 0.5)) + 5, _MOST_OUT)
    first_ms = int(model.first_ms * chance.lognormvariate(0, 0.3))
    ending = chance.choices(("ok", "left", "timeout"), (978, 14, 8))[0]
    latency_ms = first_ms + int(tokens_out * model.token_ms * chance.uniform(0.8, 1.3))
    return Planned(
        at=at,
        key=habit.key,
        team=habit.team,
        model=model.name,
        tokens_in=tokens_in,
        tokens_out=tokens_out,
        cached_in=tokens_in // 2 if chance.random() < 0.25 else 0,  # noqa: PLR2004
        stream=chance.random() < habit.streams,
        ending=ending,
        is_first_down=is_down,
        first_ms=first_ms,
        latency_ms=_TIMEOUT_MS if ending == "timeout" else latency_ms,
    )
