"""Turns go round by team and by key; nobody is forgotten, and the room has an end."""

# pyright: reportPrivateUsage=false

import asyncio
from collections.abc import Sequence

import pytest
from hypothesis import given, settings, strategies as st

from app.services.admission.limits import Grant
from app.services.admission.refusals import LimitRefusal
from app.services.admission.scopes import INSTANCE, AccountScope, ScopeKind
from app.services.admission.terms import Limit
from app.services.admission.waiting_line import Crowd
from app.services.admission.waiting_room import WaitingRoom
from tests.support.front_desks import FrontDesk, Visit, key, now, team, turns
from tests.support.skipped_time import in_no_time


async def order_of(visits: Sequence[Visit], limit: Limit) -> list[Visit]:
    """Return in which order calls come in where one runs at a time; all come while one runs."""
    desk = FrontDesk(limit)
    last = await desk.visit(Visit("first", team="first"))
    async with asyncio.TaskGroup() as tasks:
        for visit in visits:
            tasks.create_task(desk.visit(visit))
        await turns()
        assert len(desk.let_in) == 1
        for count, _ in enumerate(visits, 2):
            desk.leave(last)
            await turns()
            assert len(desk.let_in) == count
            last = desk.let_in[-1]
    return desk.let_in[1:]


ONE_AT_A_TIME = Limit(INSTANCE, parallel_calls=1)


class TestOrder:
    @in_no_time
    async def test_a_team_with_few_calls_is_not_behind_one_with_many(self) -> None:
        many = [Visit(f"k{number % 7}", team="many") for number in range(50)]
        few = [Visit("k", team="few") for _ in range(2)]

        order = await order_of(many + few, ONE_AT_A_TIME)

        assert set(few) <= set(order[:4])

    @in_no_time
    async def test_a_key_with_few_calls_is_not_behind_one_with_many(self) -> None:
        many = [Visit("many") for _ in range(50)]
        few = [Visit("few") for _ in range(2)]

        order = await order_of(many + few, ONE_AT_A_TIME)

        assert set(few) <= set(order[:4])

    @given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("xyz")), max_size=30))
    @settings(max_examples=60)
    @in_no_time
    async def test_nobodys_next_call_waits_for_two_of_anybody_else(
        self, callers: list[tuple[str, str]]
    ) -> None:
        visits = [Visit(f"{name} of {team}", team=team) for team, name in callers]

        order = await order_of(visits, ONE_AT_A_TIME)

        for start, visit in enumerate(order):
            rest = order[start + 1 :]
            teams, keys = [later.team for later in rest], [later.key for later in rest]
            if visit.team in teams:
                between = teams[: teams.index(visit.team)]
                assert len(between) == len(set(between))
            if visit.key in keys:
                between = [
                    one.key for one in rest[: keys.index(visit.key)] if one.team == visit.team
                ]
                assert len(between) == len(set(between))
        for one in {visit.key for visit in visits}:
            mine = [visit for visit in order if visit.key == one]
            assert mine == [visit for visit in visits if visit.key == one]

    @in_no_time
    async def test_turns_go_round_when_many_places_become_free_at_once(self) -> None:
        desk = FrontDesk(ONE_AT_A_TIME)
        await desk.visit(Visit("first", team="first"))
        callers = [("a", "k1"), ("a", "k1"), ("a", "k2"), ("a", "k2"), ("b", "k"), ("b", "k")]
        async with asyncio.TaskGroup() as tasks:
            for name, one in callers:
                tasks.create_task(desk.visit(Visit(one, team=name)))
            await turns()
            desk.limiter.set_terms([Limit(INSTANCE, parallel_calls=100)])
            desk.room.wake()

        order = [(visit.team, visit.key) for visit in desk.let_in[1:]]
        assert order == [callers[0], callers[4], callers[2], callers[5], callers[1], callers[3]]

    @in_no_time
    async def test_who_waits_is_not_overtaken_by_others_of_its_team_that_wait(self) -> None:
        desk = FrontDesk(Limit(team("a"), tokens_per_minute=60))
        first = await desk.visit(Visit("k", tokens=30))
        large, small = Visit("k", tokens=60, seconds=30), Visit("k2", tokens=10, seconds=10)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(desk.visit(large))
            tasks.create_task(desk.visit(small))
            await turns()
            desk.leave(first, used=20)

        assert large.grant is not None
        assert (small.attempts, small.grant) == (0, None)

    @in_no_time
    async def test_a_newcomer_queues_behind_its_own_key(self) -> None:
        desk = FrontDesk(Limit(key("k"), tokens_per_minute=60))
        await desk.visit(Visit("k", tokens=30))
        large, small = Visit("k", tokens=60), Visit("k", tokens=1)

        await asyncio.gather(desk.visit(large), desk.visit(small))

        assert desk.let_in[1:] == [large, small]

    @in_no_time
    @pytest.mark.parametrize(
        ("limited", "team_of_other", "order"),
        [
            (team("a"), "a", ["k", "k2"]),
            (INSTANCE, "a", ["k", "k2"]),
            (key("k"), "a", ["k2", "k"]),
            (INSTANCE, "b", ["k2", "k"]),
        ],
    )
    async def test_a_newcomer_queues_behind_its_team_for_what_both_need(
        self, limited: AccountScope, team_of_other: str, order: list[str]
    ) -> None:
        desk = FrontDesk(Limit(limited, tokens_per_minute=60))
        await desk.visit(Visit("k", tokens=30))
        large, other = Visit("k", tokens=60), Visit("k2", team=team_of_other)

        await asyncio.gather(desk.visit(large), desk.visit(other))

        assert [visit.key for visit in desk.let_in[1:]] == order

    @in_no_time
    async def test_a_large_call_is_not_starved_by_small_ones_of_its_team(self) -> None:
        desk = FrontDesk(Limit(team("a"), tokens_per_minute=60))
        await desk.visit(Visit("k", tokens=60))
        large = Visit("k", tokens=60, seconds=120)

        async def small_ones() -> None:
            for number in range(50):
                visit = await desk.visit(Visit(f"k{number}", tokens=1, seconds=120))
                assert visit.grant is not None

        await asyncio.gather(desk.visit(large), small_ones())

        assert desk.let_in[1] is large


