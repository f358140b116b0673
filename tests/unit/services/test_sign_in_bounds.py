"""However many try to get in, what is remembered of them is bounded."""

import asyncio
import threading

import pytest
from pydantic import SecretStr

from app.core.errors import OverloadedError, RateLimitedError, UnauthenticatedError
from app.services import sign_in_failures, sign_in_links
from app.services.passwords import PasswordHasher
from app.services.sign_in_failures import PER_ACCOUNT, PER_ADDRESS, SignInFailures
from app.services.sign_in_links import SignInLinks
from tests.support.clocks import FakeClock
from tests.support.keys import PEPPER

EMAIL = "ana@example.com"


@pytest.fixture
def failures() -> SignInFailures:
    return SignInFailures(FakeClock())


def test_tries_at_once_are_not_more_than_tries_in_turn(failures: SignInFailures) -> None:
    """Each counts before anybody knows how it ends."""
    for _ in range(PER_ACCOUNT):
        failures.begin(EMAIL, "192.0.2.1")

    with pytest.raises(RateLimitedError) as refused:
        failures.begin(EMAIL, "192.0.2.1")
    assert refused.value.retry_after_seconds == 900


def test_a_try_that_nobody_could_judge_does_not_count(failures: SignInFailures) -> None:
    for _ in range(PER_ADDRESS + 1):
        failures.withdraw(failures.begin(EMAIL, "192.0.2.1"))

    failures.begin(EMAIL, "192.0.2.1")


def test_it_does_not_forgive_those_before_it(failures: SignInFailures) -> None:
    for _ in range(PER_ACCOUNT - 1):
        failures.begin(EMAIL, "192.0.2.1")
    failures.withdraw(failures.begin(EMAIL, "192.0.2.1"))
    failures.begin(EMAIL, "192.0.2.1")

    with pytest.raises(RateLimitedError):
        failures.begin(EMAIL, "192.0.2.1")


@pytest.mark.parametrize(
    ("address", "is_counted_with"),
    [("2001:db8::1", "2001:db8::ffff:1"), ("192.0.2.1", "192.0.2.1"), ("", None)],
)
def test_addresses_of_one_customer_count_together(
    failures: SignInFailures, address: str, is_counted_with: str | None
) -> None:
    for number in range(PER_ADDRESS):
        failures.begin(f"{number}@example.com", address)

    with pytest.raises(RateLimitedError):
        failures.begin(EMAIL, is_counted_with)
    failures.begin(EMAIL, "2001:db8:0:1::1")
    failures.begin(EMAIL, "192.0.2.2")


def test_accounts_and_addresses_are_counted_up_to_a_number(
    failures: SignInFailures, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sign_in_failures, "MAX_COUNTED", 20)
    for _ in range(PER_ACCOUNT):
        failures.begin(EMAIL, None)
    with pytest.raises(RateLimitedError):
        failures.begin(EMAIL, "192.0.2.1")

    for number in range(20):
        failures.begin(f"{number}@example.com", f"192.0.2.{number}")

    failures.begin(EMAIL, "192.0.2.99")  # the oldest made room


def test_links_are_kept_up_to_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sign_in_links, "MAX_LINKS", 2)
    links = SignInLinks(FakeClock(), PEPPER)

    first, second, third = (links.issue(name).token.get_secret_value() for name in "abc")

    with pytest.raises(UnauthenticatedError):
        links.redeem(first)
    assert [links.redeem(one).user_id for one in (second, third)] == ["b", "c"]


async def test_so_many_wait_for_their_password_to_be_checked_and_no_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    may_end = threading.Event()

    def verify_slowly(password: str, hashed: str | None) -> bool:
        return may_end.wait(timeout=10) and password == hashed

    monkeypatch.setattr("app.services.passwords.verify_password", verify_slowly)
    hasher = PasswordHasher()
    async with asyncio.TaskGroup() as tasks:
        asked = [tasks.create_task(hasher.verify(SecretStr("x"), "x")) for _ in range(30)]
        await asyncio.sleep(0)
        with pytest.raises(OverloadedError) as refused:
            await hasher.verify(SecretStr("x"), "x")
        may_end.set()

    assert refused.value.retry_after_seconds == 5
    assert all(one.result() for one in asked)
    assert await hasher.verify(SecretStr("x"), "x")
