"""The overview: what the ledger says, in numbers, bars and words."""

import json

from playwright.async_api import Page, Route, expect

from tests.browser.chromium import Watched
from tests.browser.gateways import Gateway
from tests.browser.pages import show

NASTY = "<img src=x onerror=document.title='owned'>"


async def test_an_admin_sees_the_calls_of_all(gateway: Gateway, admins_page: Page) -> None:
    await gateway.chat("one more")
    await admins_page.goto(f"{gateway.url}/#/overview?range=hour")
    await admins_page.reload()
    await show(admins_page, "overview?range=hour", "Overview")
    report = await gateway.ask("GET", "/v1/admin/usage")
    calls = admins_page.locator(".numbers > div", has=admins_page.get_by_text("Calls", exact=True))

    await expect(calls.locator(".figure")).to_have_text(f"{report['calls']:,}")
    await expect(admins_page.get_by_role("region", name="Models")).to_contain_text(
        "openai/gpt-oss-120b"
    )
    await expect(admins_page.get_by_role("img", name="Calls, last 60 minutes")).to_be_visible()
    await expect(admins_page.locator(".chart canvas")).to_have_count(2)


async def test_a_budget_says_in_words_what_is_left(gateway: Gateway, admins_page: Page) -> None:
    terms = {"scope": "team", "scope_id": await gateway.team("Quiet"), "cap_usd": 50}
    await gateway.ask("POST", "/v1/budgets", {**terms, "period": "month"})
    await admins_page.reload()
    await show(admins_page, "overview", "Overview")
    team = admins_page.locator(".budgets li", has_text="Team Quiet")

    await expect(team).to_contain_text("$50.00 of $50.00 left this month, resets on 1 ")


async def test_a_member_without_calls_is_told_what_to_do(gateway: Gateway, page: Page) -> None:
    newcomer = await gateway.user("Newcomer")
    terms = {"scope": "user", "scope_id": newcomer, "cap_usd": 5, "period": "day"}
    await gateway.ask("POST", "/v1/budgets", terms)
    await gateway.sign_in(page, newcomer)
    await page.goto(f"{gateway.url}/#/overview")
    await show(page, "overview", "Overview")

    await expect(page.get_by_text("No calls in the last day")).to_be_visible()
    await expect(page.get_by_role("link", name="Try a model")).to_be_visible()
    await expect(page.locator(".budgets")).to_contain_text("$5.00 of $5.00 left today")


async def test_a_name_is_text_whatever_it_holds(gateway: Gateway, admins_page: Page) -> None:
    team_id = await gateway.team(NASTY)
    terms = {"scope": "team", "scope_id": team_id, "cap_usd": 0, "period": "day"}
    await gateway.ask("POST", "/v1/budgets", terms)
    await admins_page.reload()
    await show(admins_page, "overview", "Overview")

    await expect(admins_page.get_by_text(f"Team {NASTY}")).to_be_visible()
    assert await admins_page.title() == "Overview · Meterhouse"


async def test_what_could_not_be_loaded_can_be_tried_again(
    admins_page: Page, watched: Watched
) -> None:
    await show(admins_page, "overview", "Overview")
    await admins_page.route("**/v1/admin/usage*", lambda route: route.abort())
    await admins_page.get_by_role("link", name="Last week").click()
    await expect(admins_page.get_by_role("alert")).to_contain_text("The gateway did not answer.")
    await admins_page.unroute_all()
    await admins_page.get_by_role("button", name="Try again").click()

    await expect(admins_page.get_by_role("alert")).to_have_count(0)
    watched.complaints.clear()  # the browser says that it was cut off


async def test_a_page_that_breaks_leaves_what_is_around_it(
    admins_page: Page, watched: Watched
) -> None:
    async def answer_nonsense(route: Route) -> None:
        await route.fulfill(body=json.dumps({"calls": 1}), content_type="application/json")

    await show(admins_page, "overview", "Overview")
    await admins_page.route("**/v1/admin/usage*", answer_nonsense)
    await admins_page.get_by_role("link", name="Last week").click()

    await expect(admins_page.get_by_role("alert")).to_contain_text("This page made a mistake.")
    await expect(admins_page.get_by_role("button", name="Sign out")).to_be_visible()
    assert watched.complaints != []
    watched.complaints.clear()
