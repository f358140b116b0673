"""What ends a session, and what a link is good for."""

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.core.config import Settings
from app.core.errors import NotReadyError
from app.core.gateway_file import GatewayConfig
from app.db.database import Database
from app.main import create_app
from tests.support.browsers import ADMIN, Browser
from tests.support.clocks import FakeClock
from tests.support.people import People, error_of

HOUR = 3_600


@pytest.fixture
def ana(people: People) -> str:
    return people.user("ana", role="admin")


@pytest.fixture
def signed_in(browser: Browser, ana: str) -> Browser:
    browser.sign_in_by_link(ana)
    return browser


def is_in(browser: Browser) -> bool:
    answers = [browser.send("GET", path).status_code for path in ("/v1/session", "/v1/me")]
    assert answers in ([200, 200], [401, 401])
    return answers == [200, 200]


def wait(browser: Browser, clock: FakeClock, seconds: float) -> None:
    """Let time pass in which the gateway looks for changes, as it does each second."""
    clock.move(seconds)
    assert browser.client.portal is not None
    browser.client.portal.call(browser.container.authenticator.watch.look)


def test_eight_hours_without_a_request_end_it(signed_in: Browser, clock: FakeClock) -> None:
    wait(signed_in, clock, 8 * HOUR - 1)
    assert is_in(signed_in)
    wait(signed_in, clock, 8 * HOUR - 1)
    assert is_in(signed_in)
    wait(signed_in, clock, 8 * HOUR)
    assert not is_in(signed_in)


def test_seven_days_end_it_however_much_it_is_used(signed_in: Browser, clock: FakeClock) -> None:
    for _ in range(7 * 24 - 1):
        wait(signed_in, clock, HOUR)
        assert signed_in.send("GET", "/v1/me").status_code == 200
    wait(signed_in, clock, HOUR)

    assert not is_in(signed_in)


def test_a_use_counts_after_everything_was_asked_for_again(
    signed_in: Browser, clock: FakeClock
) -> None:
    wait(signed_in, clock, 5 * HOUR)
    assert is_in(signed_in)
    signed_in.container.authenticator.forget_all()
    wait(signed_in, clock, 5 * HOUR)

    assert is_in(signed_in)


def test_the_last_use_is_written_once_a_minute_and_outlives_a_restart(
    app: FastAPI, clock: FakeClock, settings: Settings, gateway_config: GatewayConfig
) -> None:
    with TestClient(app) as client:
        first = Browser(client)
        first.sign_in_by_link(People(client, ADMIN).user("ana"))
        wait(first, clock, 5 * HOUR)
        assert is_in(first)
    clock.move(5 * HOUR)
    with TestClient(create_app(settings, gateway_config, clock=clock)) as client:
        later = Browser(client)
        later.cookies, later.csrf = first.cookies, first.csrf

        assert is_in(later)


def test_signing_out_ends_one_session_and_clears_the_cookie(
    signed_in: Browser, ana: str, people: People
) -> None:
    other = Browser(signed_in.client)
    other.sign_in_by_link(ana)
    cookies = dict(signed_in.cookies)

    answer = signed_in.send("DELETE", "/v1/session")

    assert (answer.status_code, answer.content) == (204, b"")
    assert signed_in.cookies == {}
    signed_in.cookies = cookies
    assert not is_in(signed_in)
    assert is_in(other)
    assert people.audit_log()[-1] == ("user.sign_out", ana)


@pytest.mark.parametrize("change", ["disable", "delete", "reset-password"])
def test_what_an_admin_does_to_a_user_ends_their_sessions_at_once(
    browser: Browser, people: People, change: str
) -> None:
    bo = people.user("bo")
    browser.sign_in_by_link(bo)
    path = f"/v1/users/{bo}"
    if change == "disable":
        assert people.client.patch(path, json={"disabled": True}, headers=ADMIN).is_success
    elif change == "delete":
        assert people.client.delete(path, headers=ADMIN).is_success
    else:
        assert people.client.post(f"{path}/reset-password", headers=ADMIN).is_success

    assert not is_in(browser)
    assert people.query("SELECT * FROM sessions") == []
    if change == "disable":
        people.client.patch(path, json={"disabled": False}, headers=ADMIN)
        assert not is_in(browser)


def test_another_process_learns_of_a_disabled_user(
    signed_in: Browser, ana: str, people: People, clock: FakeClock
) -> None:
    """The change comes from outside, as from another process on the same data."""
    assert is_in(signed_in)
    people.query("UPDATE users SET disabled_at_ms = 1 WHERE id = ?", ana)
    people.query("UPDATE changes SET counter = counter + 1")

    wait(signed_in, clock, 1)

    assert not is_in(signed_in)


