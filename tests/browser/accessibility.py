"""What axe-core finds wrong with a page for people who do not see it, or use no mouse."""

from pathlib import Path
from typing import Any, Final

from playwright.async_api import Page

_AXE: Final = Path(__file__).parents[2] / "ui" / "node_modules" / "axe-core" / "axe.min.js"
_GRAVE: Final = {"serious", "critical"}


async def grave_problems(page: Page) -> list[str]:
    """Return the serious and critical findings, each with the elements that have them."""
    await page.evaluate(
        _AXE.read_text(encoding="utf-8")
    )  # past the policy, which forbids it a page
    found: dict[str, Any] = await page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{one['id']}: {one['help']}: {[node['html'][:200] for node in one['nodes']]}"
        for one in found["violations"]
        if one["impact"] in _GRAVE
    ]
