"""Who leaves a waiting room leaves nothing there, and nobody who stays loses by it."""

# pyright: reportPrivateUsage=false

import asyncio
import gc

import pytest

from app.services.admission.limits import Grant
from app.services.admission.refusals import Refusal
from app.services.admission.scopes import INSTANCE
from app.services.admission.terms import Limit
from app.services.admission.waiting_line import Place
from app.services.admission.waiting_room import WaitingRoom
from tests.support.front_desks import FrontDesk, Visit, is_empty, key, now, team, turns
from tests.support.skipped_time import in_no_time


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
    async def test_a_client_that_leaves_the_middle_of_a_queue_makes_room(self) -> None:
        desk = FrontDesk(Limit(key("k"), parallel_calls=1))
        await desk.visit(Visit("k"))
        first, *others = [asyncio.ensure_future(desk.visit(Visit("k"))) for _ in range(10)]
        await turns()

        for waiting in others:
            waiting.cancel()
        await turns()

        assert (desk.room._line.crowd, desk.room._line.crowd_of("a")) == ((1, 0), (1, 0))
        first.cancel()
        await turns()
        assert is_empty(desk.room)

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

        desk.leave(first)
        leaving.cancel()  # the room hears of the place before the client's task hears of this

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

    @in_no_time
    async def test_an_error_for_a_client_that_left_is_nobodys(self) -> None:
        room: WaitingRoom[Grant] = WaitingRoom()
        answers: list[Refusal | None] = [Refusal(scope=INSTANCE, retry_after_seconds=9), None]

        def attempt() -> Grant | Refusal:
            answer = answers.pop(0)
            if answer is None:
                raise LookupError("Spent while it waited.")
            return answer

        leaving = asyncio.ensure_future(
            room.wait(Place("a", "k"), attempt, lambda _: None, seconds=60)
        )
        await turns()
        room.wake()
        await turns(1)
        assert not answers

        leaving.cancel()

        await asyncio.wait((leaving,))
        assert leaving.cancelled()
        gc.collect()  # an error that nobody asks for is told when it is collected
        assert is_empty(room)


def _refusal_of(desk: FrontDesk) -> Refusal:
    refusal = desk.refusal_of(Visit("k"))
    assert refusal is not None
    return refusal
