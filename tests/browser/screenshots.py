"""Writes a picture of every page, light and dark, wide and narrow, into a folder.

`python -m tests.browser.screenshots FOLDER` shows a small gateway of its own; with an address and a
sign-in link after the folder, one that runs.
"""

import asyncio
import itertools
import sys
import tempfile
from pathlib import Path
from typing import Final, Literal

from playwright.async_api import Browser, Page

from tests.browser.chromium import new_page, open_browser
from tests.browser.gateways import populate, running_gateway
from tests.browser.pages import ADMINS_PLACES, show

_WIDTHS: Final = (1280, 400)
_SCHEMES: Final[tuple[Literal["light", "dark"], ...]] = ("light", "dark")


async def take(browser: Browser, url: str, link: str, folder: Path) -> None:
    """Sign in once, and take a picture of each page in each form."""
    async with new_page(browser) as watched:
        page = watched.page
        await page.goto(url)
        await page.get_by_role("heading", name="Sign in to Meterhouse").wait_for()
        await _shoot(page, folder, "sign-in")
        await page.goto(link)
        await page.get_by_role("heading", name="Overview").wait_for()
        for path, heading in ADMINS_PLACES:
            await show(page, path, heading)
            await _shoot(page, folder, path.replace("/", "-"))


async def _shoot(page: Page, folder: Path, name: str) -> None:
    for scheme, width in itertools.product(_SCHEMES, _WIDTHS):
        await page.emulate_media(color_scheme=scheme)
        await page.set_viewport_size({"width": width, "height": 900})
        await page.screenshot(path=folder / f"{name}-{scheme}-{width}.png", full_page=True)


async def _run(folder: Path, running: list[str]) -> None:
    async with open_browser() as browser:
        if running:
            await take(browser, running[0], running[1], folder)
            return
        with tempfile.TemporaryDirectory() as data, running_gateway(Path(data)) as gateway:
            people = await populate(gateway)
            await take(browser, gateway.url, await gateway.link(people["ana"]), folder)


def main(arguments: list[str]) -> int:
    """Take the pictures; 2 where it is not said where to."""
    if len(arguments) not in {1, 3}:
        print("Say where to: FOLDER, or FOLDER URL LINK", file=sys.stderr)  # noqa: T201
        return 2
    Path(arguments[0]).mkdir(parents=True, exist_ok=True)
    asyncio.run(_run(Path(arguments[0]), arguments[1:]))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
