"""What other sites, other programs and other people try with somebody's session."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.routing import APIRoute

from app.core.tokens import new_token
from app.main import app as routes_of
from tests.support.browsers import ADMIN, HERE, Browser
from tests.support.clocks import FakeClock
from tests.support.people import People, error_of

KEY = {"name": "mine"}


@pytest.fixture
def ana(people: People) -> str:
    return people.user("ana", role="admin")


@pytest.fixture
def signed_in(browser: Browser, ana: str) -> Browser:
    browser.sign_in_by_link(ana)
    return browser


def changing_routes() -> Iterator[tuple[str, str]]:
    """Yield every route that may change something, with what there is in no place."""
    for route in routes_of.routes:
        assert isinstance(route, APIRoute)
        path = route.path.replace("{", "no-").replace("}", "")
        yield from ((one, path) for one in sorted({*(route.methods or ())} - {"GET", "HEAD"}))


def test_a_cookie_alone_changes_nothing(signed_in: Browser) -> None:
    tried = {*changing_routes()} - {("POST", "/v1/session")}  # how a session begins

    answers = {one: signed_in.send(*one, headers={"x-meterhouse-csrf": ""}) for one in tried}

    assert len(answers) > 20
    assert [one for one, answer in answers.items() if answer.status_code != 401] == []
    assert error_of(answers["POST", "/v1/keys"])[1] == "unauthenticated"
    assert len({answer.headers["x-error-message"] for answer in answers.values()}) == 1


def test_a_cookie_alone_reads_nothing_but_the_session(signed_in: Browser) -> None:
    without = {"x-meterhouse-csrf": ""}

    assert signed_in.send("GET", "/v1/users", headers=without).status_code == 401
    assert signed_in.send("GET", "/v1/models", headers=without).status_code == 401
    assert signed_in.send("GET", "/v1/session", headers=without).status_code == 200


OTHER_SITES = (
    {"origin": "https://evil.example"},
    {"origin": "null"},
    {"origin": "http://127.0.0.1:8001"},
    {"origin": "http://localhost:8000"},
    {"origin": f"{HERE}.evil.example"},
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
    {"sec-fetch-site": "none"},
)


@pytest.mark.parametrize(
    "route", ["POST /v1/keys", "GET /v1/users", "GET /v1/session", "DELETE /v1/session"]
)
def test_another_site_is_refused_even_with_the_token(
    signed_in: Browser, people: People, route: str
) -> None:
    before, (method, path) = people.query("SELECT count(*) FROM api_keys"), route.split()

    for headers in OTHER_SITES:
        answer = signed_in.send(method, path, KEY if method == "POST" else None, headers)

        assert error_of(answer)[:2] == (403, "cross_site"), headers
        assert people.query("SELECT count(*) FROM api_keys") == before, headers
        assert signed_in.send("GET", "/v1/session").status_code == 200, headers


@pytest.mark.parametrize(
    "headers", [{"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}], ids=str
)
def test_another_site_cannot_sign_somebody_in(
    browser: Browser, ana: str, headers: dict[str, str]
) -> None:
    token = browser.container.sign_in_links.issue(ana).token.get_secret_value()

    refused = browser.send("POST", "/v1/session", {"link": token}, headers)

    assert error_of(refused)[:2] == (403, "cross_site")
    assert "set-cookie" not in refused.headers
    assert browser.sign_in(link=token).status_code == 201  # the link was not used up


@pytest.mark.parametrize(
    "token", ["x", "ä", "0" * 44, "U11tdJ8hNYM_1WJWSIk1HtMYaXxdEdtxR1zUsuFRdoM"]
)
def test_a_wrong_token_is_refused(signed_in: Browser, token: str) -> None:
    headers = {"x-meterhouse-csrf": token}

    answer = signed_in.send("POST", "/v1/keys", KEY, headers)

    assert error_of(answer)[:3] == (401, "unauthenticated", "X-Meterhouse-CSRF")


def test_the_token_of_another_session_is_refused(
    signed_in: Browser, ana: str, people: People
) -> None:
    for user in (ana, people.user("bo", role="admin")):
        other = Browser(signed_in.client)
        other.sign_in_by_link(user)
        assert other.csrf != signed_in.csrf

        answer = signed_in.send("POST", "/v1/keys", KEY, {"x-meterhouse-csrf": other.csrf})

        assert answer.status_code == 401


def test_the_cookie_is_no_token_and_no_key(signed_in: Browser) -> None:
    [cookie] = signed_in.cookies.values()
    headers = {"x-meterhouse-csrf": "", "authorization": f"Bearer {cookie}", "cookie": ""}

    assert signed_in.send("GET", "/v1/me", headers={"x-meterhouse-csrf": cookie}).status_code == 401
    assert signed_in.send("GET", "/v1/me", headers=headers).status_code == 401


def test_a_key_and_a_session_together_are_refused(signed_in: Browser, people: People) -> None:
    key = people.key(people.user("bo"))

    for path in ("/v1/me", "/v1/models", "/v1/users"):
        answer = signed_in.send("GET", path, headers=key.headers)

        assert error_of(answer)[:3] == (400, "invalid_request", "Authorization")


def test_a_key_beside_a_cookie_is_a_keys_request(signed_in: Browser, people: People) -> None:
    key = people.key(people.user("bo"))

    me = signed_in.send("GET", "/v1/me", headers={**key.headers, "x-meterhouse-csrf": ""})

    assert me.json()["key"]["id"] == key.id


def test_nobody_chooses_the_id_of_a_session(browser: Browser, ana: str) -> None:
    chosen = new_token()
    browser.cookies = {"meterhouse-8000": chosen}

    browser.sign_in_by_link(ana)

    assert browser.cookies["meterhouse-8000"] != chosen
    attacker = Browser(browser.client)
    attacker.cookies = {"meterhouse-8000": chosen}
    assert attacker.send("GET", "/v1/session").status_code == 401


def test_a_new_session_takes_the_place_of_the_one_that_the_browser_had(
    signed_in: Browser, people: People
) -> None:
    old = Browser(signed_in.client)
    old.cookies, old.csrf = dict(signed_in.cookies), signed_in.csrf

    signed_in.sign_in_by_link(people.user("bo"))

    assert old.send("GET", "/v1/session").status_code == 401
    assert old.send("GET", "/v1/me").status_code == 401
    assert signed_in.send("GET", "/v1/me").json()["user"]["name"] == "Bo"


@pytest.mark.parametrize(
    "cookie", ["", "x", "0" * 43, "0" * 5_000, "a b;c", "é" * 43, "0123456789" * 4 + "abc"]
)
def test_a_made_up_cookie_is_nobodys(browser: Browser, cookie: str) -> None:
    headers = {"cookie": f"meterhouse-8000={cookie}"}

    answer = browser.send("GET", "/v1/session", headers=headers)

    assert error_of(answer)[:2] == (401, "unauthenticated")


def test_neither_a_key_nor_a_session_is_nobody(browser: Browser) -> None:
    assert error_of(browser.send("GET", "/v1/me"))[:2] == (401, "unauthenticated")


def test_a_key_has_no_session_to_end(browser: Browser) -> None:
    refused = browser.send("DELETE", "/v1/session", headers=ADMIN)

    assert error_of(refused)[:2] == (403, "forbidden")


def test_no_secret_of_a_session_is_stored_or_logged(
    signed_in: Browser, people: People, clock: FakeClock, capsys: pytest.CaptureFixture[str]
) -> None:
    signed_in.send("PUT", "/v1/session/password", {"new_password": "a long enough one"})
    clock.move(1)
    signed_in.send("DELETE", "/v1/session")

    stored: list[Any] = people.query("SELECT * FROM sessions") + people.query(
        "SELECT * FROM audit_log"
    )
    said = repr(stored) + capsys.readouterr().err
    for secret in (*signed_in.cookies.values(), signed_in.csrf, "a long enough one"):
        assert secret not in said


def test_who_is_not_signed_in_has_no_large_body_read(browser: Browser) -> None:
    refused = browser.send("POST", "/v1/session", {"link": "x", "y": [[]] * 10_000})

    status, code, _, message = error_of(refused)
    assert (status, code) == (413, "request_too_large")
    assert message == (
        "The request body is over 8,192 bytes, the most that is accepted here. Send less."
    )
