"""The web UI's page and the API reference, as a browser gets them."""

import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.api.ui.router import page_in

STATIC = Path(__file__).parents[3] / "app" / "static"
OURS = sorted(
    path.relative_to(STATIC).as_posix()
    for path in STATIC.rglob("*")
    if path.is_file() and not path.is_relative_to(STATIC / "vendor")
)
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "media-src 'self' blob: data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; "
    "form-action 'self'"
)
# A name with a top-level domain, or an address; the namespace of SVG is a name, not a place.
HOST = re.compile(r"(?:https?:)?//(?!\$\{)[\w.-]+", re.IGNORECASE)
NAMESPACES = {"http://www.w3.org"}


class References(HTMLParser):
    """Collects what a page refers to, and refuses code inside it."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        assert not [name for name in given if name.startswith("on") or name == "style"], given
        assert tag != "style"
        assert tag != "script" or given.get("src")
        self.found |= {value for name in ("src", "href", "action") if (value := given.get(name))}


def local(app: FastAPI) -> TestClient:
    return TestClient(app, base_url="http://127.0.0.1:8000", client=("127.0.0.1", 5))


def test_the_page_says_how_to_build_the_web_ui_until_it_is_built(tmp_path: Path) -> None:
    unbuilt = page_in(tmp_path)
    (tmp_path / "vendor").mkdir()
    half_built = page_in(tmp_path)
    (tmp_path / "vendor" / "built.json").touch()

    assert unbuilt == half_built == tmp_path / "unbuilt.html"
    assert page_in(tmp_path) == tmp_path / "index.html"
    assert "make ui" in (STATIC / "unbuilt.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("page", ["index.html", "unbuilt.html"])
def test_whatever_a_page_of_ours_refers_to_is_a_file(page: str) -> None:
    references = References()
    references.feed((STATIC / page).read_text(encoding="utf-8"))
    files = {name.removeprefix("static/") for name in references.found if "static/" in name}

    assert len(files) > 2
    assert {
        name for name in files if not name.startswith("vendor/") and not (STATIC / name).is_file()
    } == set()


@pytest.mark.parametrize("path", ["/", "/docs"])
def test_a_page_is_html_under_a_strict_policy(app: FastAPI, path: str) -> None:
    for method in ("GET", "HEAD"):
        page = local(app).request(method, path)

        assert page.status_code == 200
        assert page.headers["content-type"] == "text/html; charset=utf-8"
        assert page.headers["content-security-policy"] == POLICY


@pytest.mark.parametrize("path", ["/", "/docs"])
def test_whatever_a_page_refers_to_is_here(client: TestClient, app: FastAPI, path: str) -> None:
    browser = local(app)
    browser.app_state.update(client.app_state)
    references = References()
    references.feed(browser.get(path).text)

    answers = {url: browser.get(urljoin(path, url)).status_code for url in references.found}

    assert len(answers) >= 4
    assert set(answers.values()) == {200}, answers


def test_no_file_of_ours_names_a_foreign_host(app: FastAPI) -> None:
    client, named = TestClient(app), dict[str, set[str]]()  # files need no start
    for name in OURS:
        file = client.get(f"/static/{name}")
        assert file.status_code == 200, name
        named[name] = {*HOST.findall(file.text)} - NAMESPACES

    assert len(named) > 50
    assert {name: hosts for name, hosts in named.items() if hosts} == {}


@pytest.mark.parametrize("path", ["/", "/docs", "/openapi.json", "/ready"])
def test_a_page_names_no_foreign_host(client: TestClient, path: str) -> None:
    assert HOST.findall(client.get(path).text) == []


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/static/js/main.js", "text/javascript; charset=utf-8"),
        ("/static/css/base.css", "text/css; charset=utf-8"),
        ("/static/icon.svg", "image/svg+xml"),
        ("/docs/assets/swagger-ui-bundle.js", "text/javascript; charset=utf-8"),
        ("/docs/assets/swagger-ui.css", "text/css; charset=utf-8"),
    ],
)
def test_a_file_has_its_type_and_is_not_sent_twice(app: FastAPI, path: str, kind: str) -> None:
    client = TestClient(app)

    first = client.get(path)
    again = client.get(path, headers={"if-none-match": first.headers["etag"]})

    assert (first.status_code, first.headers["content-type"]) == (200, kind)
    assert first.headers["cache-control"] == "no-cache"
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    "path",
    [
        "/static/",
        "/static/nothing.js",
        "/static/../main.py",
        "/static/%2e%2e/main.py",
        "/static/%2fetc%2fpasswd",
        "/static//etc/passwd",
        "/static/x%00.js",
        "/static/" + "x" * 5_000,
        "/docs/assets/redoc.standalone.js",
        "/docs/assets/..%2fcore.py",
        "/docs/assets/nothing",
    ],
)
def test_nothing_else_is_a_file(app: FastAPI, path: str) -> None:
    answer = TestClient(app).get(path)

    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "not_found"
    assert "Use `" not in answer.json()["error"]["message"]  # what was asked for, once more


def test_the_description_promises_our_errors_and_no_others(app: FastAPI) -> None:
    description = local(app).get("/openapi.json").json()

    assert "HTTPValidationError" not in description["components"]["schemas"]
    for path, operations in description["paths"].items():
        for method, operation in operations.items():
            answers = operation["responses"]
            assert {"4XX", "5XX"} <= set(answers), (method, path)
            assert "422" not in answers, (method, path)
            for status in ("4XX", "5XX"):
                schema = answers[status]["content"]["application/json"]["schema"]
                assert schema == {"$ref": "#/components/schemas/ErrorBody"}


def test_no_other_documentation_is_served(client: TestClient) -> None:
    for path in ("/redoc", "/docs/oauth2-redirect", "/docs/"):
        assert client.get(path).status_code == 404
