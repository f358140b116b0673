"""A call waits for its turn, gets it as soon as it may, and leaves no trace."""

# pyright: reportPrivateUsage=false

import asyncio

import pytest

from app.services.admission.limits import Grant
from app.services.admission.refusals import LimitRefusal, Refusal
from app.services.admission.scopes import INSTANCE
from app.services.admission.terms import Limit
from app.services.admission.waiting_line import Place
from app.services.admission.waiting_room import WaitingRoom
from tests.support.front_desks import FrontDesk, Visit, key, team, turns
from tests.support.skipped_time import in_no_time


def now() -> float:
    return asyncio.get_running_loop().time() - 1_000


def is_empty(room: WaitingRoom[Grant]) -> bool:
    return not room._line and room._soon is None and room._timer is None


class TestWaiting:
    @in_no_time
    async def test_a_call_that_fits_does_not_wait(self) -> None:
        desk = FrontDesk(Limit(INSTANCE, 10, 10, 10))

        with pytest.raises(StopIteration):
            desk.visit(Visit("k")).send(None)

        assert len(desk.let_in) == 1
        assert is_empty(desk.room)

    @in_no_time
    async def test_a_call_that_may_not_wait_is_refused_at_once(self) -> None:
        desk = FrontDesk(Limit(key("k"), parallel_calls=1))
        await desk.visit(Visit("k"))

        refused = await desk.visit(Visit("k", seconds=0))

        assert isinstance(refused.refusal, LimitRefusal)
        assert (now(), is_empty(desk.room)) == (0, True)

    @in_no_time
    async def test_a_place_that_becomes_free_is_taken_at_once(self) -> None:
        desk = FrontDesk(Limit(key("k"), parallel_calls=1))
        first, second = await desk.visit(Visit("k")), Visit("k")
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(desk.visit(second))
            await turns()
            assert second.grant is None
            desk.leave(first)

        assert second.grant is not None
        assert (now(), is_empty(desk.room)) == (0, True)

    @in_no_time
    async def test_time_alone_lets_a_call_in(self) -> None:
        desk = FrontDesk(Limit(team("a"), requests_per_minute=6))
        for _ in range(6):
            await desk.visit(Visit("k"))

        late = await desk.visit(Visit("k"))

        assert late.grant is not None
        assert now() == pytest.approx(10, abs=0.02)
        assert late.attempts <= 4

    @in_no_time
    async def test_every_call_comes_in_when_its_time_has_come(self) -> None:
        desk = FrontDesk(Limit(team("a"), requests_per_minute=60))
        moments: list[float] = []

        async def visit() -> None:
            assert (await desk.visit(Visit("k", seconds=30))).grant is not None
            moments.append(now())

        async with asyncio.TaskGroup() as tasks:
            for _ in range(80):
                tasks.create_task(visit())

        assert moments[:60] == [0] * 60
        assert moments[60:] == pytest.approx(range(1, 21), abs=0.02)

    @in_no_time
    async def test_who_has_waited_long_enough_is_told_how_much_is_left(self) -> None:
        desk = FrontDesk(Limit(key("k"), tokens_per_minute=60))
        await desk.visit(Visit("k", tokens=60))

        refused = await desk.visit(Visit("k", tokens=30, seconds=12))

        assert now() == pytest.approx(12)
        assert isinstance(refused.refusal, LimitRefusal)
        assert refused.refusal.retry_after_seconds == pytest.approx(18)
        assert is_empty(desk.room)

    @in_no_time
    async def test_waiting_is_not_asking_again_and_again(self) -> None:
        desk = FrontDesk(
            Limit(key("k"), parallel_calls=1), Limit(key("rate"), requests_per_minute=1)
        )
        for name in ("k", "rate"):
            await desk.visit(Visit(name))
        parallel, rate = Visit("k", seconds=30), Visit("rate", seconds=59)

        await asyncio.gather(desk.visit(parallel), desk.visit(rate))

        assert parallel.attempts <= 32  # one a second: nobody knows when a call ends
        assert rate.attempts == 1

    @in_no_time
    async def test_only_those_ask_again_whom_it_concerns(self) -> None:
        desk = FrontDesk(*(Limit(key(name), parallel_calls=1) for name in ("k", "other")))
        first = [await desk.visit(Visit(name)) for name in ("k", "other")]
        waiting = [Visit("k", seconds=0.9), Visit("other", seconds=0.9)]
        async with asyncio.TaskGroup() as tasks:
            for visit in waiting:
                tasks.create_task(desk.visit(visit))
            await turns()
            desk.leave(first[0])
            await turns()
            assert [visit.attempts for visit in waiting] == [2, 1]
            desk.room.wake()

        assert [visit.attempts for visit in waiting] == [2, 2]
        assert waiting[1].refusal is not None

    @in_no_time
    async def test_raised_limits_let_in_who_waits(self) -> None:
        desk = FrontDesk(Limit(key("k"), parallel_calls=1))
        await desk.visit(Visit("k"))
        async with asyncio.TaskGroup() as tasks:
            waiting = [tasks.create_task(desk.visit(Visit("k"))) for _ in range(3)]
            await turns()
            desk.limiter.set_terms([Limit(key("k"), parallel_calls=4)])
            desk.room.wake()

        assert [task.result().grant is not None for task in waiting] == [True] * 3
        assert now() == 0


