"""The pages of the web UI: where each is, and what is on it when it is there."""

from typing import Final, NamedTuple

from playwright.async_api import Page, expect


class Place(NamedTuple):
    """A page: its address after the `#/`, and its heading."""

    path: str
    heading: str


ADMINS_PLACES: Final = (
    Place("chat", "Chat"),
    Place("overview", "Overview"),
    Place("calls", "Calls"),
    Place("models", "Models"),
    Place("keys", "Keys"),
    Place("people", "People"),
    Place("teams", "Teams"),
    Place("budgets", "Budgets and limits"),
    Place("audit-log", "Audit log"),
    Place("account", "Your account"),
)
MEMBERS_PLACES: Final = (
    Place("chat", "Chat"),
    Place("overview", "Overview"),
    Place("calls", "Calls"),
    Place("models", "Models"),
    Place("keys", "Keys"),
    Place("teams", "Teams"),
    Place("budgets", "Budgets and limits"),
    Place("account", "Your account"),
)


async def show(page: Page, path: str, heading: str) -> None:
    """Go to a page of who is signed in, and wait until nothing on it is still to come."""
    await page.evaluate("path => { location.hash = `#/${path}` }", path)
    await page.get_by_role("heading", name=heading, level=1).wait_for()
    await expect(page.locator(".skeleton")).to_have_count(0)
    await page.wait_for_load_state("networkidle")
