"""The audit log: who did what, the difference it made, and how it is found."""

from playwright.async_api import Page, expect

from tests.browser.accessibility import grave_problems
from tests.browser.gateways import Gateway
from tests.browser.pages import show
from tests.browser.test_people import NASTY, row


async def test_a_change_is_a_sentence_with_what_was_and_what_is(
    gateway: Gateway, admins_page: Page
) -> None:
    page = admins_page
    user_id = await gateway.user("una")
    await gateway.ask("PATCH", f"/v1/users/{user_id}", {"name": f"U {NASTY}", "role": "admin"})
    await show(page, f"audit-log?object={user_id}", "Audit log")
    changed = row(page, "Audit log", "changed the person")
    await expect(changed).to_contain_text(f"name: Una → U {NASTY}")
    await expect(page.locator("tbody tr")).to_have_count(2)
    await changed.get_by_role("link").click()
    await page.get_by_role("heading", name="A change", level=1).wait_for()

    role = row(page, "Difference", "role")
    await expect(role.locator("del")).to_have_text("member")
    await expect(role.locator("ins")).to_have_text("admin")
    await expect(page.get_by_role("link", name=f"U {NASTY}")).to_have_attribute(
        "href", f"#/people/{user_id}"
    )
    assert await grave_problems(page) == []
    address = page.url
    await page.goto(f"{gateway.url}/#/overview")
    await page.goto(address)
    await expect(page.locator("del", has_text="Una")).to_be_visible()


async def test_filters_are_in_the_address_and_taken_away_again(
    gateway: Gateway, people: dict[str, str], admins_page: Page
) -> None:
    page = admins_page
    await gateway.team("Filtered")
    await show(page, "audit-log", "Audit log")
    await page.get_by_label("What was done").select_option("team.create")
    await expect(row(page, "Audit log", "made the person")).to_have_count(0)
    await expect(row(page, "Audit log", "made the team Filtered")).to_be_visible()
    assert "action=team.create" in page.url
    await show(page, f"audit-log?actor={people['mo']}&action=team.create", "Audit log")
    await expect(page.get_by_text("Done by Mo")).to_be_visible()
    await expect(page.get_by_text("No such change")).to_be_visible()
    await page.get_by_role("link", name="Show everything").click()

    await expect(row(page, "Audit log", "made the team Filtered")).to_be_visible()
    await page.get_by_label("To", exact=True).fill("2020-01-01")
    await expect(page.get_by_text("No such change")).to_be_visible()


async def test_more_rows_come_on_demand(gateway: Gateway, admins_page: Page) -> None:
    page = admins_page
    team = await gateway.team("Busy")
    for number in range(51):
        await gateway.ask("PATCH", f"/v1/teams/{team}", {"name": f"Busy {number}"})
    await show(page, f"audit-log?object={team}", "Audit log")
    await expect(page.locator("tbody tr")).to_have_count(50)
    await page.get_by_role("button", name="Load more").click()

    await expect(page.locator("tbody tr")).to_have_count(52)
    await expect(page.get_by_role("button", name="Load more")).to_have_count(0)
