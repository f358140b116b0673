"""What another process does to a key holds here within five seconds."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from app.core.clock import epoch_ms
from app.core.errors import ConfigurationError, NotReadyError, UnauthenticatedError
from app.db.database import Database, open_database
from app.db.repositories.api_keys import ApiKeyRepository
from app.db.repositories.key_directory import KeyDirectory
from app.db.schema import upgrade
from app.db.sqlite import FILE_NAME
from app.services.authenticator import Authenticator, open_authenticator
from app.services.keys import IssuedKey, KeyService
from app.services.principals import PrincipalKind, Scope, builtin_principal
from app.utils.paging import Cursor
from tests.support.clocks import FakeClock
from tests.support.keys import PEPPER, bearer

OPERATOR = builtin_principal(PrincipalKind.OPERATOR)


class Process:
    """One of several that have the same data folder open."""

    def __init__(self, database: Database, clock: FakeClock) -> None:
        self.database = database
        self._clock = clock
        self.authenticator = Authenticator(KeyDirectory(database), PEPPER, clock, {})

    async def issue(self) -> IssuedKey:
        async with self.database.transaction() as session:
            keys = KeyService(ApiKeyRepository(session), self._clock, PEPPER)
            return await keys.issue(
                name="ci", scopes=frozenset({Scope.INFERENCE}), expires_at=None, issuer=OPERATOR
            )

    async def revoke(self, key_id: str) -> None:
        async with self.database.transaction() as session:
            await KeyService(ApiKeyRepository(session), self._clock, PEPPER).revoke(key_id)

    async def last_used_at_ms(self, key_id: str) -> int | None:
        async with self.database.reading() as session:
            [key] = await ApiKeyRepository(session).list_after(Cursor(limit=1, after=None))
            assert key.id == key_id
            return key.last_used_at_ms


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def here(tmp_path: Path, clock: FakeClock) -> AsyncGenerator[Process]:
    upgrade(tmp_path)
    async with open_database(tmp_path) as database:
        yield Process(database, clock)


@pytest.fixture
async def there(here: Process, tmp_path: Path, clock: FakeClock) -> AsyncGenerator[Process]:
    del here
    async with open_database(tmp_path) as database:
        yield Process(database, clock)


async def test_a_key_issued_there_works_here_at_once(here: Process, there: Process) -> None:
    issued = await there.issue()

    principal = await here.authenticator.authenticate(bearer(issued.secret.get_secret_value()))

    assert principal.key_id == issued.key.id


async def test_a_key_revoked_there_is_refused_here_within_five_seconds(
    here: Process, there: Process, clock: FakeClock
) -> None:
    issued = await here.issue()
    header = bearer(issued.secret.get_secret_value())
    await here.authenticator.authenticate(header)

    await there.revoke(issued.key.id)
    seconds = 0.0
    while await is_taken(here, header):
        clock.move(0.1)
        seconds += 0.1

    assert seconds <= 5
    with pytest.raises(UnauthenticatedError, match="was revoked"):
        await here.authenticator.authenticate(header)


async def is_taken(process: Process, header: str) -> bool:
    try:
        await process.authenticator.authenticate(header)
    except UnauthenticatedError:
        return False
    return True


async def test_a_database_that_cannot_be_read_stops_calls_after_five_seconds(
    here: Process, clock: FakeClock, tmp_path: Path
) -> None:
    issued = await here.issue()
    header = bearer(issued.secret.get_secret_value())
    await here.authenticator.authenticate(header)

    async with here.database.transaction() as session:
        await (await session.connection()).exec_driver_sql("ALTER TABLE api_keys RENAME TO gone")
    clock.move(4.9)
    await here.authenticator.authenticate(header)
    clock.move(0.1)

    with pytest.raises(NotReadyError, match="cannot be checked right now"):
        await here.authenticator.authenticate(header)
    assert (tmp_path / FILE_NAME).exists()


async def test_the_last_use_moves_forward_only(
    here: Process, there: Process, clock: FakeClock
) -> None:
    issued = await here.issue()
    header = bearer(issued.secret.get_secret_value())
    await here.authenticator.authenticate(header)
    clock.move(10)
    latest = epoch_ms(clock.now())
    await there.authenticator.authenticate(header)

    await there.authenticator.write_uses()
    await here.authenticator.write_uses()

    assert await here.last_used_at_ms(issued.key.id) == latest


class TestAnotherPepper:
    async def test_is_refused_while_keys_of_the_old_one_are_good(
        self, here: Process, clock: FakeClock
    ) -> None:
        issued = await here.issue()
        other = b"another pepper that is long enough"
        directory = KeyDirectory(here.database)

        with pytest.raises(ConfigurationError, match="were made with another key pepper"):
            async with open_authenticator(directory, other, clock, {}):
                pass
        await here.revoke(issued.key.id)
        async with open_authenticator(directory, other, clock, {}):
            pass

    async def test_is_fine_where_the_old_keys_have_expired(
        self, here: Process, clock: FakeClock
    ) -> None:
        issued = await here.issue()
        async with here.database.transaction() as session:
            key = await ApiKeyRepository(session).get(issued.key.id)
            assert key is not None
            key.expires_at_ms = epoch_ms(clock.now())

        async with open_authenticator(KeyDirectory(here.database), b"o" * 32, clock, {}):
            pass
