"""What is known of keys, and how rarely the database is asked."""

import asyncio

import pytest
from structlog.testing import capture_logs

from app.core.errors import NotReadyError, UnauthenticatedError
from app.core.security import digest
from app.services.known_keys import KnownKeys
from app.services.principals import Principal
from tests.support.clocks import FakeClock
from tests.support.keys import PEPPER, FakeDirectory, new_row

DIGEST = digest(PEPPER, "a key")
SECRET = "a key"


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def directory() -> FakeDirectory:
    return FakeDirectory()


@pytest.fixture
def known(directory: FakeDirectory, clock: FakeClock) -> KnownKeys:
    return KnownKeys(directory, clock)


async def turns(count: int = 20) -> None:
    """Let the other tasks go as far as they can."""
    for _ in range(count):
        await asyncio.sleep(0)


async def test_a_hundred_first_calls_ask_once(known: KnownKeys, directory: FakeDirectory) -> None:
    directory.add(SECRET)
    directory.may_answer.clear()

    async with asyncio.TaskGroup() as tasks:
        calls = [tasks.create_task(known.look_up(DIGEST)) for _ in range(100)]
        await turns()
        directory.may_answer.set()

    assert directory.questions == 1
    assert len({call.result().key_id for call in calls}) == 1
    assert known.get(DIGEST) is calls[0].result()


async def test_a_call_that_leaves_while_it_asks_lets_the_next_one_ask(
    known: KnownKeys, directory: FakeDirectory
) -> None:
    directory.add(SECRET)
    directory.may_answer.clear()

    async with asyncio.TaskGroup() as tasks:
        leaving = tasks.create_task(known.look_up(DIGEST))
        staying = tasks.create_task(known.look_up(DIGEST))
        await turns()
        leaving.cancel()
        await turns()
        directory.may_answer.set()

    assert isinstance(staying.result(), Principal)
    assert directory.questions == 2


async def test_a_key_forgotten_during_a_lookup_is_not_remembered_by_it(
    known: KnownKeys, directory: FakeDirectory
) -> None:
    row = directory.add(SECRET)
    directory.may_answer.clear()

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(known.look_up(DIGEST))
        await turns()
        row.revoked_at_ms = 1
        known.forget_all()
        directory.may_answer.set()

    assert known.get(DIGEST) is None
    with pytest.raises(UnauthenticatedError, match="was revoked"):
        await known.look_up(DIGEST)


async def refused(known: KnownKeys) -> str:
    with pytest.raises(UnauthenticatedError) as refusal:
        await known.look_up(DIGEST)
    return refusal.value.message.partition(" Ask")[0]


class TestUnknownSecrets:
    async def test_are_asked_for_once_a_second(
        self, known: KnownKeys, directory: FakeDirectory, clock: FakeClock
    ) -> None:
        for _ in range(10):
            assert await refused(known) == "This API key is not known here."
            clock.move(0.09)

        assert directory.questions == 1

    async def test_may_become_keys(
        self, known: KnownKeys, directory: FakeDirectory, clock: FakeClock
    ) -> None:
        await refused(known)
        row = directory.add(SECRET)
        clock.move(1)

        assert (await known.look_up(DIGEST)).key_id == row.id

    async def test_may_become_keys_at_once_where_a_change_is_known(
        self, known: KnownKeys, directory: FakeDirectory
    ) -> None:
        await refused(known)
        directory.add(SECRET)

        known.forget_all()

        assert isinstance(await known.look_up(DIGEST), Principal)

    async def test_are_not_let_in_by_a_row_with_another_digest(
        self, known: KnownKeys, directory: FakeDirectory
    ) -> None:
        directory.rows[DIGEST] = new_row(digest(PEPPER, "another"))

        assert await refused(known) == "This API key is not known here."

    async def test_take_bounded_memory(
        self, known: KnownKeys, directory: FakeDirectory, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("app.services.known_keys.MAX_UNKNOWN", 3)

        for secret in ("1", "2", "3", "4", "4", "3", "2"):
            with pytest.raises(UnauthenticatedError):
                await known.look_up(digest(PEPPER, secret))
        assert directory.questions == 4

        with pytest.raises(UnauthenticatedError):
            await known.look_up(digest(PEPPER, "1"))
        assert directory.questions == 5


async def test_known_keys_take_bounded_memory_and_the_latest_stay(
    known: KnownKeys, directory: FakeDirectory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.services.known_keys.MAX_KNOWN", 3)
    digests = [directory.add(str(number)).digest for number in range(4)]

    for one in digests:
        await known.look_up(one)

    assert [known.get(one) is not None for one in digests] == [False, True, True, True]


class TestAnUnreadableDatabase:
    async def test_stops_no_key_that_is_known(
        self, known: KnownKeys, directory: FakeDirectory
    ) -> None:
        directory.add(SECRET)
        first = await known.look_up(DIGEST)
        directory.broken = True

        with capture_logs() as logs:
            assert await known.look_up(DIGEST) is first
            with pytest.raises(NotReadyError, match="cannot be checked right now"):
                await known.look_up(digest(PEPPER, "another key"))

        assert logs == [
            {
                "event": "keys_unreadable",
                "reason": "The database does not answer.",
                "log_level": "warning",
            }
        ]

    async def test_is_asked_again_by_the_next_call(
        self, known: KnownKeys, directory: FakeDirectory
    ) -> None:
        directory.add(SECRET)
        directory.broken = True
        with pytest.raises(NotReadyError):
            await known.look_up(DIGEST)

        directory.broken = False

        assert isinstance(await known.look_up(DIGEST), Principal)

    async def test_is_asked_once_for_all_who_wait(
        self, known: KnownKeys, directory: FakeDirectory, clock: FakeClock
    ) -> None:
        directory.broken = True
        directory.may_answer.clear()

        async with asyncio.TaskGroup() as tasks:
            calls = [tasks.create_task(not_ready(known)) for _ in range(10)]
            await turns()
            clock.move(0.5)
            directory.may_answer.set()

        assert [call.result() for call in calls] == [1] * 10
        assert directory.questions == 1


async def not_ready(known: KnownKeys) -> float | None:
    with pytest.raises(NotReadyError) as refusal:
        await known.look_up(DIGEST)
    return refusal.value.retry_after_seconds