class TestNobodyIsForgotten:
    @in_no_time
    async def test_who_is_next_of_a_key_asks_for_itself(self) -> None:
        desk = FrontDesk(Limit(team("a"), parallel_calls=2), Limit(key("k"), tokens_per_minute=60))
        first = await desk.visit(Visit("k", tokens=60))
        waiting = [Visit("k", tokens=10), Visit("k", tokens=10)]
        async with asyncio.TaskGroup() as tasks:
            for visit in waiting:  # for tokens of their key
                tasks.create_task(desk.visit(visit))
            await turns()
            others = [await desk.visit(Visit("k2"))]
            desk.leave(first, used=0)
            others.append(await desk.visit(Visit("k3")))
            await turns()  # now for a place of their team
            assert [visit.grant for visit in waiting] == [None, None]
            for visit in others:
                desk.leave(visit)

        assert [visit.grant is not None for visit in waiting] == [True, True]
        assert now() == 0

    @in_no_time
    async def test_who_is_held_up_by_its_team_asks_when_that_is_over(self) -> None:
        by_team = Limit(team("a"), tokens_per_minute=60)
        by_key = [Limit(key("k"), None, 30), Limit(key("k2"), None, 10)]
        desk = FrontDesk(by_team, *by_key)
        for name, tokens in (("k", 30), ("k2", 10)):
            await desk.visit(Visit(name, tokens=tokens))
        large, small = Visit("k", tokens=30, seconds=2), Visit("k2", tokens=10)
        async with asyncio.TaskGroup() as tasks:
            for visit in (large, small):  # for tokens of their keys
                tasks.create_task(desk.visit(visit))
            await turns()
            desk.limiter.set_terms([by_team])
            desk.room.wake()
            await turns()  # the large one needs more than the team has, the small one does not
            assert (large.attempts, small.attempts) == (2, 1)

        assert (large.grant, small.grant is not None) == (None, True)
        assert now() == pytest.approx(2)


