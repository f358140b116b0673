"""Signing in with e-mail and password, and everybody who tries to without knowing it."""

from collections.abc import Generator

import pytest
from pwdlib.hashers.argon2 import Argon2Hasher

from app.services import sign_in_failures
from tests.integration.session.conftest import Hashing
from tests.support.browsers import ADMIN, Browser
from tests.support.clocks import FakeClock
from tests.support.people import People, error_of

EMAIL, PASSWORD = "ana@example.com", "correct horse battery"


@pytest.fixture
def ana(people: People, hashing: Hashing) -> str:
    user = people.user("ana")
    people.query("UPDATE users SET password_hash = ? WHERE id = ?", hashing.hash(PASSWORD), user)
    return user


def failures(people: People) -> list[tuple[str, str]]:
    return [row for row in people.audit_log() if row[0] == "user.sign_in_failed"]


def write_down(browser: Browser) -> None:
    """Do what is done each minute."""
    assert browser.client.portal is not None
    container = browser.container
    browser.client.portal.call(container.sign_in_failures.write_down, container.database)


@pytest.mark.parametrize("email", [EMAIL, " Ana@Example.com "])
def test_the_right_password_signs_in(
    browser: Browser, people: People, ana: str, email: str
) -> None:
    answer = browser.sign_in(email=email, password=PASSWORD)

    assert answer.status_code == 201
    assert answer.json()["user"]["id"] == ana
    assert answer.json()["user"]["has_password"] is True
    assert answer.json()["signed_in_with"] == "password"
    assert browser.send("GET", "/v1/me").json()["user"]["id"] == ana
    assert people.audit_log()[-1] == ("user.sign_in", ana)


def test_a_password_is_the_same_however_its_letters_are_composed(
    browser: Browser, people: People, ana: str, hashing: Hashing
) -> None:
    hashed = hashing.hash("h\u00e4user und g\u00e4rten")
    people.query("UPDATE users SET password_hash = ? WHERE id = ?", hashed, ana)

    assert browser.sign_in(email=EMAIL, password="ha\u0308user und ga\u0308rten").is_success


def test_all_who_fail_are_answered_the_same_after_the_same_work(
    browser: Browser, people: People, ana: str, hashing: Hashing
) -> None:
    assert ana
    people.user("without")
    gone = people.user("gone")
    people.query("UPDATE users SET password_hash = ? WHERE id = ?", hashing.hash(PASSWORD), gone)
    people.client.patch(f"/v1/users/{gone}", json={"disabled": True}, headers=ADMIN)
    seen = set[tuple[object, ...]]()
    for name, password in (
        ("ana", "wrong"),
        ("nobody", PASSWORD),
        ("without", PASSWORD),
        ("gone", PASSWORD),
    ):
        before = hashing.verified
        answer = browser.sign_in(email=f"{name}@example.com", password=password)
        assert "set-cookie" not in answer.headers
        seen.add((*error_of(answer), hashing.verified - before))

    assert len(seen) == 1
    assert next(iter(seen))[:2] == (401, "unauthenticated")
    assert next(iter(seen))[-1] == 1


def test_the_same_work_is_really_done(browser: Browser, people: People) -> None:
    """For nobody it is done on a hash of the same parameters, by the real thing."""
    verified = list[str]()
    verify = Argon2Hasher.verify

    def noting(hasher: Argon2Hasher, password: str, hashed: str) -> bool:
        verified.append(hashed.rpartition("$")[0].rpartition("$")[0])
        return verify(hasher, password, hashed)

    user = people.user("bo")
    people.client.post(f"/v1/users/{user}/reset-password", headers=ADMIN)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Argon2Hasher, "verify", noting)
        for name in ("bo", "nobody"):
            assert browser.sign_in(email=f"{name}@example.com", password="x").status_code == 401

    assert verified == ["$argon2id$v=19$m=65536,t=3,p=4"] * 2


def test_a_password_that_an_admin_set_signs_in(browser: Browser, people: People) -> None:
    bo = people.user("bo")
    made = people.client.post(f"/v1/users/{bo}/reset-password", headers=ADMIN).json()

    assert browser.sign_in(email="bo@example.com", password=made["password"]).status_code == 201


def test_an_outdated_hash_is_renewed(browser: Browser, people: People) -> None:
    bo = people.user("bo")
    old = Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    people.query("UPDATE users SET password_hash = ? WHERE id = ?", old, bo)

    assert browser.sign_in(email="bo@example.com", password=PASSWORD).status_code == 201

    [(renewed,)] = people.query("SELECT password_hash FROM users WHERE id = ?", bo)
    assert renewed.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert Browser(browser.client).sign_in(email="bo@example.com", password=PASSWORD).is_success


