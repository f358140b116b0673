"""Takes the two pictures of the README, from a demo that was started just now (`make demo`).

`python -m tests.browser.readme_pictures LINK` writes them into docs/pictures.
"""

import asyncio
import sys
from pathlib import Path
from typing import Final

from playwright.async_api import expect

from tests.browser.chromium import new_page, open_browser
from tests.browser.pages import show

FOLDER: Final = Path(__file__).parents[2] / "docs" / "pictures"


async def take(link: str, folder: Path) -> None:
    """Sign in, and take a picture of the overview, and one of a call that went on elsewhere."""
    async with open_browser() as browser, new_page(browser) as watched:
        page = watched.page
        await page.goto(link)
        await page.get_by_role("heading", name="Overview").wait_for()
        await show(page, "overview?range=week", "Overview")
        await page.screenshot(path=folder / "overview.png", full_page=True)
        await show(page, "calls?model=quick&status=ok", "Calls")
        tried_twice = page.get_by_role("row").filter(
            has=page.get_by_role("cell", name="2", exact=True)
        )
        await tried_twice.last.get_by_role("link").click()
        await page.get_by_role("heading", name="Attempts").wait_for()
        ids = page.get_by_role("main").get_by_role("link", name="team_")
        await expect(ids).to_have_count(0)  # names have taken their places
        await page.screenshot(path=folder / "call.png")


def main(arguments: list[str]) -> int:
    """Take the pictures; 2 where it is not said of what."""
    if len(arguments) != 1:
        print("Say which demo: LINK, as `make demo` prints it", file=sys.stderr)  # noqa: T201
        return 2
    FOLDER.mkdir(exist_ok=True)
    asyncio.run(take(arguments[0], FOLDER))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
