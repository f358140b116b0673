"""The models: what each does, and what calls of tasks come to."""

from collections.abc import Generator

import pytest
from playwright.async_api import Page, expect

from tests.browser.gateways import Gateway, running_gateway
from tests.browser.pages import show


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Generator[Gateway]:
    """Return a gateway of its own: it gets a model, and calls that are no chats."""
    with running_gateway(tmp_path_factory.mktemp("gateway")) as gateway:
        yield gateway


async def _make(gateway: Gateway, name: str, model: str) -> None:
    target = {"upstream": "simulator", "model": model}
    await gateway.ask("POST", "/v1/admin/models", {"name": name, "targets": [target]})


async def test_each_model_says_its_task_and_can_be_found_by_it(
    gateway: Gateway, admins_page: Page
) -> None:
    await _make(gateway, "gaps", "org/fill-mask")
    await show(admins_page, "models", "Models")
    table = admins_page.get_by_role("region", name="Models")
    row = table.get_by_role("row", name="gaps")

    await expect(row).to_contain_text("fill-mask")
    await expect(row).to_contain_text("/hf-inference/models/gaps")
    await expect(row.get_by_role("link")).to_have_count(0)  # it does not chat
    await expect(table.get_by_role("row", name="openai/gpt-oss-20b")).to_contain_text(
        "chat-completion"
    )
    await admins_page.get_by_label("Task").select_option("fill-mask")
    await expect(admins_page).to_have_url(f"{gateway.url}/#/models?task=fill-mask")
    await expect(table.get_by_role("row")).to_have_count(2)  # the head, and one model
    await admins_page.reload()
    await expect(table.get_by_role("row")).to_have_count(2)
    await admins_page.get_by_label("Name").fill("nobody")
    await expect(admins_page.get_by_text("No model fits")).to_be_visible()


async def test_a_model_that_chats_leads_to_the_chat(gateway: Gateway, admins_page: Page) -> None:
    await show(admins_page, "models?q=gpt-oss-20b", "Models")
    await admins_page.get_by_role("link", name="openai/gpt-oss-20b").click()

    await expect(admins_page.get_by_role("heading", name="Chat", level=1)).to_be_visible()
    await expect(admins_page.get_by_label("Model", exact=True)).to_have_value("openai/gpt-oss-20b")
    assert admins_page.url == f"{gateway.url}/#/chat?model=openai%2Fgpt-oss-20b"


async def test_a_call_of_a_task_says_its_own_units_everywhere(
    gateway: Gateway, admins_page: Page
) -> None:
    await _make(gateway, "short", "org/summarization")
    price = {"model": "short", "input_characters": 2.0, "output_characters": 4.0}
    await gateway.ask("POST", "/v1/admin/prices", price)
    await gateway.ask("POST", "/hf-inference/models/short", {"inputs": "a" * 1_234})

    await show(admins_page, "calls?task=summarization", "Calls")
    row = admins_page.get_by_role("region", name="Calls").get_by_role("row").nth(1)
    await expect(row).to_contain_text("1,234 characters → ")
    await row.get_by_role("link").click()
    await expect(admins_page.get_by_text("$2.00 for 1,000,000 input characters")).to_be_visible()
    await expect(admins_page.get_by_text("summarization, as one answer")).to_be_visible()

    await show(admins_page, "overview?range=hour", "Overview")
    used = admins_page.get_by_role("region", name="Models").get_by_role("row", name="short")
    await expect(used).to_contain_text("characters")
    await expect(admins_page.get_by_text("Tasks besides: characters 1,234 in, ")).to_be_visible()
