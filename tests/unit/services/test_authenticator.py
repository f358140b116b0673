"""Who is calling, without asking the database for each call."""

import asyncio
import gc
import logging
from types import FunctionType, ModuleType

import pytest
from structlog.testing import capture_logs

from app.core.clock import epoch_ms
from app.core.errors import ConfigurationError, NotReadyError, UnauthenticatedError
from app.core.security import new_secret
from app.services.authenticator import Authenticator, open_authenticator
from app.services.principals import Principal, Scope
from tests.support.clocks import FakeClock
from tests.support.keys import PEPPER, FakeDirectory, bearer

SECRET = new_secret()
ADMIN = Principal("bootstrap", "bootstrap", frozenset(Scope))
ADMIN_SECRET = "any text of 24 characters or more"


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def directory() -> FakeDirectory:
    return FakeDirectory()


@pytest.fixture
async def authenticator(directory: FakeDirectory, clock: FakeClock) -> Authenticator:
    authenticator = Authenticator(directory, PEPPER, clock, {ADMIN_SECRET: ADMIN})
    await authenticator.watch.look()
    return authenticator


async def test_a_good_key_says_who_calls(
    authenticator: Authenticator, directory: FakeDirectory
) -> None:
    row = directory.add(SECRET)

    principal = await authenticator.authenticate(bearer(SECRET))

    assert principal == Principal(row.id, "ci", frozenset({Scope.INFERENCE}))
    assert await authenticator.authenticate(f"bearer  {SECRET} ") == principal


async def test_a_key_in_use_is_not_asked_for_again_while_nothing_changes(
    authenticator: Authenticator, directory: FakeDirectory, clock: FakeClock
) -> None:
    directory.add(SECRET)

    for _ in range(100):
        await authenticator.authenticate(bearer(SECRET))
        clock.move(1)
        await authenticator.watch.look()

    assert directory.questions == 1


async def test_a_key_that_is_not_ours_never_reaches_the_database_or_the_log(
    authenticator: Authenticator, directory: FakeDirectory, caplog: pytest.LogCaptureFixture
) -> None:
    secrets = ["hf_" + "x" * 34, "sk-proj-" + "x" * 40, "mh_" + "x" * 38, "x" * 100_000, "ü" * 30]

    with caplog.at_level(logging.DEBUG), capture_logs() as logs:
        for secret in secrets:
            with pytest.raises(UnauthenticatedError) as refusal:
                await authenticator.authenticate(bearer(secret))
            assert secret not in refusal.value.message

    assert directory.questions == 0
    assert logs == []
    assert caplog.records == []


async def test_a_foreign_key_is_named_by_its_owner(authenticator: Authenticator) -> None:
    with pytest.raises(UnauthenticatedError, match="That is a Hugging Face key"):
        await authenticator.authenticate(bearer("hf_" + "x" * 34))


async def test_a_missing_header_is_refused(authenticator: Authenticator) -> None:
    with pytest.raises(UnauthenticatedError, match="No API key was sent"):
        await authenticator.authenticate(None)


async def test_a_key_expires_on_the_clock_while_it_is_in_use(
    authenticator: Authenticator, directory: FakeDirectory, clock: FakeClock
) -> None:
    directory.add(SECRET, expires_at_ms=epoch_ms(clock.now()) + 1_000)
    await authenticator.authenticate(bearer(SECRET))

    clock.move(0.999)
    await authenticator.authenticate(bearer(SECRET))
    clock.move(0.001)
    with pytest.raises(UnauthenticatedError, match="expired"):
        await authenticator.authenticate(bearer(SECRET))
    assert directory.questions == 1


async def test_a_forgotten_key_is_asked_for_again(
    authenticator: Authenticator, directory: FakeDirectory
) -> None:
    row = directory.add(SECRET)
    await authenticator.authenticate(bearer(SECRET))

    row.revoked_at_ms = 1
    authenticator.forget_all()

    with pytest.raises(UnauthenticatedError, match="was revoked"):
        await authenticator.authenticate(bearer(SECRET))


async def test_a_builtin_secret_needs_no_database(
    authenticator: Authenticator, directory: FakeDirectory
) -> None:
    directory.broken = True

    assert await authenticator.authenticate(bearer(ADMIN_SECRET)) is ADMIN
    with pytest.raises(UnauthenticatedError):
        await authenticator.authenticate(bearer(ADMIN_SECRET[:-1]))


