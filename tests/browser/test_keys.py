"""Keys: made in the page, used by the real client of OpenAI, rotated, and revoked."""

from datetime import UTC, datetime, timedelta

import openai
import pytest
from playwright.async_api import Page, expect

from tests.browser.accessibility import grave_problems
from tests.browser.gateways import Gateway
from tests.browser.pages import show

NASTY = "<img src=y onerror=document.title='owned'>"


async def ask(gateway: Gateway, secret: str) -> str:
    """Ask a model as the client of OpenAI does, and return the answer."""
    async with openai.AsyncOpenAI(
        api_key=secret, base_url=f"{gateway.url}/v1", max_retries=0
    ) as client:
        answer = await client.chat.completions.create(
            model="openai/gpt-oss-120b", messages=[{"role": "user", "content": "Hello!"}]
        )
    return answer.choices[0].message.content or ""


async def make(page: Page, name: str) -> str:
    """Make a key in the page, and return its secret."""
    await page.get_by_role("button", name="Make a key").first.click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Name").fill(name)
    await dialog.get_by_role("button", name="Make the key").click()
    return await page.locator(".key-secret code").inner_text()


async def test_a_key_is_made_used_and_revoked(gateway: Gateway, members_page: Page) -> None:
    page = members_page
    await show(page, "keys", "Keys")
    secret = await make(page, "my laptop")
    await expect(page.locator(".key-try pre")).to_contain_text(
        f"curl '{gateway.url}/v1/chat/completions'"
    )
    assert await grave_problems(page) == []
    assert "[simulator]" in await ask(gateway, secret)

    await page.keyboard.press("Escape")  # what is shown once is not lost by it
    await page.get_by_role("button", name="I have copied it").click()
    assert secret not in await page.content()
    await page.get_by_role("link", name="my laptop").click()
    await page.get_by_role("button", name="Revoke").click()
    await expect(page.get_by_role("dialog", name="Revoke my laptop?")).to_contain_text(
        "Every program that uses it is refused"
    )
    await page.get_by_role("button", name="Revoke the key").click()

    await expect(page.locator(".badge", has_text="Revoked")).to_be_visible()
    await expect(page.get_by_role("button", name="Rotate")).to_have_count(0)
    with pytest.raises(openai.AuthenticationError):
        await ask(gateway, secret)


async def test_a_rotated_key_leaves_the_old_secret_its_time(
    gateway: Gateway, people: dict[str, str], admins_page: Page
) -> None:
    page = admins_page
    body = {"name": "to rotate", "team_id": people["research"]}
    issued = await gateway.ask("POST", "/v1/keys", body)
    await show(page, f"keys/{issued['id']}", "to rotate")
    await page.get_by_role("button", name="Rotate").click()
    await page.get_by_label("The old secret stops working").select_option("In 1 hour")
    await page.get_by_role("button", name="Rotate the key").click()
    fresh = await page.locator(".key-secret code").inner_text()
    await page.get_by_role("button", name="I have copied it").click()

    await expect(page.locator(".badge", has_text="Ends in ")).to_be_visible()
    assert fresh != issued["secret"]
    for secret in (fresh, issued["secret"]):
        assert "[simulator]" in await ask(gateway, secret)


async def test_a_lead_makes_service_keys_of_their_team(
    gateway: Gateway, people: dict[str, str], page: Page
) -> None:
    await gateway.sign_in(page, people["lea"])
    await show(page, "keys", "Keys")
    await page.get_by_role("button", name="Make a key").first.click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Name").fill("nightly")
    await dialog.get_by_label("For", exact=True).select_option("team")
    await dialog.get_by_role("button", name="Make the key").click()
    await expect(dialog.get_by_role("alert")).to_contain_text("Choose the team")
    await dialog.get_by_label("Team").select_option("Research")
    await dialog.get_by_label("Ends").select_option("In 30 days")
    await dialog.get_by_role("button", name="Make the key").click()
    await page.get_by_role("button", name="I have copied it").click()

    row = page.get_by_role("row", name="nightly")
    await expect(row).to_contain_text("Team Research")
    await expect(row).to_contain_text("Works")


async def test_a_member_is_offered_nothing_that_would_be_refused(members_page: Page) -> None:
    await show(members_page, "keys", "Keys")
    await members_page.get_by_role("button", name="Make a key").first.click()
    dialog = members_page.get_by_role("dialog")

    assert await grave_problems(members_page) == []
    await expect(dialog.get_by_label("Charged to")).to_be_visible()
    await expect(dialog.get_by_label("For", exact=True)).to_have_count(0)
    await expect(dialog.get_by_label("Person")).to_have_count(0)


async def test_what_the_gateway_refuses_is_said_at_its_field(admins_page: Page) -> None:
    await show(admins_page, "keys", "Keys")
    await admins_page.get_by_role("button", name="Make a key").first.click()
    dialog = admins_page.get_by_role("dialog")
    await dialog.get_by_label("Name").fill("old")
    await dialog.get_by_label("Ends").select_option("On a day")
    await dialog.get_by_label("Last day").fill("2020-01-01")
    await dialog.get_by_role("button", name="Make the key").click()

    await expect(dialog.get_by_label("Last day")).to_have_attribute("aria-invalid", "true")
    await expect(dialog.get_by_role("alert")).to_contain_text("must be in the future")


@pytest.mark.parametrize("width", [900, 1100, 1280])
async def test_a_long_row_makes_no_page_too_wide(
    gateway: Gateway, people: dict[str, str], admins_page: Page, width: int
) -> None:
    soon = datetime.now(UTC) + timedelta(days=4, hours=1)  # noqa: TID251 - the application's clock
    owner = {"user_id": people["mo"], "team_id": people["research"]}
    rights = {"scopes": ["inference", "manage"], "expires_at": soon.isoformat()}
    await gateway.ask("POST", "/v1/keys", {"name": "administration", **owner, **rights})
    await admins_page.set_viewport_size({"width": width, "height": 900})
    for path, heading in (("keys", "Keys"), ("calls", "Calls")):
        await show(admins_page, path, heading)

        assert await admins_page.evaluate("document.documentElement.scrollWidth") <= width, path


async def test_a_name_is_text_whatever_it_holds(admins_page: Page) -> None:
    page = admins_page
    await show(page, "keys", "Keys")
    await make(page, NASTY)
    await page.get_by_role("button", name="I have copied it").click()
    await page.get_by_role("link", name=NASTY).click()

    await expect(page.get_by_role("heading", name=NASTY)).to_be_visible()
    await page.get_by_role("button", name="Revoke").click()
    await expect(page.get_by_role("dialog", name=f"Revoke {NASTY}?")).to_be_visible()
    assert await page.title() == f"{NASTY} · Meterhouse"
