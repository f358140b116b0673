"""What another process does to a key holds here within five seconds."""

import asyncio
import sys
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from pathlib import Path

import pytest

from app.core.clock import SystemClock, epoch_ms
from app.core.errors import ConfigurationError, NotReadyError, UnauthenticatedError
from app.db.repositories.key_directory import KeyDirectory
from app.services.authenticator import open_authenticator
from app.services.key_editor import IssuedKey
from tests.support.clocks import FakeClock
from tests.support.keys import PEPPER, bearer
from tests.support.processes import Process, open_process

ROOT = Path(__file__).parents[3]

Change = Callable[[Process, IssuedKey], Awaitable[None]]


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def here(tmp_path: Path, clock: FakeClock) -> AsyncGenerator[Process]:
    async with open_process(tmp_path, clock) as process:
        yield process


@pytest.fixture
async def there(here: Process, tmp_path: Path, clock: FakeClock) -> AsyncGenerator[Process]:
    del here
    async with open_process(tmp_path, clock) as process:
        yield process


@pytest.fixture
async def key(here: Process) -> IssuedKey:
    """Return a key of a user that is charged to a team."""
    user_id = await here.user()
    return await here.issue(user_id=user_id, team_id=await here.team(user_id))


async def rows_of(process: Process, query: str) -> list[object]:
    async with process.database.reading() as session:
        rows = await (await session.connection()).exec_driver_sql(query)
        return list(rows.scalars())


async def test_a_key_issued_there_works_here_at_once(here: Process, there: Process) -> None:
    issued = await there.issue(user_id=await there.user())

    assert await here.takes(issued)


async def revoke(process: Process, key: IssuedKey) -> None:
    await process.revoke(key.key.id)


async def disable(process: Process, key: IssuedKey) -> None:
    await process.disable(str(key.key.user_id))


async def delete(process: Process, key: IssuedKey) -> None:
    await process.delete(str(key.key.user_id))


async def remove_from_team(process: Process, key: IssuedKey) -> None:
    await process.remove(str(key.key.team_id), str(key.key.user_id))


async def delete_team(process: Process, key: IssuedKey) -> None:
    await process.delete_team(str(key.key.team_id))


@pytest.mark.parametrize("change", [revoke, disable, delete, remove_from_team, delete_team])
async def test_what_ends_a_key_there_ends_it_here_with_the_next_look(
    here: Process, there: Process, key: IssuedKey, change: Change
) -> None:
    assert await here.takes(key)

    await change(there, key)
    assert await here.takes(key)  # nobody here knows
    await here.authenticator.watch.look()

    assert not await here.takes(key)


@pytest.mark.parametrize("change", [revoke, disable, delete, remove_from_team, delete_team])
async def test_what_ends_a_key_holds_in_time_even_if_nobody_looks_beside_the_calls(
    here: Process, there: Process, key: IssuedKey, *, change: Change, clock: FakeClock
) -> None:
    assert await here.takes(key)
    await change(there, key)

    clock.move(4.999)
    assert await here.takes(key)

    clock.move(0.001)
    assert not await here.takes(key)


async def test_a_key_that_stays_good_is_asked_for_again_after_a_change_of_another(
    here: Process, there: Process, key: IssuedKey
) -> None:
    other = await there.issue(user_id=key.key.user_id)
    assert await here.takes(key)

    await there.revoke(other.key.id)
    await here.authenticator.watch.look()

    assert await here.takes(key)


async def test_a_database_that_cannot_be_read_stops_calls_after_five_seconds(
    here: Process, key: IssuedKey, clock: FakeClock
) -> None:
    assert await here.takes(key)

    async with here.database.transaction() as session:
        await (await session.connection()).exec_driver_sql("ALTER TABLE changes RENAME TO gone")
    for _ in range(49):
        clock.move(0.1)
        await here.authenticator.watch.look()
        assert await here.takes(key)
    clock.move(0.1)

    with pytest.raises(NotReadyError, match="cannot be checked right now"):
        await here.takes(key)


async def test_a_look_waits_for_no_report(here: Process, there: Process, key: IssuedKey) -> None:
    """Every reader is taken; the watch has a connection of its own."""
    assert await here.takes(key)
    await there.revoke(key.key.id)

    async with (
        here.database.reading() as one,
        here.database.reading() as two,
        here.database.reading() as three,
        here.database.reading() as four,
    ):
        for session in (one, two, three, four):
            await session.connection()
        began = time.perf_counter()
        await here.authenticator.watch.look()

    assert time.perf_counter() - began < 1
    assert not await here.takes(key)


async def test_a_real_process_revokes_a_key_and_it_is_refused_within_seconds(
    here: Process, key: IssuedKey, tmp_path: Path
) -> None:
    directory = KeyDirectory(here.database)
    header = bearer(key.secret.get_secret_value())
    async with open_authenticator(directory, PEPPER, SystemClock(), {}) as authenticator:
        await authenticator.authenticate(header)
        command = (sys.executable, "-m", "tests.support.processes", str(tmp_path), key.key.id)
        revoker = await asyncio.create_subprocess_exec(*command, cwd=ROOT)
        assert await revoker.wait() == 0
        seconds = await seconds_until_refused(authenticator.authenticate, header)

    assert seconds < 5  # as promised


async def seconds_until_refused(
    authenticate: Callable[[str], Awaitable[object]], header: str
) -> float:
    began = time.perf_counter()
    while time.perf_counter() - began < 5:
        try:
            await authenticate(header)
        except UnauthenticatedError:
            break
        await asyncio.sleep(0.01)
    return time.perf_counter() - began


async def test_the_last_use_moves_forward_only(
    here: Process, there: Process, key: IssuedKey, clock: FakeClock
) -> None:
    await here.takes(key)
    clock.move(4)
    latest = epoch_ms(clock.now())
    await there.takes(key)

    await there.authenticator.write_uses()
    await here.authenticator.write_uses()

    assert await rows_of(here, "SELECT last_used_at_ms FROM api_keys") == [latest]


class TestAnotherPepper:
    async def test_is_refused_while_keys_of_the_old_one_are_good(
        self, here: Process, key: IssuedKey, clock: FakeClock
    ) -> None:
        other = b"another pepper that is long enough"
        directory = KeyDirectory(here.database)

        with pytest.raises(ConfigurationError, match="were made with another key pepper"):
            async with open_authenticator(directory, other, clock, {}):
                pass
        await here.revoke(key.key.id)
        async with open_authenticator(directory, other, clock, {}):
            pass

    async def test_is_fine_where_the_old_keys_have_expired(
        self, here: Process, key: IssuedKey, clock: FakeClock
    ) -> None:
        async with here.database.transaction() as session:
            await (await session.connection()).exec_driver_sql(
                "UPDATE api_keys SET expires_at_ms = ? WHERE id = ?",
                (epoch_ms(clock.now()), key.key.id),
            )

        async with open_authenticator(KeyDirectory(here.database), b"o" * 32, clock, {}):
            pass