class TestTooManyFailures:
    @pytest.fixture
    def other_addresses(self) -> Generator[None]:
        """Let the limit by address be out of the way."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sign_in_failures, "PER_ADDRESS", 1_000)
            yield

    @pytest.mark.parametrize("name", ["ana", "nobody"])
    def test_of_an_account_lock_it_whether_it_exists_or_not(
        self, browser: Browser, ana: str, hashing: Hashing, name: str
    ) -> None:
        assert ana
        wish = {"email": f"{name}@example.com", "password": "wrong"}
        assert [browser.sign_in(**wish).status_code for _ in range(10)] == [401] * 10
        before = hashing.verified

        refused = browser.sign_in(email=wish["email"], password=PASSWORD)

        assert error_of(refused)[:2] == (429, "rate_limited")
        assert refused.headers["retry-after"] == "900"
        assert hashing.verified == before
        assert browser.sign_in(email="eva@example.com", password="x").status_code == 401

    def test_are_forgotten_after_fifteen_minutes(
        self, browser: Browser, ana: str, clock: FakeClock
    ) -> None:
        assert ana
        for _ in range(10):
            browser.sign_in(email=EMAIL, password="wrong")
            clock.move(60)
        clock.move(5 * 60 - 1)
        assert browser.sign_in(email=EMAIL, password=PASSWORD).status_code == 429
        clock.move(1)

        assert browser.sign_in(email=EMAIL, password=PASSWORD).status_code == 201

    def test_are_forgotten_after_a_success(self, browser: Browser, ana: str) -> None:
        assert ana
        for _ in range(3):
            for _ in range(9):
                assert browser.sign_in(email=EMAIL, password="wrong").status_code == 401
            assert browser.sign_in(email=EMAIL, password=PASSWORD).status_code == 201

    def test_from_an_address_lock_it_out(self, browser: Browser, ana: str) -> None:
        assert ana
        for number in range(30):
            wish = {"email": f"u{number}@example.com", "password": "wrong"}
            assert browser.sign_in(**wish).status_code == 401

        assert browser.sign_in(email=EMAIL, password=PASSWORD).status_code == 429

    def test_do_not_keep_a_link_out(self, browser: Browser, ana: str) -> None:
        for _ in range(11):
            browser.sign_in(email=EMAIL, password="wrong")

        browser.sign_in_by_link(ana)

    def test_are_written_down_once_a_minute_with_their_number(
        self, browser: Browser, people: People, ana: str
    ) -> None:
        for name in ("ana", "nobody", "ana", "ana"):
            browser.sign_in(email=f"{name}@example.com", password="wrong")
        assert failures(people) == []

        write_down(browser)
        write_down(browser)

        assert failures(people) == [("user.sign_in_failed", ana)]
        [row] = people.client.get(
            "/v1/admin/audit-log", params={"action": "user.sign_in_failed"}, headers=ADMIN
        ).json()["data"]
        assert row["after"] == {"times": 3}
        assert row["actor"] == {"kind": "system", "id": "system", "key_id": None, "name": "system"}
        assert row["from_ip"] == "testclient"


@pytest.mark.parametrize(
    ("wish", "param"),
    [
        ({}, None),
        ({"email": EMAIL}, None),
        ({"password": PASSWORD}, None),
        ({"link": "x", "email": EMAIL, "password": PASSWORD}, None),
        ({"link": "x", "email": EMAIL}, None),
        ({"link": ""}, "link"),
        ({"link": 1}, "link"),
        ({"link": "x" * 201}, "link"),
        ({"link": "\ud800"}, "link"),
        ({"email": "ana", "password": PASSWORD}, "email"),
        ({"email": EMAIL, "password": ""}, "password"),
        ({"email": EMAIL, "password": "x" * 201}, "password"),
        ({"email": EMAIL, "password": "\ud800"}, "password"),
        ({"email": EMAIL, "password": PASSWORD, "remember": True}, "remember"),
    ],
    ids=str,
)
def test_what_is_neither_a_link_nor_a_password_is_refused_and_not_repeated(
    browser: Browser, wish: dict[str, object], param: str | None
) -> None:
    answer = browser.send("POST", "/v1/session", wish)

    assert error_of(answer)[:3] == (400, "invalid_request", param)
    assert PASSWORD not in answer.text


def test_a_password_that_is_too_long_is_counted_in_characters(browser: Browser) -> None:
    answer = browser.send("POST", "/v1/session", {"email": EMAIL, "password": "x" * 201})

    assert error_of(answer)[3] == "`password` must have at most 200 characters."
