"""One Chromium and one populated gateway for all tests here; a page of its own for each.

Everything runs in one event loop, since a browser belongs to the loop that started it. Tests that
change what others see make people, teams or gateways of their own.
"""

from collections.abc import AsyncGenerator, Generator
from pathlib import Path
from typing import Final

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page

from tests.browser.chromium import ON_BUILD_MACHINE, Watched, find_chromium, new_page, open_browser
from tests.browser.gateways import Gateway, populate, running_gateway

# The first test of a module starts its gateways, and on a busy machine that alone takes half a
# minute. What a page takes has a bound of its own: `chromium.py`.
_MOST_SECONDS: Final = 180


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the tests of this folder in the loop of the browser; skip them where there is none."""
    here = Path(__file__).parent
    is_missing = find_chromium() is None and not ON_BUILD_MACHINE
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)
            item.add_marker(pytest.mark.timeout(_MOST_SECONDS))
            if is_missing:
                item.add_marker(pytest.mark.skip(reason="there is no Chromium"))


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncGenerator[Browser]:
    """Return the one browser."""
    async with open_browser() as browser:
        yield browser


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Generator[Gateway]:
    """Return the module's gateway: real, in a process of its own, answered by the simulator."""
    with running_gateway(tmp_path_factory.mktemp("gateway")) as gateway:
        yield gateway


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def people(gateway: Gateway) -> dict[str, str]:
    """Return the ids of who and what is on the gateway, by name."""
    return await populate(gateway)


@pytest_asyncio.fixture(loop_scope="session")
async def watched(browser: Browser) -> AsyncGenerator[Watched]:
    """Return a fresh page of nobody's, which must have nothing to complain of in the end."""
    async with new_page(browser) as watched:
        yield watched
        assert watched.complaints == []


@pytest_asyncio.fixture(loop_scope="session")
async def page(watched: Watched) -> Page:
    """Return the same, without what it remembers."""
    return watched.page


@pytest_asyncio.fixture(loop_scope="session")
async def admins_page(page: Page, gateway: Gateway, people: dict[str, str]) -> Page:
    """Return a page on which an admin has signed in."""
    await gateway.sign_in(page, people["ana"])
    return page


@pytest_asyncio.fixture(loop_scope="session")
async def members_page(page: Page, gateway: Gateway, people: dict[str, str]) -> Page:
    """Return a page on which a member of the team Research has signed in."""
    await gateway.sign_in(page, people["mo"])
    return page
