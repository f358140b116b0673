"""The API reference, under the policy that the gateway really sends."""

from playwright.async_api import expect

from tests.browser.chromium import Watched
from tests.browser.gateways import Gateway


async def test_the_reference_works_offline_and_breaks_no_rule(
    gateway: Gateway, watched: Watched
) -> None:
    page = watched.page
    await page.goto(f"{gateway.url}/docs")
    health = page.locator("[id$=check_health_health_get]")
    await health.locator(".opblock-summary-control").click()
    await health.locator(".try-out__btn").click()
    await health.locator(".execute").click()

    await expect(page.locator(".live-responses-table")).to_contain_text('"status": "ok"')
    assert all(request.startswith((gateway.url, "data:")) for request in watched.requests)


async def test_a_page_that_breaks_the_rules_would_be_noticed(
    gateway: Gateway, watched: Watched
) -> None:
    await watched.page.goto(f"{gateway.url}/")
    await watched.page.evaluate(
        "document.body.append(Object.assign(document.createElement('script'), {text: 'x'})),"
        " new Promise(requestAnimationFrame).then(() => 0)"
    )

    assert any("blocked" in complaint for complaint in watched.complaints)
    watched.complaints.clear()
