"""The calls: found as soon as they are made, told in full, and only to who may see them."""

import csv
import io
from pathlib import Path

from playwright.async_api import Page, expect

from tests.browser.accessibility import grave_problems
from tests.browser.chromium import Watched
from tests.browser.gateways import Gateway
from tests.browser.pages import show

NASTY = "<img src=x onerror=document.title='owned'>"


async def test_a_call_appears_by_itself_and_is_told_in_full(
    gateway: Gateway, people: dict[str, str], admins_page: Page
) -> None:
    issued = await gateway.ask(
        "POST", "/v1/keys", {"name": "finder", "user_id": people["mo"], "tags": {"run": "7"}}
    )
    await show(admins_page, "calls?tag=run%3D7", "Calls")
    await expect(admins_page.get_by_text("No call fits these filters")).to_be_visible()
    await expect(admins_page.get_by_label("Tag")).to_have_value("run=7")
    caller = Gateway(gateway.url, "", {"Authorization": f"Bearer {issued['secret']}"})
    await caller.chat("find me", model="sim/503-then-ok-1")

    row = admins_page.get_by_role("region", name="Calls").get_by_role("row").nth(1)
    await expect(row).to_contain_text("Answered")
    await expect(row).to_contain_text("Mo")
    await expect(row).to_contain_text("finder")
    await row.get_by_role("link").click()

    await expect(admins_page.get_by_role("heading", name="Call", exact=True)).to_be_focused()
    attempts = admins_page.locator(".attempts li")
    await expect(attempts).to_have_count(2)
    await expect(attempts.first).to_contain_text("Failed")
    await expect(attempts.last).to_contain_text("Answered")
    await expect(admins_page.get_by_text("Reported: the upstream said so itself.")).to_be_visible()
    await expect(admins_page.get_by_role("link", name="run=7")).to_be_visible()
    for width in (1280, 400):
        await admins_page.set_viewport_size({"width": width, "height": 900})
        assert await grave_problems(admins_page) == []
        assert await admins_page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def test_filters_stand_in_the_address_and_an_export_has_the_same(
    gateway: Gateway, admins_page: Page, tmp_path: Path
) -> None:
    await gateway.chat(model="some/other-model")
    await show(admins_page, "calls", "Calls")
    await admins_page.get_by_label("Model").fill("some/other-model")
    await admins_page.get_by_label("Model").press("Enter")
    await admins_page.get_by_label("Status").select_option("Answered")
    await expect(admins_page).to_have_url(
        f"{gateway.url}/#/calls?model=some%2Fother-model&status=ok"
    )
    await admins_page.reload()

    await expect(admins_page.get_by_role("row")).to_have_count(2)
    await expect(admins_page.get_by_label("Model")).to_have_value("some/other-model")
    async with admins_page.expect_download() as download:
        await admins_page.get_by_role("button", name="Export CSV").click()
    saved = tmp_path / "calls.csv"
    await (await download.value).save_as(saved)
    rows = list(csv.DictReader(io.StringIO(saved.read_text(encoding="utf-8"))))
    assert [row["model"] for row in rows] == ["some/other-model"]


async def test_a_list_that_is_scrolled_waits_to_be_asked(
    gateway: Gateway, admins_page: Page
) -> None:
    for _ in range(20):
        await gateway.chat(model="many/calls")
    await show(admins_page, "calls?model=many%2Fcalls", "Calls")
    rows = admins_page.get_by_role("region", name="Calls").locator("tbody tr")
    await expect(rows).to_have_count(20)
    await admins_page.evaluate("scrollTo(0, 500)")
    await gateway.chat(model="many/calls")

    more = admins_page.get_by_role("button", name="Show 1 new call")
    await expect(more).to_be_visible()
    await expect(rows).to_have_count(20)
    await more.click()
    await expect(rows).to_have_count(21)
    assert await admins_page.evaluate("scrollY") == 0


async def test_a_list_that_is_paused_stays_as_it_is(gateway: Gateway, admins_page: Page) -> None:
    await gateway.chat(model="paused/calls")
    await show(admins_page, "calls?model=paused%2Fcalls", "Calls")
    rows = admins_page.get_by_role("region", name="Calls").locator("tbody tr")
    await admins_page.get_by_role("button", name="Pause").click()
    await gateway.chat(model="paused/calls")
    async with admins_page.expect_response("**/v1/admin/usage/entries?**"):
        await admins_page.get_by_role("button", name="Go on").click()

    await expect(rows).to_have_count(2)


async def test_a_member_sees_their_own_calls_and_no_others(
    gateway: Gateway, people: dict[str, str], members_page: Page, watched: Watched
) -> None:
    entries = await gateway.ask("GET", "/v1/admin/usage/entries?limit=1&key_id=bootstrap")
    body = {"name": "mine", "user_id": people["mo"]}
    issued = await gateway.ask("POST", "/v1/keys", body)
    mine = Gateway(gateway.url, "", {"Authorization": f"Bearer {issued['secret']}"})
    await mine.chat(model="mine/alone")
    await show(members_page, "calls?model=mine%2Falone", "Calls")

    await expect(members_page.get_by_role("row")).to_have_count(2)
    await members_page.get_by_label("Charged to").select_option("Research")
    await expect(members_page.get_by_text("No call fits these filters")).to_be_visible()
    await show(members_page, f"calls/{entries['data'][0]['id']}", "Call")
    await expect(members_page.get_by_text("There is no such call that you may see")).to_be_visible()
    assert not any("/v1/admin" in request for request in watched.requests)


async def test_what_callers_write_is_text(
    gateway: Gateway, people: dict[str, str], admins_page: Page
) -> None:
    body = {"name": NASTY, "user_id": people["mo"], "tags": {"x": NASTY}}
    issued = await gateway.ask("POST", "/v1/keys", body)
    nasty = Gateway(gateway.url, "", {"Authorization": f"Bearer {issued['secret']}"})
    await nasty.chat(NASTY)
    await show(admins_page, f"calls?key_id={issued['id']}", "Calls")
    await expect(admins_page.locator(".call-who")).to_contain_text(NASTY)
    await admins_page.get_by_role("region", name="Calls").get_by_role("link").click()

    await expect(admins_page.get_by_role("link", name=f"x={NASTY}")).to_be_visible()
    assert await admins_page.title() == "Call · Meterhouse"


async def test_what_is_stored_is_shown_when_it_is_asked_for(
    gateway: Gateway, admins_page: Page
) -> None:
    team_id = await gateway.team("Recorded")
    await gateway.ask("POST", "/v1/admin/body-rules", {"scope": "team", "scope_id": team_id})
    issued = await gateway.ask("POST", "/v1/keys", {"name": "recorded", "team_id": team_id})
    recorded = Gateway(gateway.url, "", {"Authorization": f"Bearer {issued['secret']}"})
    await recorded.chat(NASTY)
    await show(admins_page, f"calls?team_id={team_id}", "Calls")
    await admins_page.get_by_role("region", name="Calls").get_by_role("link").click()
    await admins_page.get_by_role("button", name="Show what is stored").click()

    await expect(admins_page.locator(".call-body").first).to_contain_text(NASTY)
    await expect(admins_page.locator(".call-body").last).to_contain_text("[simulator]")
    assert await admins_page.title() == "Call · Meterhouse"