class TestLeaving:
    @in_no_time
    async def test_a_client_that_leaves_is_forgotten(self) -> None:
        desk = FrontDesk(Limit(key("k"), parallel_calls=1))
        first = await desk.visit(Visit("k"))
        waiting = asyncio.ensure_future(desk.visit(Visit("k")))
        await turns()

        waiting.cancel()
        await turns()

        assert waiting.cancelled()
        assert is_empty(desk.room)
        desk.leave(first)
        assert (await desk.visit(Visit("k", seconds=0))).grant is not None

    @in_no_time
    @pytest.mark.parametrize("other", ["k", "k2"])
    async def test_those_behind_go_on_when_one_leaves(self, other: str) -> None:
        desk = FrontDesk(Limit(team("a"), tokens_per_minute=60))
        await desk.visit(Visit("k", tokens=30))
        large, small = Visit("k", tokens=50), Visit(other, tokens=10)
        async with asyncio.TaskGroup() as tasks:
            leaving = tasks.create_task(desk.visit(large))
            tasks.create_task(desk.visit(small))
            await turns()
            assert small.attempts == 0
            leaving.cancel()

        assert small.grant is not None
        assert now() == 0

    @in_no_time
    @pytest.mark.parametrize("other", ["k", "k2"])
    async def test_those_behind_go_on_when_one_has_waited_long_enough(self, other: str) -> None:
        desk = FrontDesk(Limit(team("a"), tokens_per_minute=60))
        await desk.visit(Visit("k", tokens=50))
        large, small = Visit("k", tokens=60, seconds=1), Visit(other, tokens=10, seconds=30)

        await asyncio.gather(desk.visit(large), desk.visit(small))

        assert (large.grant, small.grant is not None) == (None, True)
        assert now() == pytest.approx(1)

    @in_no_time
    async def test_what_comes_as_the_client_leaves_goes_to_the_next(self) -> None:
        desk = FrontDesk(Limit(key("k"), parallel_calls=1))
        first = await desk.visit(Visit("k"))
        leaving = asyncio.ensure_future(desk.visit(Visit("k")))
        staying = asyncio.ensure_future(desk.visit(Visit("k")))
        await turns()
        desk.leave(first)
        await turns(1)
        assert len(desk.let_in) == 2  # it has its place, and its task has not heard of it

        leaving.cancel()

        assert (await staying).grant is not None
        assert (desk.undone, leaving.cancelled(), now()) == (1, True, 0)
        assert is_empty(desk.room)

    @in_no_time
    async def test_a_client_that_just_left_takes_nobodys_turn(self) -> None:
        desk = FrontDesk(Limit(key("k"), parallel_calls=1))
        first = await desk.visit(Visit("k"))
        leaving = asyncio.ensure_future(desk.visit(Visit("k")))
        staying = asyncio.ensure_future(desk.visit(Visit("k")))
        await turns()

        leaving.cancel()
        desk.leave(first)

        assert (await staying).grant is not None
        assert (desk.undone, leaving.cancelled(), now()) == (0, True, 0)

    @in_no_time
    async def test_an_error_is_its_own_callers_alone(self) -> None:
        desk = FrontDesk(Limit(key("k"), parallel_calls=1))
        first, tries = await desk.visit(Visit("k")), 0

        def attempt() -> Grant | Refusal:
            nonlocal tries
            tries += 1
            if tries == 2:
                raise LookupError("Spent while it waited.")
            return _refusal_of(desk)

        waiting = asyncio.ensure_future(
            desk.room.wait(Place("a", "k"), attempt, desk.limiter.give_back, seconds=60)
        )
        await turns()
        behind = asyncio.ensure_future(desk.visit(Visit("k")))
        await turns()
        desk.leave(first)

        with pytest.raises(LookupError):
            await waiting
        assert (await behind).grant is not None
        assert now() == 0


def _refusal_of(desk: FrontDesk) -> Refusal:
    refusal = desk.refusal_of(Visit("k"))
    assert refusal is not None
    return refusal