async def test_no_secret_stays_in_memory(
    authenticator: Authenticator, directory: FakeDirectory
) -> None:
    row = directory.add(SECRET)
    await authenticator.authenticate(bearer(SECRET))

    held = reachable_texts(authenticator)

    assert row.id in held
    assert SECRET not in held
    assert ADMIN_SECRET not in held


def reachable_texts(root: object) -> set[str]:
    """Return every text that an object holds, however deep."""
    seen: dict[int, object] = {}
    waiting = [root]
    while waiting:
        one = waiting.pop()
        if id(one) not in seen and not isinstance(one, (type, ModuleType, FunctionType)):
            seen[id(one)] = one
            waiting += gc.get_referents(one)
    return {one for one in seen.values() if isinstance(one, str)}


class TestLastUse:
    async def test_is_written_once_for_many_calls(
        self, authenticator: Authenticator, directory: FakeDirectory, clock: FakeClock
    ) -> None:
        row = directory.add(SECRET)
        for _ in range(10):
            clock.move(0.4)
            await authenticator.authenticate(bearer(SECRET))
        used = epoch_ms(clock.now())
        clock.move(30)
        assert directory.written == []

        await authenticator.write_uses()
        await authenticator.write_uses()

        assert directory.written == [{row.id: used}]

    async def test_of_a_revoked_key_is_written_too(
        self, authenticator: Authenticator, directory: FakeDirectory
    ) -> None:
        row = directory.add(SECRET)
        await authenticator.authenticate(bearer(SECRET))
        authenticator.forget_all()

        await authenticator.write_uses()

        assert list(directory.written[0]) == [row.id]

    async def test_waits_for_a_database_that_is_away(
        self, authenticator: Authenticator, directory: FakeDirectory
    ) -> None:
        row = directory.add(SECRET)
        await authenticator.authenticate(bearer(SECRET))
        directory.broken = True

        with capture_logs() as logs:
            await authenticator.write_uses()
        directory.broken = False
        await authenticator.write_uses()

        assert [log["event"] for log in logs] == ["key_uses_not_written"]
        assert list(directory.written[0]) == [row.id]

    async def test_of_a_refused_key_is_not_written(
        self, authenticator: Authenticator, directory: FakeDirectory
    ) -> None:
        directory.add(SECRET, expires_at_ms=1)
        with pytest.raises(UnauthenticatedError):
            await authenticator.authenticate(bearer(SECRET))

        await authenticator.write_uses()

        assert directory.written == []


class TestOpening:
    async def test_ends_with_the_last_uses_written(
        self, directory: FakeDirectory, clock: FakeClock
    ) -> None:
        row = directory.add(SECRET)

        async with open_authenticator(directory, PEPPER, clock, {}) as authenticator:
            await authenticator.authenticate(bearer(SECRET))
            assert directory.written == []

        assert list(directory.written[0]) == [row.id]

    async def test_lets_an_error_of_the_gateway_through_as_it_is(
        self, directory: FakeDirectory, clock: FakeClock
    ) -> None:
        with pytest.raises(NotReadyError, match="something else"):
            async with open_authenticator(directory, PEPPER, clock, {}):
                raise NotReadyError("something else")

    async def test_is_refused_over_keys_of_another_pepper(
        self, directory: FakeDirectory, clock: FakeClock
    ) -> None:
        directory.add(SECRET)

        with pytest.raises(ConfigurationError, match=r"1 API keys .* Restore secret\.key"):
            async with open_authenticator(directory, b"another pepper" * 3, clock, {}):
                pass

    async def test_looks_for_changes_each_second(
        self, directory: FakeDirectory, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        row = directory.add(SECRET)
        monkeypatch.setattr("app.services.access_watch.LOOK_SECONDS", 0)

        async with open_authenticator(directory, PEPPER, clock, {}) as authenticator:
            await authenticator.authenticate(bearer(SECRET))
            row.revoked_at_ms = 1
            directory.changes += 1
            for _ in range(10):
                await asyncio.sleep(0)
            with pytest.raises(UnauthenticatedError):
                await authenticator.authenticate(bearer(SECRET))

    async def test_writes_uses_each_minute(
        self, directory: FakeDirectory, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        row = directory.add(SECRET)
        monkeypatch.setattr("app.services.authenticator.WRITE_USES_SECONDS", 0)

        async with open_authenticator(directory, PEPPER, clock, {}) as authenticator:
            await authenticator.authenticate(bearer(SECRET))
            await directory.has_written.wait()

        assert list(directory.written[0]) == [row.id]
