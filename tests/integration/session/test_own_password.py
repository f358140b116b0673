"""Choosing a password of one's own, and what that ends."""

import pytest

from tests.integration.session.conftest import Hashing
from tests.support.browsers import Browser
from tests.support.clocks import FakeClock
from tests.support.people import People, error_of

PATH = "/v1/session/password"
OLD, NEW = "an older password", "a newer password"


@pytest.fixture(autouse=True)
def _hashing(hashing: Hashing) -> None:
    """Hash quickly in all of these."""


@pytest.fixture
def ana(people: People) -> str:
    return people.user("ana")


@pytest.fixture
def by_link(browser: Browser, ana: str) -> Browser:
    browser.sign_in_by_link(ana)
    return browser


@pytest.fixture
def by_password(browser: Browser, ana: str, people: People, hashing: Hashing) -> Browser:
    people.query("UPDATE users SET password_hash = ? WHERE id = ?", hashing.hash(OLD), ana)
    assert browser.sign_in(email="ana@example.com", password=OLD).status_code == 201
    return browser


def change(browser: Browser, **wish: object) -> tuple[int, str | None]:
    """Ask for a new password, and return the status and what is wrong."""
    answer = browser.send("PUT", PATH, wish)
    if answer.is_success:
        browser.csrf = answer.json()["csrf_token"]
        return answer.status_code, None
    status, _, param, message = error_of(answer)
    assert NEW not in message
    return status, param


def signs_in(browser: Browser, password: str) -> bool:
    status = Browser(browser.client).sign_in(email="ana@example.com", password=password).status_code
    assert status in {201, 401}
    return status == 201


def test_who_has_none_needs_no_current_one(
    by_link: Browser, people: People, ana: str, clock: FakeClock
) -> None:
    clock.move(3_600)
    assert by_link.client.portal is not None
    by_link.client.portal.call(by_link.container.authenticator.watch.look)

    assert change(by_link, new_password=NEW) == (200, None)

    shown = by_link.send("GET", "/v1/session").json()
    assert shown["user"]["has_password"] is True
    assert shown["signed_in_with"] == "password"
    assert people.audit_log()[-1] == ("user.change_password", ana)
    assert signs_in(by_link, NEW)


def test_a_link_stands_for_a_lost_one_for_fifteen_minutes(
    by_password: Browser, ana: str, clock: FakeClock
) -> None:
    other = Browser(by_password.client)
    other.sign_in_by_link(ana)
    clock.move(15 * 60)
    assert other.client.portal is not None
    other.client.portal.call(other.container.authenticator.watch.look)
    assert change(other, new_password=NEW) == (400, "current_password")

    other.sign_in_by_link(ana)

    assert change(other, new_password=NEW) == (200, None)


def test_who_knows_theirs_changes_it(by_password: Browser) -> None:
    assert change(by_password, new_password=NEW) == (400, "current_password")
    assert change(by_password, new_password=NEW, current_password="wrong") == (
        403,
        "current_password",
    )

    assert change(by_password, new_password=NEW, current_password=OLD) == (200, None)

    assert not signs_in(by_password, OLD)
    assert signs_in(by_password, NEW)


def test_a_wrong_current_one_counts_as_a_failed_sign_in(by_password: Browser) -> None:
    wish = {"new_password": NEW, "current_password": "wrong"}
    answers = [by_password.send("PUT", PATH, wish) for _ in range(11)]

    assert [answer.status_code for answer in answers] == [403] * 10 + [429]
    assert by_password.send("GET", "/v1/me").status_code == 200


def test_a_change_ends_every_session_and_begins_a_new_one(by_password: Browser, ana: str) -> None:
    stolen = Browser(by_password.client)
    stolen.cookies, stolen.csrf = dict(by_password.cookies), by_password.csrf
    elsewhere = Browser(by_password.client)
    elsewhere.sign_in_by_link(ana)

    assert change(by_password, new_password=NEW, current_password=OLD) == (200, None)

    assert by_password.cookies != stolen.cookies
    assert by_password.send("GET", "/v1/me").status_code == 200
    for other in (stolen, elsewhere):
        assert other.send("GET", "/v1/me").status_code == 401
        assert other.send("GET", "/v1/session").status_code == 401


@pytest.mark.parametrize(
    "password",
    [
        "",
        "elevenchars",
        "x" * 201,
        "ana@example.com",
        "ANA@example.com",
        123456789012,
        "\ud800" * 12,
    ],
    ids=repr,
)
def test_a_weak_one_is_refused(by_link: Browser, password: object) -> None:
    assert change(by_link, new_password=password) == (400, "new_password")


