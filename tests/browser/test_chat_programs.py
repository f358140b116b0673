"""The chat as a program: pasted, it makes the same call, whatever was written."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

from playwright.async_api import Page, expect

from tests.browser.gateways import Gateway
from tests.browser.pages import show

WORDS: Final = (
    'It\'s "so": $HOME `id` $(id) \\n \\ !! %s {x} </script> 100 % é 🎉\nand a second line'
)
MODEL: Final = "openai/gpt-oss-20b"


async def programs_of(page: Page) -> dict[str, str]:
    """Return what the dialog copies, by language."""
    await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await page.get_by_role("button", name="Copy as code").click()
    dialog = page.get_by_role("dialog")
    found: dict[str, str] = {}
    for language in ("curl", "Python, openai", "huggingface_hub", "JavaScript, openai"):
        await dialog.get_by_role("button", name=language).click()
        await dialog.get_by_role("button", name="Copy the program").click()
        await expect(dialog.get_by_text("Copied")).to_be_visible()
        found[language] = await page.evaluate("navigator.clipboard.readText()")
    return found


def run(command: list[str], key: str, folder: Path) -> str:
    """Run a program as pasted, with nothing but the key in the environment."""
    variables = {"METERHOUSE_KEY": key, "HOME": str(folder), "PATH": "/usr/bin:/bin"}
    done = subprocess.run(
        command, env=variables, cwd=folder, capture_output=True, text=True, timeout=30, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


async def test_what_is_copied_asks_the_same_question(
    gateway: Gateway, people: dict[str, str], admins_page: Page, tmp_path: Path
) -> None:
    await show(admins_page, f"chat?model={MODEL}", "Chat")
    await admins_page.locator("summary", has_text="Parameters").click()
    await admins_page.get_by_label("Temperature").fill("0.5")
    await admins_page.get_by_label("Reasoning effort").select_option("low")
    question = admins_page.get_by_label("Your question")
    await question.fill(WORDS)
    await question.press("Enter")
    await expect(admins_page.get_by_role("button", name="Ask again")).to_be_visible()
    kept: Any = json.loads(await admins_page.evaluate("sessionStorage.getItem('meterhouse-chat')"))
    answer = kept["chat"]["exchanges"][0]["answer"]["text"]
    programs = await programs_of(admins_page)
    terms = {"name": "pasted", "user_id": people["mo"]}
    key = str((await gateway.ask("POST", "/v1/keys", terms))["secret"])

    assert answer.endswith(WORDS)
    for shell in ("sh", "bash"):
        assert text_in(run([shell, "-c", programs["curl"]], key, tmp_path)) == answer
    for language in ("Python, openai", "huggingface_hub"):
        (tmp_path / "pasted.py").write_text(programs[language], encoding="utf-8")
        assert run([sys.executable, "pasted.py"], key, tmp_path) == f"{answer}\n", language
    assert f'baseURL: "{gateway.url}/v1"' in programs["JavaScript, openai"]


def text_in(stream: str) -> str:
    """Return the text that a stream wrote."""
    lines = [line.removeprefix("data: ") for line in stream.splitlines() if line[:7] == "data: {"]
    deltas = [choice["delta"] for line in lines for choice in json.loads(line)["choices"]]
    return "".join(delta.get("content") or "" for delta in deltas)
