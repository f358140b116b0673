"""Whom to ask next, after what has failed so far."""

from datetime import UTC, datetime
from typing import cast

import pytest

from app.core import errors
from app.core.clock import SystemClock
from app.core.gateway_file import GatewayConfig
from app.services.providers.provider import Provider
from app.services.routing.course import LONGEST_WAIT_SECONDS, Course
from app.services.routing.entrances import Entrances
from app.services.routing.health import Health
from app.services.routing.target import Target

A, B, C = (Target(name, "m", cast("Provider", None)) for name in "abc")
FAULT = errors.UpstreamError("It broke.")


class Clock(SystemClock):
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def monotonic(self) -> float:
        return self.seconds

    def now(self) -> datetime:
        return datetime(2026, 11, 23, tzinfo=UTC)


class World:
    """Upstreams, and one call to them."""

    def __init__(self, *targets: Target, max_parallel: int | None = None) -> None:
        upstream = {"kind": "openai", "base_url": "http://x/v1", "max_parallel": max_parallel}
        config = GatewayConfig.model_validate({"upstreams": dict.fromkeys("abc", upstream)})
        self.clock = Clock()
        self.health = Health(self.clock)
        self.entrances = Entrances(config.upstreams)
        self.targets = targets
        self.course = self.another()

    def another(self) -> Course:
        return Course(self.targets, self.health, self.entrances, self.clock)

    def ask(self, error: errors.AppError | None = None, *, left: float = 600.0) -> Target | None:
        """Ask whoever is next, who answers with an error, or well; return who it was."""
        step = self.course.next(left)
        if step is None:
            return None
        self.clock.seconds += step.wait_seconds
        self.course.note_asked(step.target)
        ticket = self.health.begin(step.target.place)
        if error is None:
            self.health.succeed(step.target.place, ticket, 0.1, stream=False)
        else:
            verdict = self.health.fail(step.target.place, ticket, error)
            self.course.note_failed(step.target, error, verdict)
        return step.target


def test_the_plan_is_followed_while_targets_fail_and_then_nobody_is_left() -> None:
    world = World(A, B, C)

    assert [world.ask(FAULT) for _ in range(4)] == [A, B, C, None]


def test_one_target_alone_is_asked_three_times_with_pauses_in_between() -> None:
    world = World(A)

    assert [world.ask(FAULT) for _ in range(4)] == [A, A, A, None]
    assert 0 < world.clock.seconds < 1


def test_a_refused_credential_is_not_asked_again_but_others_are() -> None:
    world = World(A, B)
    refused = errors.UpstreamCredentialsError("No.")

    assert [world.ask(refused) for _ in range(3)] == [A, B, None]


def test_what_was_paused_by_another_call_comes_last_but_comes() -> None:
    world = World(A, B)
    world.ask(errors.UpstreamCredentialsError("No."))
    world.course = world.another()

    assert [world.ask(FAULT), world.ask(FAULT)] == [B, B]


@pytest.mark.parametrize("kind", [errors.UpstreamRateLimitedError, errors.UpstreamLoadingError])
def test_who_says_when_to_come_back_is_asked_again_then(kind: type[errors.UpstreamError]) -> None:
    world = World(A)
    world.ask(kind("Later.", retry_after_seconds=7))

    assert world.ask() is A
    assert world.clock.seconds == pytest.approx(7)


def test_a_target_that_can_be_asked_now_goes_before_one_to_wait_for() -> None:
    world = World(A, B)
    world.ask(errors.UpstreamLoadingError("Later.", retry_after_seconds=7))

    assert (world.ask(), world.clock.seconds) == (B, 0)


@pytest.mark.parametrize(("said", "left"), [(LONGEST_WAIT_SECONDS + 1, 600.0), (5.0, 4.0)])
def test_nobody_waits_too_long_or_beyond_the_end(said: float, left: float) -> None:
    world = World(A)
    world.ask(errors.UpstreamRateLimitedError("Later.", retry_after_seconds=said))

    assert world.ask(left=left) is None


def test_a_call_that_finds_everybody_paused_is_told_for_how_long() -> None:
    world = World(A)
    world.ask(errors.UpstreamRateLimitedError("Later.", retry_after_seconds=60))
    world.course = world.another()

    assert world.ask() is None
    refusal = world.course.refusal()
    assert isinstance(refusal, errors.UpstreamRateLimitedError)
    assert refusal.retry_after_seconds == pytest.approx(60)


def test_an_open_breaker_is_passed_by_and_tried_where_there_is_nobody_else() -> None:
    world = World(A, B)
    for _ in range(5):
        ticket = world.health.begin(A.place)
        world.health.fail(A.place, ticket, FAULT)

    assert world.ask() is B
    world.targets = (A,)
    world.course = world.another()
    assert world.ask() is A


def test_a_full_upstream_is_passed_by_while_another_has_room() -> None:
    world = World(A, B, max_parallel=1)
    world.entrances.of("a").gate.inside = 1

    assert world.ask() is B


def test_nobody_else_is_asked_when_the_time_is_up() -> None:
    world = World(A, B)
    world.ask(FAULT)

    assert world.ask(left=0.0) is None
    assert world.ask(left=0.1) is B


def test_repeats_end_with_the_budget_of_their_upstream() -> None:
    world = World(A)
    repeats = 0
    for _ in range(100):
        world.course = world.another()
        world.ask(errors.UpstreamRateLimitedError("Now.", retry_after_seconds=0))
        repeats += world.ask() is not None

    assert world.clock.seconds < 10
    assert repeats == 50  # a fifth of a hundred, and three a second


def test_a_bad_request_is_nobodys_fault() -> None:
    world = World(A)
    for _ in range(10):
        ticket = world.health.begin(A.place)
        world.health.fail(A.place, ticket, errors.UpstreamRejectedError("Bad."))

    assert world.health.standing(A.place).wait_seconds == 0
