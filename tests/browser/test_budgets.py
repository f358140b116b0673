"""Budgets and limits: made, changed, shown in words, and exceeded."""

from typing import Final

from playwright.async_api import Page, expect

from tests.browser.accessibility import grave_problems
from tests.browser.gateways import Gateway
from tests.browser.pages import show
from tests.browser.test_people import NASTY, row

MONTH: Final = {"period": "month", "time_zone": "Europe/Berlin"}


async def test_an_admin_makes_a_hard_budget_and_reads_before_what_it_will_do(
    gateway: Gateway, admins_page: Page
) -> None:
    page = admins_page
    team = await gateway.team("Search")
    await show(page, "budgets", "Budgets and limits")
    await page.get_by_role("button", name="New budget").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Which team").select_option("Search")
    await dialog.get_by_label("Time zone").select_option("Europe/Berlin")
    await dialog.get_by_label("US dollars").fill("12,40")
    await dialog.get_by_role("button", name="Make the budget").click()
    await expect(dialog.get_by_role("alert")).to_have_text("Write it in digits, like 1234.50.")
    await dialog.get_by_label("US dollars").fill("50.000000001")
    await expect(dialog.locator(".promise")).to_contain_text(
        "Calls of team Search are refused once $50.000000001 are spent in a calendar month, in "
        "the time zone Europe/Berlin."
    )
    assert await grave_problems(page) == []
    await dialog.get_by_role("button", name="Make the budget").click()
    await page.get_by_role("heading", name="Budget: Team Search").wait_for()
    await expect(page.get_by_text("$50.000000001").first).to_be_visible()

    [made] = (await gateway.ask("GET", f"/v1/budgets?scope_id={team}"))["data"]
    assert (made["cap_usd"], made["mode"], made["time_zone"]) == (
        50.000000001,
        "hard",
        "Europe/Berlin",
    )
    assert await grave_problems(page) == []


async def test_a_budget_that_is_exceeded_says_so_and_what_happened(
    gateway: Gateway, admins_page: Page
) -> None:
    page = admins_page
    team = await gateway.team("Spenders")
    scope = {"scope": "team", "scope_id": team}
    key = await gateway.ask("POST", "/v1/keys", {"name": "spender", "team_id": team})
    terms = scope | MONTH | {"cap_usd": 1, "unknown_price": {"hold_usd": 0.05}}
    budget = await gateway.ask("POST", "/v1/budgets", terms)
    spender = Gateway(gateway.url, "", {"Authorization": f"Bearer {key['secret']}"})
    await spender.chat()
    await gateway.ask("PATCH", f"/v1/budgets/{budget['id']}", {"cap_usd": 0.000001})

    await show(page, "budgets?scope=team", "Budgets and limits")
    spent = row(page, "Budgets", "Team Spenders")
    await expect(spent).to_contain_text("Spent: calls are refused")
    await spent.get_by_role("link").click()
    await page.get_by_role("heading", name="Budget: Team Spenders").wait_for()
    await expect(page.get_by_role("alert")).to_contain_text("The cap was exceeded")
    await expect(page.get_by_text("calls are refused until 1 ")).to_be_visible()
    happened = row(page, "What happened", "Exceeded by")
    await expect(happened).to_contain_text("the cap was lowered below what was spent and held")
    assert await grave_problems(page) == []


async def test_a_budget_is_changed_and_archived(gateway: Gateway, admins_page: Page) -> None:
    page = admins_page
    terms = {"scope": "team", "scope_id": await gateway.team("Savers"), "cap_usd": 1234.5}
    budget = await gateway.ask("POST", "/v1/budgets", terms | MONTH)
    await show(page, f"budgets/{budget['id']}", "Budget: Team Savers")
    await page.get_by_role("button", name="Change").click()
    await expect(page.get_by_label("US dollars")).to_have_value("1234.50")
    await page.get_by_label("US dollars").fill("20")
    await page.get_by_label("When it is spent").select_option("soft")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("$20.00 of $20.00 left this month")).to_be_visible()
    await expect(page.get_by_text("nothing is refused")).to_be_visible()
    await page.get_by_role("button", name="Archive").click()
    await page.get_by_role("dialog").get_by_role("button", name="Archive").click()

    await expect(page.get_by_text("Archived", exact=True).first).to_be_visible()
    await expect(page.get_by_role("button", name="Change")).to_have_count(0)
    await show(page, "budgets?scope=team", "Budgets and limits")
    await expect(page.get_by_text("Team Savers")).to_have_count(0)


