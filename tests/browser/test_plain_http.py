"""Over plain http from another machine, where browsers leave much out, and others read along."""

from playwright.async_api import Page, expect

from tests.browser.accessibility import grave_problems
from tests.browser.chromium import AFAR
from tests.browser.gateways import Gateway
from tests.browser.pages import show

WARNING = "This connection is not encrypted."


async def test_everything_works_and_every_page_warns(
    gateway: Gateway, people: dict[str, str], page: Page
) -> None:
    link = await gateway.link(people["ana"])
    await page.goto(link.replace("127.0.0.1", AFAR))
    await page.get_by_role("heading", name="Overview", level=1).wait_for()
    assert await page.evaluate("isSecureContext") is False
    await expect(page.get_by_text(WARNING)).to_be_visible()
    assert await grave_problems(page) == []
    await show(page, "chat?model=openai/gpt-oss-120b", "Chat")
    await expect(page.get_by_text(WARNING)).to_be_visible()
    await page.get_by_label("Your question").fill("Hello")
    await page.get_by_role("button", name="Send").click()
    await expect(page.get_by_role("button", name="Ask again")).to_be_visible()
    await page.get_by_role("button", name="Copy as code").click()
    await page.get_by_role("button", name="Copy the program").click()

    await expect(page.get_by_text("Copied", exact=True)).to_be_visible()


async def test_on_this_machine_nothing_warns(admins_page: Page) -> None:
    await expect(admins_page.get_by_text("You have no password yet.")).to_be_visible()
    await expect(admins_page.get_by_text(WARNING)).to_have_count(0)
