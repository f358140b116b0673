"""People and teams: made, changed and managed, as far as somebody may."""

from typing import Any, Final

from playwright.async_api import Locator, Page, expect

from tests.browser.accessibility import grave_problems
from tests.browser.gateways import Gateway
from tests.browser.pages import show

NASTY: Final = "<img src=x onerror=document.title='owned'>"
# As the page's own requests are: with its cookie, and with the token of its session.
ASK: Final = """async ([method, path, body]) => {
  const { csrf_token: token } = await (await fetch("v1/session")).json();
  const headers = { "Content-Type": "application/json", "X-Meterhouse-CSRF": token };
  return (await fetch(path, { method, headers, body: body && JSON.stringify(body) })).status;
}"""


def row(page: Page, label: str, words: str) -> Locator:
    """Return the row of a table that holds some words."""
    return (
        page.get_by_role("region", name=label, exact=True).get_by_role("row").filter(has_text=words)
    )


async def test_an_admin_makes_a_person_and_a_team_of_theirs(admins_page: Page) -> None:
    page = admins_page
    await show(page, "people", "People")
    await page.get_by_role("button", name="New person").click()
    await page.get_by_label("Name").fill("Noor")
    await page.get_by_label("E-mail").fill("noor@example.com")
    await page.get_by_role("button", name="Make the person").click()
    await page.get_by_role("heading", name="Noor", level=1).wait_for()
    await show(page, "teams", "Teams")
    await page.get_by_role("button", name="New team").click()
    await page.get_by_label("Name").fill("Translation")
    await page.get_by_role("button", name="Make the team").click()
    await page.get_by_role("heading", name="Translation", level=1).wait_for()
    await page.get_by_role("button", name="Add somebody").click()
    await page.get_by_label("E-mail").fill("noor@example.com")
    await page.get_by_role("button", name="Add", exact=True).click()

    member = row(page, "Members", "Noor")
    await expect(member).to_contain_text("Member")
    await member.get_by_role("button", name="Make a lead").click()
    await expect(member).to_contain_text("Lead")
    await member.get_by_role("link", name="Noor").click()
    await expect(row(page, "Teams", "Translation")).to_contain_text("Lead")
    assert await grave_problems(page) == []
    await show(page, "people", "People")
    await expect(row(page, "People", "Noor")).to_contain_text("Translation (lead)")


async def test_a_form_says_what_is_wrong_where_it_is_wrong(admins_page: Page) -> None:
    page = admins_page
    await show(page, "people", "People")
    await page.get_by_role("button", name="New person").click()
    await page.get_by_label("Name").fill("Another Mo")
    await page.get_by_label("E-mail").fill("mo@example.com")
    await page.get_by_role("button", name="Make the person").click()

    await expect(page.get_by_role("dialog").get_by_role("alert")).to_be_visible()
    await expect(page.get_by_label("Name")).to_have_value("Another Mo")


async def test_a_person_is_disabled_and_deleted_after_it_was_said_what_goes_with_them(
    gateway: Gateway, admins_page: Page
) -> None:
    page = admins_page
    user_id = await gateway.user("gone")
    await show(page, f"people/{user_id}", "Gone")
    await page.get_by_role("button", name="Disable").click()
    await expect(page.get_by_role("dialog")).to_contain_text("revoked for good")
    await page.get_by_role("dialog").get_by_role("button", name="Disable").click()
    await expect(page.get_by_text("Disabled", exact=True)).to_be_visible()
    await page.get_by_role("button", name="Delete this person").click()
    await expect(page.get_by_role("dialog")).to_contain_text("Their calls stay in the ledger")
    await page.get_by_role("dialog").get_by_role("button", name="Delete", exact=True).click()

    await page.get_by_role("heading", name="People", level=1).wait_for()
    await expect(page.get_by_text("gone@example.com")).to_have_count(0)


async def test_a_password_and_a_link_are_told_once_and_sign_in(
    gateway: Gateway, admins_page: Page
) -> None:
    page = admins_page
    user_id = await gateway.user("fresh")
    await show(page, f"people/{user_id}", "Fresh")
    await page.get_by_role("button", name="New password").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("button", name="New password").click()
    password = await dialog.locator(".secret code").inner_text()
    await dialog.get_by_role("button", name="Done").click()
    await expect(page.get_by_text(password)).to_have_count(0)
    await page.get_by_role("button", name="Sign-in link").click()
    await dialog.get_by_role("button", name="Sign-in link").click()
    link = await dialog.locator(".secret code").inner_text()
    signed_in = "([email, password]) => fetch('v1/session', {method: 'POST', headers:"
    signed_in += "{'Content-Type': 'application/json'}, body: JSON.stringify({email, password})})"

    status = await page.evaluate(
        f"{signed_in}.then(one => one.status)", ["fresh@example.com", password]
    )

    assert status == 201
    await page.goto(link)
    await expect(page.get_by_role("banner")).to_contain_text("fresh@example.com")


