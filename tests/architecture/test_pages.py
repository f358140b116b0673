"""Pages hold no logic, and nothing from elsewhere."""

import posixpath
import re
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from app.main import app
from tests.architecture import rules
from tests.architecture.source import APP

PAGES = sorted((APP / "static").rglob("*.html"))
VENDOR = APP / "static" / "vendor"  # built, and not ours; a policy keeps it from asking elsewhere
FILES = sorted(
    path
    for path in (APP / "static").rglob("*")
    if path.is_file() and not path.is_relative_to(VENDOR)
)
INLINE = re.compile(
    r"<script(?![^>]*\bsrc=)|<style\b|\sstyle\s*=|\son[a-z]+\s*=|javascript:", re.IGNORECASE
)
FOREIGN = re.compile(
    r"(?:src|href|action|url|import|from)\s*[=(]?\s*[\"']?\s*(?:https?:)?//", re.IGNORECASE
)
MARKUP = re.compile(r"<(?:html|script|style|body)\b", re.IGNORECASE)


def relative(path: Path) -> str:
    return path.relative_to(APP).as_posix()


@pytest.mark.keeps(rules.STATIC)
@pytest.mark.parametrize("page", PAGES, ids=relative)
def test_a_page_holds_no_script_and_no_style(page: Path) -> None:
    assert INLINE.findall(page.read_text(encoding="utf-8")) == []


@pytest.mark.keeps(rules.STATIC)
@pytest.mark.parametrize("file", FILES, ids=relative)
def test_a_static_file_loads_nothing_from_elsewhere(file: Path) -> None:
    assert FOREIGN.findall(file.read_text(encoding="utf-8")) == []


def test_a_page_asks_at_once_for_every_module_that_all_pages_need() -> None:
    first_page = (APP / "static" / "index.html").read_text(encoding="utf-8")
    preloaded = set(re.findall(r'rel="modulepreload" href="static/([^"]+)"', first_page))
    needed: set[str] = set()
    waiting = ["js/main.js"]
    while waiting:
        module = waiting.pop()
        if module.startswith("vendor/"):  # built, and may not be: what it imports is known
            found = ["./preact.mjs"] if module == "vendor/hooks.mjs" else []
        else:
            text = (APP / "static" / module).read_text(encoding="utf-8")
            found = re.findall(r'^(?:import|export|\}).* from "(\.[^"]+)";$', text, re.MULTILINE)
        new = {posixpath.normpath(f"{posixpath.dirname(module)}/{name}") for name in found} - needed
        needed |= new
        waiting += new

    assert needed == preloaded


@pytest.mark.keeps(rules.STATIC)
def test_no_html_is_written_in_python() -> None:
    writers = {
        path.relative_to(APP).as_posix()
        for path in (APP / "api").rglob("*.py")
        if MARKUP.search(path.read_text(encoding="utf-8"))
    }

    assert writers == set()


@pytest.mark.keeps(rules.STATIC)
@pytest.mark.parametrize("path", ["/", "/docs"])
def test_a_served_page_forbids_inline_code(path: str) -> None:
    browser = TestClient(app, base_url="http://127.0.0.1", client=("127.0.0.1", 50_000))

    page = browser.get(path)

    policy = page.headers["content-security-policy"]

    assert page.status_code == 200
    assert "default-src" in policy
    assert "unsafe" not in policy
    assert INLINE.findall(page.text) == []
    assert FOREIGN.findall(page.text) == []


@pytest.mark.parametrize(
    "page", ['<p onclick="x()">', "<style>", "<script>x()</script>", '<p style="a">']
)
def test_the_search_sees_inline_code(page: str) -> None:
    assert INLINE.search(page)


@pytest.mark.parametrize(
    "text", ['src="https://cdn.example/x.js"', "url(//cdn.example/x)", "import 'https://x'"]
)
def test_the_search_sees_a_foreign_host(text: str) -> None:
    assert FOREIGN.search(text)
