"""What a person sees, under the policy that the gateway really sends."""

import os
from collections.abc import AsyncGenerator, Generator
from pathlib import Path
from typing import Final

import pytest
from fastapi import FastAPI

from tests.browser.chromium import Page, find_chromium, new_page
from tests.support.servers import running

CHROMIUM: Final = find_chromium()

HEALTH: Final = "[id$=check_health_health_get] .opblock-summary-control"

ON_BUILD_MACHINE: Final = "CI" in os.environ  # noqa: TID251 - of the tests, not of the gateway

pytestmark = pytest.mark.skipif(
    CHROMIUM is None and not ON_BUILD_MACHINE, reason="there is no Chromium"
)


@pytest.fixture
def url(app: FastAPI) -> Generator[str]:
    with running(app) as url:
        yield url


@pytest.fixture
async def page(tmp_path: Path) -> AsyncGenerator[Page]:
    assert CHROMIUM
    async with new_page(CHROMIUM, tmp_path / "profile") as page:
        yield page


async def test_the_reference_works_offline_and_breaks_no_rule(url: str, page: Page) -> None:
    await page.open(f"{url}/docs")
    await page.wait_for("document.querySelectorAll('.opblock').length > 5")
    await page.evaluate(f"document.querySelector('{HEALTH}').click()")
    await page.wait_for("document.querySelector('.try-out__btn')")
    await page.evaluate("document.querySelector('.try-out__btn').click()")
    await page.wait_for("document.querySelector('.execute')")
    await page.evaluate("document.querySelector('.execute').click()")
    await page.wait_for("document.querySelector('.live-responses-table')")

    answered = await page.evaluate("document.querySelector('.live-responses-table').innerText")

    assert '"status": "ok"' in answered
    assert page.complaints == []
    assert {request for request in page.requests if not request.startswith((url, "data:"))} == set()


@pytest.mark.parametrize("width", [360, 1200])
@pytest.mark.parametrize("dark", [False, True])
async def test_the_status_page_says_who_answers(
    url: str, page: Page, *, width: int, dark: bool
) -> None:
    await page.open(f"{url}/", width=width, dark=dark)
    await page.wait_for("document.querySelector('#state').dataset.state === 'ready'")

    text = await page.evaluate("document.body.innerText")
    too_wide = await page.evaluate("document.documentElement.scrollWidth > innerWidth")
    paper = await page.evaluate("getComputedStyle(document.body).backgroundColor")

    assert "Answers come from the built-in simulator" in text
    assert f'base_url="{url}/v1"' in text
    assert text.count("METERHOUSE_KEY") == 3
    assert not too_wide
    assert (paper == "rgb(16, 22, 26)") is dark
    assert page.complaints == []


async def test_a_page_that_breaks_the_rules_would_be_noticed(url: str, page: Page) -> None:
    await page.open(f"{url}/")
    await page.wait_for("document.readyState === 'complete'")
    await page.evaluate(
        "document.body.append(Object.assign(document.createElement('script'), {text: 'x'})),"
        " new Promise(requestAnimationFrame).then(() => 0)"
    )

    assert any("blocked" in complaint for complaint in page.complaints)
