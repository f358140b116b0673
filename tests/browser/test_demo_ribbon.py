"""A gateway over made-up data says so on every page."""

from pathlib import Path

from playwright.async_api import Page, expect

from app.core.demo_data import DEMO_MARKER
from tests.browser.gateways import running_gateway
from tests.browser.pages import ADMINS_PLACES, show


async def test_every_page_says_that_the_data_are_made_up(page: Page, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / DEMO_MARKER).touch()
    with running_gateway(tmp_path) as gateway:
        await page.goto(gateway.opening_link)
        await page.get_by_role("heading", name="Overview").wait_for()

        for path, heading in ADMINS_PLACES:
            await show(page, path, heading)
            await expect(page.get_by_text("Demo data, nothing here was spent")).to_be_visible()