@pytest.mark.parametrize("password", ["twelve chars", "x" * 200, "🦊" * 12])
def test_the_length_is_between_twelve_and_two_hundred(by_link: Browser, password: str) -> None:
    assert change(by_link, new_password=password) == (200, None)


def test_the_message_says_the_rule(by_link: Browser) -> None:
    answer = by_link.send("PUT", PATH, {"new_password": "elevenchars"})

    assert error_of(answer)[3] == (
        "`new_password` must have 12 to 200 characters; this one has 11."
    )


def test_a_current_one_that_does_not_exist_is_not_ignored(by_link: Browser) -> None:
    assert change(by_link, new_password=NEW, current_password=OLD) == (400, "current_password")


def test_an_unknown_field_is_refused(by_link: Browser) -> None:
    assert change(by_link, new_password=NEW, role="admin") == (400, "role")


def test_a_reset_meanwhile_is_noticed(
    by_password: Browser, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    def hash_while_somebody_resets(password: str) -> str:
        people.query("UPDATE users SET password_hash = '$quick$other'")
        return password

    monkeypatch.setattr("app.services.passwords.hash_password", hash_while_somebody_resets)

    assert change(by_password, new_password=NEW, current_password=OLD) == (409, None)


class TestAnAddress:
    def test_is_an_admins_to_change_with_the_password(
        self, browser: Browser, people: People
    ) -> None:
        eva = people.user("eva", role="admin")
        browser.sign_in_by_link(eva)

        assert change(browser, new_password=NEW, email="Boss@Example.com") == (200, None)

        assert browser.send("GET", "/v1/session").json()["user"]["email"] == "boss@example.com"
        assert people.audit_log()[-2:] == [("user.update", eva), ("user.change_password", eva)]
        other = Browser(browser.client)
        assert other.sign_in(email="boss@example.com", password=NEW).status_code == 201

    def test_that_is_taken_changes_nothing(
        self, browser: Browser, people: People, ana: str
    ) -> None:
        assert ana
        browser.sign_in_by_link(people.user("eva", role="admin"))

        assert change(browser, new_password=NEW, email="ana@example.com") == (409, "email")

        assert browser.send("GET", "/v1/session").json()["user"]["has_password"] is False

    def test_is_not_a_members_to_change(self, by_link: Browser) -> None:
        assert change(by_link, new_password=NEW, email="boss@example.com") == (403, "email")
        assert change(by_link, new_password=NEW, email="ANA@example.com") == (200, None)

    def test_is_no_password(self, browser: Browser, people: People) -> None:
        browser.sign_in_by_link(people.user("eva", role="admin"))
        email = "boss@example.com"

        assert change(browser, new_password=email, email=email) == (400, "new_password")


@pytest.mark.parametrize("path", ["reset-password", "sign-in-links"])
@pytest.mark.parametrize("scopes", [("manage",), ("inference", "manage")], ids=len)
@pytest.mark.parametrize("more", ["", "allowed_models", "expires_at_ms", "tags"])
def test_only_a_key_without_bounds_lets_others_sign_in(
    people: People, ana: str, scopes: tuple[str, ...], *, path: str, more: str
) -> None:
    key = people.key(people.user("eva", role="admin"), scopes=scopes)
    value = {"expires_at_ms": 4_000_000_000_000, "tags": '{"a": "b"}'}.get(more, '["*"]')
    if more:
        people.query(f"UPDATE api_keys SET {more} = ? WHERE id = ?", value, key.id)  # noqa: S608

    if path == "reset-password":
        answer = people.client.post(f"/v1/users/{ana}/reset-password", headers=key.headers)
    else:
        body = {"user_id": ana}
        answer = people.client.post("/v1/admin/sign-in-links", json=body, headers=key.headers)

    is_whole = len(scopes) == 2 and not more
    assert answer.is_success if is_whole else error_of(answer)[:2] == (403, "forbidden")


def test_an_admin_who_is_signed_in_lets_others_in(
    browser: Browser, people: People, ana: str
) -> None:
    browser.sign_in_by_link(people.user("eva", role="admin"))

    assert browser.send("POST", f"/v1/users/{ana}/reset-password").status_code == 200
    made = browser.send("POST", "/v1/admin/sign-in-links", {"user_id": ana})
    assert made.status_code == 201
