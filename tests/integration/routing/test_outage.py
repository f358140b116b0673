"""An upstream that is gone for ten minutes, in time that passes at once."""

import asyncio
from collections import Counter
from datetime import UTC, datetime
from typing import Final, cast

import pytest

from app.core.clock import SystemClock
from app.core.errors import AppError, UpstreamUnreachableError
from app.core.gateway_file import GatewayConfig
from app.services.providers.provider import Provider
from app.services.routing.breaker import LONGEST_OPEN_SECONDS
from app.services.routing.course import Course
from app.services.routing.entrances import Entrances
from app.services.routing.health import Health
from app.services.routing.target import Target
from tests.support.skipped_time import in_no_time

CALLS_PER_SECOND: Final = 20
BEFORE: Final = 30  # seconds in which all is well
OUTAGE: Final = 600
# Repeats: a fifth of the calls, and three a second; a last one where a part of one is left.
ALLOWED_IN_TEN_SECONDS: Final = 0.2 * 10 * CALLS_PER_SECOND + 30 + 1
ANSWER_SECONDS: Final = 0.2
TOTAL_SECONDS: Final = 60.0
FIRST, SECOND = (
    Target(name, "m", cast("Provider", None), priority=number) for number, name in enumerate("ab")
)


class LoopClock(SystemClock):
    """The time of the running loop."""

    def monotonic(self) -> float:
        return asyncio.get_running_loop().time()

    def now(self) -> datetime:
        return datetime(2026, 11, 23, tzinfo=UTC)


class Traffic:
    """Calls as they come, with what each upstream has got of them in each second."""

    def __init__(self, *targets: Target, fails_after: float) -> None:
        upstream = {"kind": "openai", "base_url": "http://x/v1"}
        config = {"upstreams": {"a": upstream, "b": upstream}}
        self.clock = LoopClock()
        self.health = Health(self.clock)
        self.entrances = Entrances(GatewayConfig.model_validate(config).upstreams)
        self.targets = targets
        self.fails_after = fails_after
        self.is_down = False
        self.began = self.clock.monotonic()
        self.asked: dict[str, Counter[int]] = {"a": Counter(), "b": Counter()}
        self.repeats = Counter[int]()
        self.answered: dict[str, Counter[int]] = {"a": Counter(), "b": Counter()}

    @property
    def second(self) -> int:
        return int(self.clock.monotonic() - self.began)

    async def run(self, seconds: float) -> None:
        async with asyncio.TaskGroup() as group:
            for _ in range(int(seconds * CALLS_PER_SECOND)):
                group.create_task(self.call())
                await asyncio.sleep(1 / CALLS_PER_SECOND)

    async def call(self) -> None:
        course = Course(self.targets, self.health, self.entrances, self.clock)
        ends_at = self.clock.monotonic() + TOTAL_SECONDS
        asked = set[Target]()
        while step := course.next(ends_at - self.clock.monotonic()):
            target = step.target
            self.repeats[self.second] += target in asked
            asked.add(target)
            await asyncio.sleep(step.wait_seconds)
            course.note_asked(target)
            ticket = self.health.begin(target.place)
            error = await self.ask(target)
            if error is None:
                self.health.succeed(target.place, ticket, ANSWER_SECONDS, stream=False)
                self.answered[target.upstream][self.second] += 1
                return
            verdict = self.health.fail(target.place, ticket, error)
            course.note_failed(target, error, verdict)

    async def ask(self, target: Target) -> AppError | None:
        self.asked[target.upstream][self.second] += 1
        if target is FIRST and self.is_down:
            await asyncio.sleep(self.fails_after)
            return UpstreamUnreachableError("It is gone.")
        await asyncio.sleep(ANSWER_SECONDS)
        return None


async def outage(*targets: Target, fails_after: float, after: float) -> Traffic:
    """Let the first upstream be gone in the midst of traffic, and come back."""
    traffic = Traffic(*targets, fails_after=fails_after)
    async with asyncio.TaskGroup() as group:
        group.create_task(traffic.run(BEFORE + OUTAGE + after))
        await asyncio.sleep(BEFORE)
        traffic.is_down = True
        await asyncio.sleep(OUTAGE)
        traffic.is_down = False
    return traffic


def within(counts: Counter[int], first: int, last: int) -> int:
    return sum(count for second, count in counts.items() if first <= second < last)


@pytest.mark.parametrize("fails_after", [0.01, 5.0])
@in_no_time
async def test_one_upstream_alone_gets_few_repeats_and_answers_as_soon_as_it_is_back(
    fails_after: float,
) -> None:
    traffic = await outage(FIRST, fails_after=fails_after, after=30)

    back = BEFORE + OUTAGE
    most = max(within(traffic.repeats, second, second + 10) for second in range(back + 30))
    assert 0 < most <= ALLOWED_IN_TEN_SECONDS
    assert traffic.repeats.total() <= ALLOWED_IN_TEN_SECONDS * (OUTAGE / 10 + 1)
    assert within(traffic.answered["a"], BEFORE + 1, back) == 0
    assert within(traffic.answered["a"], back + 1, back + 20) >= 19 * CALLS_PER_SECOND


@pytest.mark.parametrize("fails_after", [0.01, 5.0])
@in_no_time
async def test_with_a_fallback_the_first_gets_probes_and_is_back_within_two_open_periods(
    fails_after: float,
) -> None:
    traffic = await outage(FIRST, SECOND, fails_after=fails_after, after=LONGEST_OPEN_SECONDS + 60)

    back, end = BEFORE + OUTAGE, BEFORE + OUTAGE + int(LONGEST_OPEN_SECONDS) + 60
    is_open = BEFORE + int(fails_after) + 2
    asked, answered = traffic.asked["a"], traffic.answered["a"]
    assert within(asked, is_open, back) <= 7  # after 5, 10, 20, 40, 80, 160 and 300 s
    assert within(traffic.answered["b"], is_open, back) >= 0.99 * CALLS_PER_SECOND * OUTAGE
    assert not traffic.repeats.total()
    last_probe = max(second for second in asked if second < back)
    first_answer = min(second for second in answered if second >= back)
    assert first_answer - back < 2 * (first_answer - last_probe)
    assert within(answered, first_answer + 1, end) >= 0.98 * CALLS_PER_SECOND * (
        end - first_answer - 1
    )
