"""A headless Chromium, driven by Playwright, and what a page of it asked for and complained of."""

import os
import shutil
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final, Literal

from playwright.async_api import Browser, ConsoleMessage, Error, Page, async_playwright

ON_BUILD_MACHINE: Final = "CI" in os.environ  # noqa: TID251 - of the tests, not of the gateway
_NAMES: Final = ("chromium", "chromium-browser", "google-chrome", "chrome")
AFAR: Final = "gateway.lan"  # this machine, under a name that no browser takes for it
_FLAGS: Final = (
    f"--host-resolver-rules=MAP {AFAR} 127.0.0.1",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_PATIENCE_MS: Final = 10_000
# The page reports what its policy blocked, where the console may leave it out.
_REPORTER: Final = (
    "addEventListener('securitypolicyviolation', event =>"
    " console.error('blocked', event.violatedDirective, event.blockedURI))"
)
# Said by the browser itself of an answer that is an error; tests look at answers, not at this.
_ANSWERED: Final = "Failed to load resource: the server responded with a status of"


def find_chromium() -> str | None:
    """Return the program, or None where there is none."""
    return next((path for name in _NAMES if (path := shutil.which(name))), None)


@asynccontextmanager
async def open_browser() -> AsyncGenerator[Browser]:
    """Start the machine's Chromium."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=find_chromium(), args=list(_FLAGS)
        )
        try:
            yield browser
        finally:
            await browser.close()


@dataclass
class Watched:
    """A page, with all that it asked for and everything that went wrong in it."""

    page: Page
    requests: list[str] = field(default_factory=list[str])
    complaints: list[str] = field(default_factory=list[str])

    def listen(self) -> None:
        """Write down what the page does from now on."""
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("console", self._note)
        self.page.on("pageerror", self._note_error)

    def _note(self, message: ConsoleMessage) -> None:
        if message.type in {"warning", "error"} and not message.text.startswith(_ANSWERED):
            self.complaints.append(message.text)

    def _note_error(self, error: Error) -> None:
        self.complaints.append(str(error))


@asynccontextmanager
async def new_page(
    browser: Browser, *, width: int = 1280, scheme: Literal["light", "dark"] = "light"
) -> AsyncGenerator[Watched]:
    """Open a page that shares nothing with others: no cookies, no storage."""
    context = await browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme
    )
    context.set_default_timeout(_PATIENCE_MS)
    await context.add_init_script(_REPORTER)
    try:
        watched = Watched(await context.new_page())
        watched.listen()
        yield watched
    finally:
        await context.close()