def test_nobody_is_let_in_on_old_knowledge(
    signed_in: Browser, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert is_in(signed_in)

    def refuse(_: Database) -> None:
        raise NotReadyError("The database does not answer.")

    monkeypatch.setattr(Database, "watching", refuse)
    clock.move(6)
    refused = signed_in.send("GET", "/v1/me")

    assert (refused.status_code, refused.headers["retry-after"]) == (503, "1")


def test_a_session_is_good_after_a_sleep_of_the_machine(
    signed_in: Browser, clock: FakeClock
) -> None:
    assert is_in(signed_in)
    clock.move(60)  # and nobody looks

    assert is_in(signed_in)


def test_a_change_of_role_and_teams_is_a_change_of_rights(
    signed_in: Browser, ana: str, people: People
) -> None:
    team = people.team("research")
    people.user("eva", role="admin")
    assert signed_in.send("GET", "/v1/admin/audit-log").status_code == 200

    people.client.post(f"/v1/teams/{team}/members", json={"user_id": ana}, headers=ADMIN)
    people.client.patch(f"/v1/users/{ana}", json={"role": "member"}, headers=ADMIN)

    assert signed_in.send("GET", "/v1/admin/audit-log").status_code == 403
    shown = signed_in.send("GET", "/v1/session").json()
    assert shown["user"]["role"] == "member"
    assert [one["id"] for one in shown["teams"]] == [team]


def test_a_session_in_use_asks_the_database_nothing(
    signed_in: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert signed_in.send("GET", "/v1/models").status_code == 200

    def refuse(_: Database) -> None:
        raise AssertionError("the database was asked")

    for way in ("reading", "transaction"):
        monkeypatch.setattr(Database, way, refuse)

    assert signed_in.send("GET", "/v1/models").status_code == 200


def test_what_has_ended_is_cleared_away_when_somebody_signs_in(
    browser: Browser, people: People, ana: str, clock: FakeClock
) -> None:
    bo = people.user("bo")
    browser.sign_in_by_link(ana)
    clock.move(8 * HOUR)
    Browser(browser.client).sign_in_by_link(bo)

    assert people.query("SELECT user_id FROM sessions") == [(bo,)]


def test_a_user_has_twenty_sessions_at_most(browser: Browser, ana: str, people: People) -> None:
    first = Browser(browser.client)
    first.sign_in_by_link(ana)
    people.query("UPDATE sessions SET id = 'session_0'")  # made long before the others
    for _ in range(20):
        Browser(browser.client).sign_in_by_link(ana)

    assert people.query("SELECT count(*) FROM sessions") == [(20,)]
    assert not is_in(first)


def end_admin(client: TestClient, user_id: str, end: str) -> None:
    """End what makes a user an admin whose links are good."""
    path = f"/v1/users/{user_id}"
    changes = {"no admin": [{"role": "member"}], "disabled": [{"disabled": True}]}
    changes["enabled again"] = [{"disabled": True}, {"disabled": False}]
    for change in changes.get(end, []):
        assert client.patch(path, json=change, headers=ADMIN).is_success
    if end == "deleted":
        assert client.delete(path, headers=ADMIN).is_success
    if end == "reset":
        assert client.post(f"{path}/reset-password", headers=ADMIN).is_success


class TestALink:
    def test_is_good_once(self, browser: Browser, ana: str) -> None:
        token = browser.container.sign_in_links.issue(ana).token.get_secret_value()
        assert browser.sign_in(link=token).status_code == 201

        again = Browser(browser.client).sign_in(link=token)

        assert error_of(again)[:3] == (401, "unauthenticated", "link")
        assert "set-cookie" not in again.headers

    def test_is_good_for_fifteen_minutes(
        self, browser: Browser, ana: str, clock: FakeClock
    ) -> None:
        links = browser.container.sign_in_links
        first, second = (links.issue(ana).token.get_secret_value() for _ in "ab")
        clock.move(15 * 60 - 1)
        assert browser.sign_in(link=first).status_code == 201
        clock.move(1)

        assert browser.sign_in(link=second).status_code == 401

    def test_is_no_good_after_a_restart(
        self, app: FastAPI, settings: Settings, gateway_config: GatewayConfig, clock: FakeClock
    ) -> None:
        with TestClient(app) as client:
            ana, browser = People(client, ADMIN).user("ana"), Browser(client)
            token = browser.container.sign_in_links.issue(ana).token.get_secret_value()
        with TestClient(create_app(settings, gateway_config, clock=clock)) as client:
            assert Browser(client).sign_in(link=token).status_code == 401

    @pytest.mark.parametrize("change", [{"disabled": True}, None], ids=["disabled", "deleted"])
    def test_of_somebody_who_is_gone_is_no_good(
        self, browser: Browser, people: People, change: dict[str, bool] | None
    ) -> None:
        bo = people.user("bo")
        token = browser.container.sign_in_links.issue(bo).token.get_secret_value()
        path = f"/v1/users/{bo}"
        if change is None:
            people.client.delete(path, headers=ADMIN)
        else:
            people.client.patch(path, json=change, headers=ADMIN)

        assert browser.sign_in(link=token).status_code == 401

    def test_of_somebody_who_was_disabled_is_no_good_once_they_are_enabled_again(
        self, browser: Browser, people: People
    ) -> None:
        bo = people.user("bo")
        token = browser.container.sign_in_links.issue(bo).token.get_secret_value()
        for is_disabled in (True, False):
            change = {"disabled": is_disabled}
            assert people.client.patch(f"/v1/users/{bo}", json=change, headers=ADMIN).is_success

        assert browser.sign_in(link=token).status_code == 401

    @pytest.mark.parametrize("is_own", [True, False])
    def test_is_no_good_once_the_password_is_another(
        self, browser: Browser, people: People, ana: str, *, is_own: bool
    ) -> None:
        browser.sign_in_by_link(ana)
        token = browser.container.sign_in_links.issue(ana).token.get_secret_value()
        if is_own:
            wish = {"new_password": "a long enough one"}
            assert browser.send("PUT", "/v1/session/password", wish).is_success
        else:
            path = f"/v1/users/{ana}/reset-password"
            assert people.client.post(path, headers=ADMIN).is_success

        assert Browser(browser.client).sign_in(link=token).status_code == 401

    def test_is_asked_for_by_an_admin_and_written_down(
        self, browser: Browser, people: People
    ) -> None:
        bo = people.user("bo")

        made = browser.send("POST", "/v1/admin/sign-in-links", {"user_id": bo}, ADMIN)

        address, _, token = made.json()["url"].rpartition("/")
        assert (made.status_code, address) == (201, "http://127.0.0.1:8000/#/sign-in")
        assert made.json()["user_id"] == bo
        assert made.json()["expires_at"] == "2026-11-23T12:15:00Z"
        assert people.audit_log()[-1] == ("user.sign_in_link", bo)
        assert browser.sign_in(link=token).json()["user"]["id"] == bo
        assert people.audit_log()[-1] == ("user.sign_in", bo)

    @pytest.mark.parametrize("end", ["disabled", "enabled again", "deleted", "no admin", "reset"])
    def test_is_no_good_once_who_made_it_may_make_none(
        self, browser: Browser, people: People, ana: str, end: str
    ) -> None:
        people.user("eva", role="admin")
        bo = people.user("bo")
        browser.sign_in_by_link(ana)
        made = browser.send("POST", "/v1/admin/sign-in-links", {"user_id": bo})
        end_admin(people.client, ana, end)

        refused = Browser(browser.client).sign_in(link=made.json()["url"].rpartition("/")[2])

        assert made.status_code == 201
        assert error_of(refused)[:3] == (401, "unauthenticated", "link")

    def test_for_somebody_disabled_is_not_made(self, browser: Browser, people: People) -> None:
        bo = people.user("bo")
        people.client.patch(f"/v1/users/{bo}", json={"disabled": True}, headers=ADMIN)

        refused = browser.send("POST", "/v1/admin/sign-in-links", {"user_id": bo}, ADMIN)

        assert error_of(refused)[:3] == (409, "conflict", "user_id")

    def test_leads_to_the_public_address_where_one_is_set(
        self, settings: Settings, gateway_config: GatewayConfig, data_dir: object
    ) -> None:
        assert data_dir == settings.data_dir
        public = settings.model_copy(update={"public_url": "https://ai.example.com/gateway"})
        with TestClient(create_app(public, gateway_config)) as client:
            ana = People(client, ADMIN).user("ana")
            made = client.post("/v1/admin/sign-in-links", json={"user_id": ana}, headers=ADMIN)

        assert made.json()["url"].startswith("https://ai.example.com/gateway/#/sign-in/")
