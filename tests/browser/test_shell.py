"""What is around every page, and how quickly it is there."""

from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.accessibility import grave_problems
from tests.browser.chromium import new_page
from tests.browser.gateways import Gateway
from tests.browser.pages import ADMINS_PLACES, MEMBERS_PLACES, show

FIRST_VIEW_BYTES = 150_000
FIRST_VIEW_MS = 1_000


async def test_the_link_that_a_start_prints_signs_in_the_first_admin(
    gateway: Gateway, page: Page
) -> None:
    await page.goto(gateway.opening_link)

    await expect(page.get_by_role("heading", name="Overview")).to_be_visible()
    await expect(page).to_have_url(f"{gateway.url}/#/overview")


async def test_a_link_signs_in_once_and_is_gone_from_the_address(
    gateway: Gateway, people: dict[str, str], page: Page
) -> None:
    link = await gateway.link(people["ana"])

    await page.goto(link)
    await expect(page).to_have_url(f"{gateway.url}/#/overview")
    await page.get_by_role("button", name="Sign out").click()
    await expect(page.get_by_role("heading", name="Sign in to Meterhouse")).to_be_visible()
    await page.goto(link)

    await expect(page.get_by_role("alert")).to_be_visible()
    assert "sign-in" not in page.url


async def test_who_is_signed_in_learns_that_a_link_was_no_good(
    gateway: Gateway, people: dict[str, str], members_page: Page
) -> None:
    link = await gateway.link(people["ana"])
    await members_page.goto(link)
    await expect(members_page.get_by_role("heading", name="Overview")).to_be_visible()
    await gateway.sign_in(members_page, people["mo"])

    await members_page.goto(link)
    await expect(members_page.get_by_role("alert")).to_contain_text("This sign-in link was used")
    assert "sign-in" not in members_page.url
    await expect(members_page.get_by_text("You are still signed in as Mo")).to_be_visible()
    await members_page.get_by_role("button", name="Go on").click()

    await expect(members_page.get_by_role("heading", name="Chat")).to_be_visible()


async def test_a_password_is_set_and_signs_in_where_one_was(gateway: Gateway, page: Page) -> None:
    user_id = await gateway.user("pat", "admin")
    await gateway.sign_in(page, user_id)
    await page.get_by_role("link", name="Set a password").click()
    await page.get_by_label("New password").fill("correct horse battery")
    await page.get_by_role("button", name="Save the password").click()
    await expect(page.get_by_text("Your password is set.")).to_be_visible()
    await page.context.clear_cookies()
    await page.goto(f"{gateway.url}/#/overview?range=week")
    await page.reload()

    await page.get_by_label("E-mail").fill("pat@example.com")
    await page.get_by_label("Password").fill("wrong")
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("alert")).to_be_visible()
    await page.get_by_label("Password").fill("correct horse battery")
    await page.get_by_role("button", name="Sign in").click()

    await expect(page.get_by_role("heading", name="Overview")).to_be_visible()
    await expect(page.get_by_role("link", name="Last week")).to_have_attribute(
        "aria-current", "true"
    )


async def test_a_session_that_ended_asks_to_sign_in_where_one_is(
    admins_page: Page,
) -> None:
    await show(admins_page, "overview", "Overview")
    await admins_page.context.clear_cookies()
    await admins_page.get_by_role("link", name="Last hour").click()

    await expect(admins_page.get_by_role("heading", name="Sign in to Meterhouse")).to_be_visible()
    assert admins_page.url.endswith("#/overview?range=hour")


async def test_an_address_that_names_no_page_says_so(gateway: Gateway, admins_page: Page) -> None:
    await admins_page.goto(f"{gateway.url}/#/nothing/here")

    await expect(admins_page.get_by_role("heading", name="There is no such page")).to_be_visible()
    assert await admins_page.title() == "There is no such page · Meterhouse"


async def test_the_first_view_is_small_and_quick(
    gateway: Gateway, people: dict[str, str], browser: Browser
) -> None:
    async with new_page(browser) as watched:
        page = watched.page
        await gateway.sign_in(page, people["ana"])
        await page.goto(f"{gateway.url}/?again#/account")
        await page.get_by_role("heading", name="Your account").wait_for()
        loaded: list[dict[str, Any]] = await page.evaluate(
            "performance.getEntriesByType('resource').map(one => one.toJSON())"
        )
        shown = await page.evaluate(
            "performance.getEntriesByName('first-contentful-paint')[0].startTime"
        )
        html: int = await page.evaluate(
            "performance.getEntriesByType('navigation')[0].decodedBodySize"
        )

    shell = [one for one in loaded if "/static/" in one["name"] and "/pages/" not in one["name"]]

    assert len(shell) > 15
    assert html + sum(one["decodedBodySize"] for one in shell) < FIRST_VIEW_BYTES
    assert shown < FIRST_VIEW_MS


@pytest.mark.parametrize("width", [400, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_no_page_has_grave_problems_or_is_too_wide(
    gateway: Gateway, people: dict[str, str], browser: Browser, *, width: int, scheme: Any
) -> None:
    async with new_page(browser, width=width, scheme=scheme) as watched:
        page = watched.page
        await page.goto(gateway.url)
        await page.get_by_role("heading", name="Sign in").wait_for()
        assert await grave_problems(page) == []
        await gateway.sign_in(page, people["ana"])
        for path, heading in ADMINS_PLACES:
            await show(page, path, heading)
            too_wide = await page.evaluate("document.documentElement.scrollWidth > innerWidth")

            assert not too_wide, path
            assert await grave_problems(page) == [], path
        assert watched.complaints == []


async def test_a_member_sees_their_pages_and_no_others(members_page: Page) -> None:
    links = members_page.get_by_role("navigation", name="Pages").get_by_role("link")
    offered = [await link.get_attribute("href") for link in await links.all()]

    assert set(offered) <= {f"#/{place.path}" for place in MEMBERS_PLACES}


async def test_the_keyboard_goes_from_page_to_page(admins_page: Page) -> None:
    await admins_page.reload()
    await admins_page.get_by_role("heading", name="Overview").wait_for()
    await admins_page.keyboard.press("Tab")
    await expect(admins_page.get_by_role("link", name="Skip to the content")).to_be_focused()
    await admins_page.keyboard.press("Enter")
    await expect(admins_page.get_by_role("main")).to_be_focused()
    await admins_page.get_by_role("link", name="Set a password").press("Enter")

    await expect(admins_page.get_by_role("heading", name="Your account")).to_be_focused()


async def test_a_chosen_theme_stays(admins_page: Page) -> None:
    paper = "getComputedStyle(document.body).backgroundColor"
    light = await admins_page.evaluate(paper)
    await admins_page.get_by_label("Theme").select_option("dark")
    dark = await admins_page.evaluate(paper)
    await admins_page.reload()
    await admins_page.get_by_role("heading", name="Overview").wait_for()

    assert light != dark
    assert await admins_page.evaluate(paper) == dark
