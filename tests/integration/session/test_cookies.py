"""The cookie, over https and without, and who can read what is sent."""

from collections.abc import Generator
from contextlib import contextmanager

import pytest
from fastapi.testclient import TestClient

from app.core.config import Settings
from app.core.gateway_file import GatewayConfig
from app.core.tokens import new_token
from app.main import create_app
from tests.support.browsers import ADMIN, Browser
from tests.support.people import People, error_of

SECURE = "__Host-meterhouse"
AFAR = ("203.0.113.7", 50_000)
PUBLIC = "https://ai.example.com"


@contextmanager
def gateway(
    settings: Settings,
    config: GatewayConfig,
    base_url: str = "http://testserver",
    **changed: object,
) -> Generator[TestClient]:
    app = create_app(settings.model_copy(update=changed), config)
    with TestClient(app, base_url=base_url, client=AFAR) as client:
        yield client


def flags_of(client: TestClient, address: str, **headers: str) -> tuple[str, set[str], bool]:
    """Return the name and flags of a cookie that is set, and whether that was encrypted."""
    browser = Browser(client, address)
    user = People(client, ADMIN).user(f"user{new_token()[:5].lower()}")
    link = browser.container.sign_in_links.issue(user).token.get_secret_value()
    answer = browser.send("POST", "/v1/session", {"link": link}, headers)
    assert answer.status_code == 201, answer.text
    [cookie] = answer.headers.get_list("set-cookie")
    first, *rest = cookie.split("; ")
    assert len(first.partition("=")[2]) == 43
    browser.csrf = answer.json()["csrf_token"]
    assert browser.send("GET", "/v1/me").is_success  # it is found again
    seen = browser.send("GET", "/v1/session").json()["is_encrypted"]
    assert seen == answer.json()["is_encrypted"]
    return first.partition("=")[0], {one.lower() for one in rest}, seen


PLAIN = {"httponly", "samesite=lax", "path=/", "max-age=604800"}


@pytest.mark.usefixtures("data_dir")
class TestTheCookie:
    @pytest.mark.parametrize(
        ("address", "name", "is_encrypted"),
        [
            ("http://127.0.0.1:8000", "meterhouse-8000", True),
            ("http://localhost:8001", "meterhouse-8001", True),
            ("http://[::1]:8000", "meterhouse-8000", True),
            ("http://gateway.lan:8000", "meterhouse-8000", False),
            ("http://gateway.lan", "meterhouse-80", False),
        ],
    )
    def test_without_https_is_named_after_the_port_and_not_secure(
        self,
        settings: Settings,
        gateway_config: GatewayConfig,
        address: str,
        *,
        name: str,
        is_encrypted: bool,
    ) -> None:
        with gateway(settings, gateway_config) as client:
            assert flags_of(client, address) == (name, PLAIN, is_encrypted)

    def test_over_https_is_bound_to_the_host(
        self, settings: Settings, gateway_config: GatewayConfig
    ) -> None:
        with gateway(settings, gateway_config, "https://gateway.lan") as client:
            assert flags_of(client, "https://gateway.lan") == (SECURE, PLAIN | {"secure"}, True)

    def test_behind_a_trusted_proxy_is_as_the_proxy_says(
        self, settings: Settings, gateway_config: GatewayConfig
    ) -> None:
        with gateway(settings, gateway_config, trusted_proxies=(AFAR[0],)) as client:
            client.headers["x-forwarded-proto"] = "https"

            assert flags_of(client, PUBLIC) == (SECURE, PLAIN | {"secure"}, True)

    def test_at_a_public_https_address_is_secure_whatever_a_proxy_leaves_of_it(
        self, settings: Settings, gateway_config: GatewayConfig
    ) -> None:
        with gateway(settings, gateway_config, public_url=PUBLIC) as client:
            inside = flags_of(client, PUBLIC, host="10.0.0.7:8000")

        assert inside == (SECURE, PLAIN | {"secure"}, True)

    def test_behind_a_proxy_that_nobody_told_of_is_secure_where_the_page_is(
        self, settings: Settings, gateway_config: GatewayConfig
    ) -> None:
        with gateway(settings, gateway_config) as client:
            assert flags_of(client, PUBLIC) == (SECURE, PLAIN | {"secure"}, True)

    def test_over_https_one_that_was_set_without_does_not_count(
        self, settings: Settings, gateway_config: GatewayConfig
    ) -> None:
        """Another port or name of the host can set it: somebody would sign in as somebody else."""
        with gateway(settings, gateway_config, "https://gateway.lan") as client:
            browser = Browser(client, "https://gateway.lan")
            browser.sign_in_by_link(People(client, ADMIN).user("eve"))
            token = browser.cookies.pop(SECURE)
            for name in ("meterhouse-80", "meterhouse-443", "meterhouse"):
                browser.cookies = {name: token}
                assert browser.send("GET", "/v1/session").status_code == 401


@pytest.mark.usefixtures("data_dir")
def test_two_gateways_on_one_machine_do_not_sign_each_other_out(
    settings: Settings, gateway_config: GatewayConfig
) -> None:
    with gateway(settings, gateway_config) as client:
        ana, bo = (People(client, ADMIN).user(name) for name in ("ana", "bo"))
        first, second = (
            Browser(client, "http://localhost:8000"),
            Browser(client, "http://localhost:8001"),
        )
        second.cookies = first.cookies  # a browser keeps them together
        first.sign_in_by_link(ana)
        second.sign_in_by_link(bo)

        assert first.send("GET", "/v1/session").json()["user"]["id"] == ana
        assert second.send("GET", "/v1/session").json()["user"]["id"] == bo


@pytest.mark.usefixtures("data_dir")
def test_a_page_at_an_address_that_the_gateway_does_not_know_is_told_what_to_set(
    settings: Settings, gateway_config: GatewayConfig
) -> None:
    with gateway(settings, gateway_config) as client:
        browser = Browser(client, PUBLIC)
        refused = browser.send("POST", "/v1/session", {"link": "x"}, {"host": "10.0.0.7:8000"})

    status, code, _, message = error_of(refused)
    assert (status, code) == (403, "cross_site")
    assert message == (
        "The page that sent this is at https://ai.example.com, and the gateway is reached at "
        "http://10.0.0.7:8000. If both are the same, set METERHOUSE_PUBLIC_URL="
        "https://ai.example.com"
    )
