"""A call waits for its turn, gets it as soon as it may, and leaves no trace."""

import asyncio

import pytest

from app.services.admission.limits import Grant
from app.services.admission.refusals import LimitRefusal, Refusal
from app.services.admission.scopes import INSTANCE
from app.services.admission.terms import Limit
from app.services.admission.waiting_line import Place
from app.services.admission.waiting_room import WaitingRoom
from tests.support.front_desks import FrontDesk, Visit, is_empty, key, now, team, turns
from tests.support.skipped_time import in_no_time, timers


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
    async def test_a_call_whose_time_comes_with_the_end_of_its_wait_comes_in(self) -> None:
        desk = FrontDesk(Limit(team("a"), requests_per_minute=6))
        for _ in range(6):
            await desk.visit(Visit("k"))
        visits = [Visit("k", seconds=10), Visit("k2", seconds=10)]

        await asyncio.gather(*map(desk.visit, visits))

        assert [visit.grant is not None for visit in visits] == [True, False]
        assert now() == pytest.approx(10)

    @in_no_time
    async def test_a_very_short_wait_is_not_in_vain(self) -> None:
        desk = FrontDesk(Limit(key("k"), tokens_per_minute=60_000))
        await desk.visit(Visit("k", tokens=60_000))

        brief = await desk.visit(Visit("k", tokens=1, seconds=0.003))  # it fits after 0.001

        assert brief.grant is not None
        assert now() == pytest.approx(0.003)

    @in_no_time
    @pytest.mark.parametrize("sooner_first", [True, False])
    async def test_each_comes_in_at_its_own_time(self, *, sooner_first: bool) -> None:
        limits = [Limit(key("sooner"), None, 60), Limit(key("later"), None, 60)]
        desk = FrontDesk(*limits)
        for name in ("sooner", "later"):
            await desk.visit(Visit(name, tokens=60))
        moments: dict[str, float] = {}

        async def visit(name: str, tokens: int) -> None:
            await desk.visit(Visit(name, tokens=tokens))
            moments[name] = now()

        calls = [visit("sooner", 5), visit("later", 30)]
        async with asyncio.TaskGroup() as tasks:
            for call in calls if sooner_first else reversed(calls):
                tasks.create_task(call)
            await turns()
            assert len(timers()) == 3  # one for the end of each one's wait, and one for both

        assert moments == {
            "sooner": pytest.approx(5, abs=0.02),
            "later": pytest.approx(30, abs=0.02),
        }


class TestAskingAgain:
    @in_no_time
    async def test_a_wrong_guess_of_when_to_come_back_does_not_spin(self) -> None:
        room: WaitingRoom[Grant] = WaitingRoom()
        attempts = 0

        def attempt() -> Grant | Refusal:
            nonlocal attempts
            attempts += 1
            return Refusal(scope=INSTANCE, retry_after_seconds=0)

        await room.wait(Place("a", "k"), attempt, lambda _: None, seconds=1)

        assert attempts <= 202

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
            desk.room.wake()
            await turns()
            assert [visit.attempts for visit in waiting] == [2, 2]
            desk.leave(first[0])

        assert [visit.attempts for visit in waiting] == [3, 2]
        assert waiting[1].refusal is not None

    @in_no_time
    async def test_all_ask_whose_places_become_free_in_one_go(self) -> None:
        names = ("k", "other")
        desk = FrontDesk(*(Limit(key(name), parallel_calls=1) for name in names))
        first = [await desk.visit(Visit(name)) for name in names]
        waiting = [Visit(name) for name in names]
        async with asyncio.TaskGroup() as tasks:
            for visit in waiting:
                tasks.create_task(desk.visit(visit))
            await turns()
            for visit in first:
                desk.leave(visit)

        assert [visit.grant is not None for visit in waiting] == [True, True]
        assert now() == 0

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