async def test_a_member_finds_no_admins_page_and_the_gateway_refuses_them(
    people: dict[str, str], members_page: Page
) -> None:
    page = members_page
    refused: list[Any] = [
        ("POST", "v1/users", {"email": "x@example.com", "name": "X"}),
        ("PATCH", f"v1/users/{people['mo']}", {"role": "admin"}),
        ("POST", "v1/budgets", {"scope": "instance", "cap_usd": 1, "period": "day"}),
        ("DELETE", f"v1/teams/{people['research']}/members/{people['lea']}", None),
        ("GET", "v1/admin/audit-log", None),
        ("POST", "v1/admin/sign-in-links", {"user_id": people["ana"]}),
    ]
    for path in ("people", f"people/{people['ana']}", "audit-log"):
        await show(page, path, "Not yours to see")
    await expect(page.get_by_role("link", name="People")).to_have_count(0)

    assert [await page.evaluate(ASK, one) for one in refused] == [403] * len(refused)
    assert await page.evaluate(ASK, ["GET", f"v1/users/{people['ana']}", None]) == 404


async def test_a_member_sees_their_team_and_changes_nothing(
    people: dict[str, str], members_page: Page
) -> None:
    page = members_page
    await show(page, f"teams/{people['research']}", "Research")

    await expect(row(page, "Members", "Lea")).to_contain_text("Lead")
    await expect(row(page, "Budgets", "of $50.00 this month, hard")).to_be_visible()
    await expect(page.get_by_role("main").get_by_role("button")).to_have_count(0)
    assert await grave_problems(page) == []


async def test_a_lead_manages_members_and_sees_what_the_team_uses(
    gateway: Gateway, people: dict[str, str], page: Page
) -> None:
    lead, other = await gateway.user("len"), await gateway.user("olga")
    team = await gateway.team("Vision", **{lead: "lead"})
    await gateway.sign_in(page, lead)
    await show(page, f"teams/{team}", "Vision")
    await page.get_by_role("button", name="Add somebody").click()
    await page.get_by_label("E-mail").fill("olga@example.com")
    await page.get_by_role("button", name="Add", exact=True).click()
    await row(page, "Members", "Olga").get_by_role("button", name="Remove").click()
    await page.get_by_role("dialog").get_by_role("button", name="Remove").click()

    await expect(row(page, "Members", "Olga")).to_have_count(0)
    await expect(page.get_by_role("heading", name="This month")).to_be_visible()
    await expect(page.get_by_role("heading", name="Keys charged to the team")).to_be_visible()
    await expect(page.get_by_role("button", name="Rename")).to_have_count(0)
    assert await page.evaluate(ASK, ["PATCH", f"v1/teams/{team}", {"name": "Mine"}]) == 403
    assert people
    assert other


async def test_names_and_addresses_are_text_whatever_they_hold(
    gateway: Gateway, admins_page: Page
) -> None:
    page = admins_page
    body = {"email": "<script>alert(1)</script>@x<b>", "name": NASTY}
    user = await gateway.ask("POST", "/v1/users", body)
    team = await gateway.team(f"A {NASTY}", **{user["id"]: "lead"})
    key = {"name": NASTY, "team_id": team, "tags": {"<b>tag": NASTY}}
    made = await gateway.ask("POST", "/v1/keys", key)

    await show(page, "people", "People")
    await expect(row(page, "People", body["email"])).to_contain_text(NASTY)
    await show(page, f"people/{user['id']}", NASTY)
    await expect(page.get_by_text(body["email"])).to_be_visible()
    await show(page, "teams", "Teams")
    await show(page, f"teams/{team}", f"A {NASTY}")
    await expect(row(page, "Members", NASTY)).to_be_visible()
    await expect(row(page, "Keys", NASTY)).to_be_visible()

    await show(page, f"audit-log?object={made['id']}", "Audit log")
    await expect(row(page, "Audit log", "<b>tag")).to_be_visible()

    assert await page.title() == "Audit log · Meterhouse"
    assert await page.locator("main img, main script, main b").count() == 0