class TestBounds:
    @in_no_time
    async def test_a_team_cannot_fill_the_room(self) -> None:
        desk = FrontDesk(ONE_AT_A_TIME, room=WaitingRoom(most_of_a_team=Crowd(2, 0)))
        first = await desk.visit(Visit("k"))
        waiting = [asyncio.ensure_future(desk.visit(Visit("k"))) for _ in range(2)]
        await turns()

        third = await desk.visit(Visit("k", tokens=0))

        assert isinstance(third.refusal, LimitRefusal)
        assert (third.attempts, third.refusal.scope, now()) == (0, INSTANCE, 0)
        other = asyncio.ensure_future(desk.visit(Visit("k", team="b")))
        for _ in (*waiting, other):
            desk.leave(desk.let_in[-1])
            await turns()
        assert (await other).grant is not None
        assert first in desk.let_in

    @in_no_time
    async def test_the_room_cannot_be_overfilled(self) -> None:
        desk = FrontDesk(ONE_AT_A_TIME, room=WaitingRoom(most=Crowd(3, 0)))
        await desk.visit(Visit("k"))
        visits = [Visit(f"k{number}", team=f"t{number}", seconds=0.5) for number in range(5)]

        async with asyncio.TaskGroup() as tasks:
            for visit in visits:
                tasks.create_task(desk.visit(visit))
            await turns()
            assert [visit.refusal is None for visit in visits] == [True] * 3 + [False] * 2

        assert not desk.room._line

    @in_no_time
    @pytest.mark.parametrize("teams", [("a", "a", "a", "a"), ("b", "c", "d", "e")])
    async def test_bodies_that_wait_have_a_bound_in_all_and_for_each_team(
        self, teams: Sequence[str]
    ) -> None:
        most = {"most" if teams[0] != teams[1] else "most_of_a_team": Crowd(9, 100)}
        desk = FrontDesk(ONE_AT_A_TIME, room=WaitingRoom(**most))
        await desk.visit(Visit("k"))
        visits = [
            Visit("k", team=one, size_bytes=size)
            for one, size in zip(teams, (60, 50, 40, 1), strict=True)
        ]
        waiting = [asyncio.ensure_future(desk.visit(visit)) for visit in visits]
        await turns()
        assert [visit.refusal is None for visit in visits] == [True, False, True, False]

        waiting[0].cancel()
        await turns()
        late = Visit("k", team=teams[0], size_bytes=60, seconds=0.5)
        waiting.append(asyncio.ensure_future(desk.visit(late)))
        await turns()
        assert late.refusal is None
        for one in waiting:
            one.cancel()
        await turns()

    @in_no_time
    async def test_one_alone_may_wait_however_large_it_is(self) -> None:
        desk = FrontDesk(ONE_AT_A_TIME, room=WaitingRoom(most=Crowd(9, 100)))
        first = await desk.visit(Visit("k"))
        large = asyncio.ensure_future(desk.visit(Visit("k", size_bytes=1_000)))
        await turns()
        desk.leave(first)

        assert (await large).grant is not None


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["come", "come", "come", "leave", "leave", "cancel", "pass", "change"]),
        st.integers(0, 5),  # who
        st.integers(0, 40),  # tokens, or how many of them were used
        st.sampled_from([0.0, 0.5, 3.0, 30.0]),  # how long it waits, or time passes
    ),
    max_size=25,
)
LIMITS = st.fixed_dictionaries(
    {
        scope: st.tuples(*(st.none() | st.integers(1, most) for most in (8, 60, 3)))
        for scope in (INSTANCE, team("a"), team("b"), key("k0"), key("k1"), key("k3"))
    }
).map(lambda terms: [Limit(scope, *row) for scope, row in terms.items()])


class Rush:
    """Calls that come, run, leave and give up at any moment."""

    def __init__(self, limits: list[Limit]) -> None:
        self.desk = FrontDesk(*limits)
        self.tasks: dict[asyncio.Task[Visit], Visit] = {}
        self.over: set[Visit] = set()

    def waiting(self) -> list[asyncio.Task[Visit]]:
        return [task for task in self.tasks if not task.done()]

    def inside(self) -> list[Visit]:
        return [visit for visit in self.desk.let_in if visit.grant and visit not in self.over]

    async def step(self, what: str, who: int, tokens: int, seconds: float) -> None:
        waiting, inside = self.waiting(), self.inside()
        if what == "come":
            visit = Visit(f"k{who}", team="ab"[who % 2], tokens=tokens, seconds=seconds)
            self.tasks[asyncio.ensure_future(self.desk.visit(visit))] = visit
        elif what == "leave" and inside:
            self.leave(inside[who % len(inside)], tokens)
        elif what == "cancel" and waiting:
            waiting[who % len(waiting)].cancel()
        elif what == "pass":
            await asyncio.sleep(seconds)
        elif what == "change":
            self.desk.limiter.set_terms([Limit(INSTANCE, 5, 50, 1 + who)])
            self.desk.room.wake()

    def leave(self, visit: Visit, used: int) -> None:
        self.over.add(visit)
        self.desk.leave(visit, used)

    def assert_nobody_is_forgotten(self) -> None:
        """Who is next of its key is still refused, or queues behind a call of its team."""
        by_turn = {task: visit for task, visit in self.tasks.items() if not task.done()}
        for name in "ab":
            heads: dict[str, Visit] = {}
            for visit in by_turn.values():
                if visit.team == name:
                    heads.setdefault(visit.key, visit)
            refusals = [self.desk.refusal_of(visit) for visit in heads.values()]
            kinds = {refusal.scope.kind for refusal in refusals if refusal}
            if not kinds & {ScopeKind.INSTANCE, ScopeKind.TEAM}:
                assert None not in refusals


@given(LIMITS, STEPS)
@settings(max_examples=150)
@in_no_time
async def test_whatever_happens_nobody_who_may_come_in_is_left_waiting(
    limits: list[Limit], steps: list[tuple[str, int, int, float]]
) -> None:
    rush = Rush(limits)
    for step in steps:
        await rush.step(*step)
        await asyncio.sleep(0.006)  # a timer may be so much late
        await turns()
        rush.assert_nobody_is_forgotten()

    while rush.waiting():
        for visit in rush.inside():
            rush.leave(visit, 0)
        await asyncio.sleep(1)
    for visit in rush.inside():
        rush.leave(visit, 0)

    for task, visit in rush.tasks.items():
        assert task.cancelled() or (visit.grant is None) is not (visit.refusal is None)
    running: list[Grant] = [visit.grant for visit in rush.desk.let_in if visit.grant]
    assert len(running) + rush.desk.undone == len(rush.desk.let_in)
    assert not rush.desk.room._line
    await asyncio.sleep(3_600)
    assert all(rush.desk.would_fit(Visit(f"k{number}", tokens=9)) for number in range(6))
