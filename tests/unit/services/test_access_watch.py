"""Changes in who may do what, made by another process."""

import asyncio
from collections.abc import Awaitable

import pytest
from structlog.testing import capture_logs

from app.core.errors import NotReadyError, UnauthenticatedError
from app.core.security import new_secret
from app.db.repositories.key_directory import PATIENCE_SECONDS
from app.services.access_watch import LOOK_SECONDS, TRUST_SECONDS
from app.services.authenticator import Authenticator
from app.services.principals import Principal
from tests.support.clocks import FakeClock
from tests.support.keys import PEPPER, FakeDirectory, bearer

SECRET = new_secret()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def directory() -> FakeDirectory:
    return FakeDirectory()


@pytest.fixture
async def authenticator(directory: FakeDirectory, clock: FakeClock) -> Authenticator:
    authenticator = Authenticator(directory, PEPPER, clock, {})
    await authenticator.watch.look()
    return authenticator


async def refused_or_not(call: Awaitable[Principal]) -> Principal | NotReadyError:
    """Return who calls, or how it was refused."""
    try:
        return await call
    except NotReadyError as error:
        return error


async def test_a_change_is_learnt_of_by_looking(
    authenticator: Authenticator, directory: FakeDirectory
) -> None:
    row = directory.add(SECRET)
    await authenticator.authenticate(bearer(SECRET))
    row.revoked_at_ms = 1
    await authenticator.authenticate(bearer(SECRET))  # nobody knows yet

    directory.changes += 1
    await authenticator.watch.look()

    with pytest.raises(UnauthenticatedError, match="was revoked"):
        await authenticator.authenticate(bearer(SECRET))


async def test_a_change_counts_backwards_too(
    authenticator: Authenticator, directory: FakeDirectory
) -> None:
    row = directory.add(SECRET)
    await authenticator.authenticate(bearer(SECRET))
    row.revoked_at_ms = 1

    directory.changes -= 1  # somebody put an older copy of the database in place
    await authenticator.watch.look()

    with pytest.raises(UnauthenticatedError):
        await authenticator.authenticate(bearer(SECRET))


async def test_a_change_that_nobody_could_see_for_five_seconds_stops_all_keys(
    authenticator: Authenticator, directory: FakeDirectory, clock: FakeClock
) -> None:
    directory.add(SECRET)
    await authenticator.authenticate(bearer(SECRET))

    directory.broken = True
    clock.move(4.999)
    await authenticator.authenticate(bearer(SECRET))
    clock.move(0.001)
    with pytest.raises(NotReadyError, match="cannot be checked right now"):
        await authenticator.authenticate(bearer(SECRET))
    directory.broken = False
    clock.move(0.001)
    await authenticator.authenticate(bearer(SECRET))

    assert directory.questions == 1


async def test_what_changed_while_the_machine_slept_is_looked_for_by_the_first_call(
    authenticator: Authenticator, directory: FakeDirectory, clock: FakeClock
) -> None:
    row = directory.add(SECRET)
    await authenticator.authenticate(bearer(SECRET))

    clock.move(3_600)
    await authenticator.authenticate(bearer(SECRET))

    clock.move(3_600)
    row.revoked_at_ms = 1
    directory.changes += 1
    with pytest.raises(UnauthenticatedError, match="was revoked"):
        await authenticator.authenticate(bearer(SECRET))


async def test_a_change_is_looked_for_once_for_all_calls_that_wait(
    authenticator: Authenticator, directory: FakeDirectory, clock: FakeClock
) -> None:
    directory.add(SECRET)
    clock.move(5)
    directory.may_answer.clear()
    asked = directory.looks

    async with asyncio.TaskGroup() as tasks:
        calls = [
            tasks.create_task(refused_or_not(authenticator.authenticate(bearer(SECRET))))
            for _ in range(10)
        ]
        await asyncio.sleep(0)
        clock.move(2)  # what they wait for takes time
        directory.broken = True
        directory.may_answer.set()

    assert directory.looks == asked + 1
    assert {type(call.result()) for call in calls} == {NotReadyError}


async def test_a_change_that_cannot_be_looked_for_stops_keys_of_the_first_call_too(
    authenticator: Authenticator, directory: FakeDirectory, clock: FakeClock
) -> None:
    directory.add(SECRET)
    directory.broken = True
    clock.move(5)

    with pytest.raises(NotReadyError):
        await authenticator.authenticate(bearer(SECRET))


async def test_a_change_is_certain_from_the_question_on_and_not_from_the_answer(
    authenticator: Authenticator, directory: FakeDirectory, clock: FakeClock
) -> None:
    directory.add(SECRET)
    directory.may_answer.clear()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(authenticator.watch.look())
        await asyncio.sleep(0)
        clock.move(4)
        directory.may_answer.set()

    await authenticator.authenticate(bearer(SECRET))
    directory.broken = True
    clock.move(1)
    with pytest.raises(NotReadyError):
        await authenticator.authenticate(bearer(SECRET))


def test_a_change_that_one_look_could_not_see_is_seen_by_the_next_in_time() -> None:
    assert LOOK_SECONDS + PATIENCE_SECONDS + LOOK_SECONDS < TRUST_SECONDS


async def test_a_change_is_awaited_quietly(
    authenticator: Authenticator, directory: FakeDirectory, clock: FakeClock
) -> None:
    directory.broken = True
    with capture_logs() as logs:
        for _ in range(10):
            clock.move(1)
            await authenticator.watch.look()
        directory.broken = False
        for _ in range(10):
            await authenticator.watch.look()

    assert [log["event"] for log in logs] == [
        "access_changes_unreadable",
        "access_changes_readable",
    ]