async def test_a_limit_is_made_changed_and_deleted(gateway: Gateway, admins_page: Page) -> None:
    page = admins_page
    team = await gateway.team("Callers")
    await show(page, f"teams/{team}", "Callers")
    await page.get_by_role("button", name="New limit").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Calls a minute").fill("6,000")
    await dialog.get_by_label("Wait for a turn").fill("0.5")
    await expect(dialog.locator(".promise")).to_have_text(
        "Calls of team Callers beyond 6,000 calls a minute wait up to 0.5 s for their turn, and "
        "are refused then."
    )
    await dialog.get_by_role("button", name="Make the limit").click()
    limits = page.get_by_role("region", name="Limits")
    await expect(limits).to_contain_text("6,000 calls a minute, waits up to 0.5 s")
    await limits.get_by_role("button", name="Change").click()
    await dialog.get_by_label("Calls a minute").fill("")
    await dialog.get_by_label("Calls at once").fill("4")
    await dialog.get_by_role("button", name="Save").click()
    await expect(limits).to_contain_text("4 at once, waits up to 0.5 s")
    await limits.get_by_role("button", name="Delete").click()
    await dialog.get_by_role("button", name="Delete").click()

    await expect(page.get_by_text("No limit of its own")).to_be_visible()
    assert (await gateway.ask("GET", f"/v1/limits?scope_id={team}"))["data"] == []


async def test_what_would_not_fit_is_refused_in_the_form(
    gateway: Gateway, admins_page: Page
) -> None:
    page = admins_page
    team = await gateway.team("Twice")
    limit = {"scope": "team", "scope_id": team, "requests_per_minute": 1}
    await gateway.ask("POST", "/v1/limits", limit)
    await show(page, "budgets?new=limit", "Budgets and limits")
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Which team").select_option("Twice")
    await dialog.get_by_label("Calls a minute").fill("2")
    await dialog.get_by_role("button", name="Make the limit").click()

    await expect(dialog.get_by_role("alert")).to_contain_text("There is a limit of this scope")
    assert page.url.endswith("#/budgets?new=limit")


async def test_an_address_names_whose_budgets_are_shown_and_made(
    gateway: Gateway, admins_page: Page
) -> None:
    page = admins_page
    old = await gateway.ask(
        "POST", "/v1/keys", {"name": "batch-app", "team_id": await gateway.team("Batch")}
    )
    await gateway.ask("POST", f"/v1/keys/{old['id']}/rotate", {})
    await show(page, f"budgets?scope=key&scope_id={old['id']}", "Budgets and limits")
    await expect(page.get_by_text("Those of key batch-app")).to_be_visible()
    await expect(page.get_by_text("No budget here")).to_be_visible()
    await page.get_by_role("button", name="New budget").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog.get_by_label("Which key").locator("option")).to_contain_text(["batch-app"])
    await dialog.get_by_label("US dollars").fill("5")
    await dialog.get_by_label("Period").select_option("total")
    await expect(dialog.locator(".promise")).to_contain_text(
        "Calls with the key batch-app are refused once $5.00 are spent in total."
    )
    await dialog.get_by_role("button", name="Make the budget").click()

    await page.get_by_role("heading", name="Budget: Key batch-app").wait_for()
    [made] = (await gateway.ask("GET", f"/v1/budgets?scope_id={old['id']}"))["data"]
    assert made["cap_usd"] == 5


async def test_a_member_reads_what_binds_them_and_changes_nothing(members_page: Page) -> None:
    page = members_page
    await show(page, "budgets", "Budgets and limits")
    await expect(page.get_by_role("main").get_by_role("button")).to_have_count(0)
    await expect(page.get_by_text("Everybody")).to_have_count(0)
    await row(page, "Budgets", "Team Research").get_by_role("link").click()
    await page.get_by_role("heading", name="Budget: Team Research").wait_for()

    await expect(page.get_by_text("Held by running calls")).to_be_visible()
    await expect(page.get_by_role("main").get_by_role("button")).to_have_count(0)


async def test_a_budget_of_a_strange_name_is_text(gateway: Gateway, admins_page: Page) -> None:
    page = admins_page
    team = await gateway.team(f"B {NASTY}")
    budget = await gateway.ask(
        "POST", "/v1/budgets", {"scope": "team", "scope_id": team, "cap_usd": 1} | MONTH
    )
    await show(page, f"budgets/{budget['id']}", f"Budget: Team B {NASTY}")
    await page.get_by_role("button", name="Archive").click()

    await expect(page.get_by_role("dialog")).to_contain_text(NASTY)
    assert await page.locator("main img").count() == 0
