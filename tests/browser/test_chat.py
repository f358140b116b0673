"""The chat: asking, stopping, what an answer cost, and what is said when there is none."""

import base64
import re
from collections.abc import Generator
from pathlib import Path
from typing import Any, Final

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from tests.browser.accessibility import grave_problems
from tests.browser.chromium import Watched
from tests.browser.gateways import Gateway
from tests.browser.pages import show
from tests.browser.scripted import scripted_gateway

MODEL: Final = "test/model"
PLAIN: Final = "test/plain"  # never known to write more than it shows
PARAGRAPHS: Final = 900
LONG: Final = "\n\n".join(
    f"Paragraph {number} with **some** `code`." for number in range(PARAGRAPHS)
)
PIXEL: Final = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
NASTY: Final = """Look: <img src=x onerror="document.title='owned'"> and

<script>document.title='owned'</script>

<style>body { display: none }</style>

<a href="javascript:document.title='owned'" style="position:fixed">raw</a>

[click](javascript:document.title='owned') and [data](data:text/html,<script>alert(1)</script>)

![seen](http://127.0.0.1:9/pixel.png) and [here](https://example.com/path)

[in](#/keys) <button data-copy onclick=alert(1)>press</button>

```html" onmouseover="alert(1)
<b>bold</b>
```

<iframe src="https://example.com"></iframe><svg onload=alert(1)><math><mi xlink:href="data:x">
"""
ANSWERS: Final[list[dict[str, Any]]] = [
    {"contains": "capital", "text": "It is **Paris**.", "reasoning": "A question of geography."},
    {"contains": "slowly", "text": "word " * 400, "fault": "chunk-delay=40"},
    {"contains": "nasty", "text": NASTY},
    {"contains": "at length", "text": LONG},
    {
        "contains": "weather",
        "times": 1,
        "tool_calls": [{"name": "get_weather", "arguments": {"city": "Paris"}}],
    },
    {"contains": "break", "fault": "error-event=5"},
]


@pytest.fixture(scope="module")
def scripted(tmp_path_factory: pytest.TempPathFactory) -> Generator[Gateway]:
    """Return a gateway whose models say what is above."""
    folder = tmp_path_factory.mktemp("scripted")
    with scripted_gateway(folder, ANSWERS, priced=[MODEL, PLAIN]) as gateway:
        yield gateway


@pytest_asyncio.fixture(loop_scope="session")
async def chat(page: Page, scripted: Gateway, request: pytest.FixtureRequest) -> Page:
    """Return the chat of somebody of their own, in a team of theirs."""
    name = request.node.name.removeprefix("test_").replace("_", "-")[:40].strip("-")
    user_id = await scripted.user(name)
    await scripted.team(f"Team of {name}", **{user_id: "member"})
    await scripted.sign_in(page, user_id)
    await show(page, f"chat?model={MODEL}", "Chat")
    return page


async def ask(page: Page, words: str) -> None:
    """Write a question, and send it."""
    question = page.get_by_label("Your question")
    await question.fill(words)
    await question.press("Enter")


async def test_an_answer_comes_with_what_it_took(chat: Page) -> None:
    await ask(chat, "What is the capital of France?")
    answer = chat.locator(".answer")

    await expect(answer.locator("strong", has_text="Paris")).to_be_visible()
    await expect(answer.locator("details")).not_to_have_attribute("open", "")
    await answer.get_by_text("Reasoning", exact=True).click()
    await expect(answer.get_by_text("A question of geography.")).to_be_visible()
    facts = answer.locator(".facts-line")
    for words in ("Cost$0.0", "First token", "Tokens", "Upstreammade-up", "Attempts1", "Endedstop"):
        await expect(facts).to_contain_text(words)
    link = await facts.get_by_role("link", name="See the call").get_attribute("href")
    assert link is not None
    assert link.startswith("#/calls/req_")


async def test_a_second_turn_knows_the_first_and_the_tab_remembers_both(chat: Page) -> None:
    await ask(chat, "What is the capital of France?")
    await expect(chat.get_by_role("button", name="Ask again")).to_be_visible()
    async with chat.expect_request("**/v1/chat/completions") as sent:
        await ask(chat, "And of Spain?")
    body: Any = (await sent.value).post_data_json
    assert [message["role"] for message in body["messages"]] == ["user", "assistant", "user"]
    await expect(chat.locator(".markdown", has_text="You wrote: And of Spain?")).to_be_visible()
    await expect(chat.get_by_role("link", name="See the call")).to_have_count(2)
    await chat.reload()

    await expect(chat.locator(".markdown", has_text="You wrote: And of Spain?")).to_be_visible()
    await expect(chat.locator(".exchange")).to_have_count(2)
    await chat.get_by_role("button", name="New chat").click()
    await expect(chat.locator(".exchange")).to_have_count(0)


async def test_an_answer_can_be_stopped_and_stays(chat: Page) -> None:
    await ask(chat, "Write slowly")
    await expect(chat.locator(".markdown")).to_contain_text("word word word")
    await chat.get_by_role("button", name="Stop").click()

    await expect(chat.get_by_text("Stopped.")).to_be_visible()
    await expect(chat.locator(".facts-line")).to_contain_text("Cost$0.0")
    await expect(chat.locator(".markdown")).to_contain_text("word word word")
    await expect(chat.get_by_role("button", name="Send")).to_be_visible()


async def test_the_last_question_can_be_edited(chat: Page) -> None:
    await ask(chat, "Helo")
    await chat.get_by_role("button", name="Edit").click()
    await chat.get_by_label("The question").fill("Hello")
    await chat.get_by_role("button", name="Ask this instead").click()

    await expect(chat.locator(".markdown")).to_have_text(
        "[simulator] No model was called. You wrote: Hello"
    )
    await expect(chat.locator(".exchange")).to_have_count(1)


async def test_a_call_is_charged_to_the_chosen_team(scripted: Gateway, chat: Page) -> None:
    await chat.get_by_label("Charged to").select_option(index=1)
    await ask(chat, "Hello")
    await expect(chat.get_by_role("link", name="See the call")).to_be_visible()
    href = await chat.get_by_role("link", name="See the call").get_attribute("href")
    entries = await scripted.ask("GET", "/v1/admin/usage/entries?limit=100")
    charged = {entry["id"]: entry["team_id"] for entry in entries["data"]}
    await chat.reload()

    assert str(href).rpartition("/")[2] in charged
    assert charged[str(href).rpartition("/")[2]] is not None
    await expect(chat.get_by_label("Charged to").locator("option:checked")).to_contain_text(
        "Team of"
    )


async def test_what_a_model_writes_does_nothing(chat: Page, watched: Watched) -> None:
    await ask(chat, "Be nasty")
    await expect(chat.get_by_role("link", name="See the call")).to_be_visible()
    answer = chat.locator(".markdown")

    assert await chat.title() == "Chat · Meterhouse"
    assert await answer.locator("img, script, style, iframe, svg, math, form, input").count() == 0
    assert await answer.locator("[style], [onerror], [onclick], [onmouseover]").count() == 0
    await expect(answer).to_contain_text("[image: seen, http://127.0.0.1:9/pixel.png]")
    links = answer.get_by_role("link")
    await expect(links).to_have_count(1)
    await expect(links).to_have_attribute("href", "https://example.com/path")
    await expect(links).to_have_attribute("rel", "noopener noreferrer")
    await expect(answer).to_contain_text("here (example.com)")
    assert not [url for url in watched.requests if ":9/" in url or "example.com" in url]


async def test_code_can_be_copied(chat: Page) -> None:
    await chat.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await ask(chat, "Be nasty")
    await chat.locator(".code").get_by_role("button").click()

    await expect(chat.locator(".code").get_by_role("button")).to_have_text("Copied")
    assert await chat.evaluate("navigator.clipboard.readText()") == "<b>bold</b>"


async def test_an_image_is_shown_sent_and_kept(chat: Page) -> None:
    picture: Any = {"name": "dot.png", "mimeType": "image/png", "buffer": PIXEL}
    await chat.get_by_label("Image files").set_input_files(picture)
    await expect(chat.get_by_role("img", name="dot.png")).to_be_visible()
    await ask(chat, "What is this?")
    await expect(chat.locator(".markdown", has_text="(and sent 1 image)")).to_be_visible()
    await chat.reload()

    await expect(chat.get_by_role("img", name="dot.png")).to_be_visible()


async def test_a_file_that_is_no_image_is_refused_in_words(chat: Page) -> None:
    note: Any = {"name": "note.txt", "mimeType": "text/plain", "buffer": b"words"}
    await chat.get_by_label("Image files").set_input_files(note)

    await expect(chat.get_by_role("alert")).to_contain_text("note.txt is no PNG, JPEG")


async def test_tools_are_called_and_given_results(chat: Page) -> None:
    tools = '[{"type": "function", "function": {"name": "get_weather"}}]'
    await chat.locator("summary", has_text="Tools").click()
    await chat.get_by_label("Functions that the model may call").fill(tools)
    await ask(chat, "How is the weather?")
    await expect(chat.locator(".tool pre")).to_have_text('{\n  "city": "Paris"\n}')
    await chat.get_by_label("What get_weather gives back").fill("5 degrees")
    async with chat.expect_request("**/v1/chat/completions") as sent:
        await chat.get_by_role("button", name="Give it to the model").click()
    body: Any = (await sent.value).post_data_json
    messages = body["messages"]

    assert messages[1]["tool_calls"][0]["function"]["name"] == "get_weather"
    assert messages[2]["role"] == "tool"
    assert messages[2]["tool_call_id"] == messages[1]["tool_calls"][0]["id"]
    await expect(chat.get_by_role("link", name="See the call")).to_have_count(2)


async def test_a_stream_that_breaks_keeps_its_text_and_can_be_asked_again(chat: Page) -> None:
    await ask(chat, "Now break")

    await expect(chat.get_by_role("alert")).to_contain_text("The answer broke off.")
    await expect(chat.locator(".markdown")).to_contain_text("[simulator]")
    await expect(chat.get_by_role("button", name="Try again")).to_be_enabled()


async def test_a_spent_budget_is_said_with_what_to_do(scripted: Gateway, chat: Page) -> None:
    who = (await chat.evaluate("fetch('v1/session').then(answer => answer.json())"))["user"]
    bound = {"scope": "user", "scope_id": who["id"], "period": "total"}
    await scripted.ask("POST", "/v1/budgets", {**bound, "cap_usd": 0})
    await ask(chat, "Hello")

    alert = chat.get_by_role("alert")
    await expect(alert).to_contain_text("The budget is used up.")
    await expect(alert).to_contain_text("ask an admin to raise the budget")
    await expect(chat.get_by_role("link", name="See the call")).to_have_count(0)


async def test_an_answer_that_a_budget_cuts_says_so(scripted: Gateway, chat: Page) -> None:
    who = (await chat.evaluate("fetch('v1/session').then(answer => answer.json())"))["user"]
    bound = {"scope": "user", "scope_id": who["id"], "period": "total"}
    await scripted.ask("POST", "/v1/budgets", {**bound, "cap_usd": 1.5})
    await chat.goto(f"{scripted.url}/#/chat?model={PLAIN}")
    await expect(chat.get_by_role("combobox", name="Model")).to_have_value(PLAIN)
    await ask(chat, "Write at length")

    await expect(chat.get_by_text("Cut short: the budget has no more")).to_be_visible()
    await expect(chat.locator(".markdown")).to_contain_text("Paragraph 3 ")


async def test_a_limit_says_when_to_try_again(scripted: Gateway, chat: Page) -> None:
    who = (await chat.evaluate("fetch('v1/session').then(answer => answer.json())"))["user"]
    terms = {"scope": "user", "scope_id": who["id"], "requests_per_minute": 1}
    await scripted.ask("POST", "/v1/limits", terms)
    await ask(chat, "Hello")
    await expect(chat.get_by_role("button", name="Ask again")).to_be_visible()
    await ask(chat, "Hello again")

    await expect(chat.get_by_text("Too many calls.")).to_be_visible()
    await expect(chat.get_by_role("button", name="Try again in")).to_be_disabled()


async def test_a_model_is_found_by_a_part_of_its_name_with_the_keyboard(chat: Page) -> None:
    picker = chat.get_by_role("combobox", name="Model")
    await picker.fill("LLAMA 70b")
    await expect(chat.get_by_role("listbox").get_by_role("option").first).to_contain_text(
        "Llama-3.3-70B"
    )
    await picker.press("Enter")
    await expect(picker).to_have_value("meta-llama/Llama-3.3-70B-Instruct")
    await expect(chat).to_have_url(re.compile("model=meta-llama%2FLlama-3.3-70B-Instruct$"))
    await picker.fill("of/nobody:fastest")
    await picker.press("ArrowDown")
    await picker.press("Enter")

    await expect(picker).to_have_value("of/nobody:fastest")
    await picker.press("ArrowDown")
    await picker.press("Escape")
    await expect(picker).to_have_attribute("aria-expanded", "false")


async def test_settings_are_folded_where_there_is_little_room(chat: Page) -> None:
    await chat.set_viewport_size({"width": 400, "height": 800})
    fold = chat.get_by_role("button", name=MODEL)
    model = chat.get_by_role("combobox", name="Model")
    await expect(model).to_be_hidden()
    await fold.press("Enter")
    await model.fill("other/model")
    await model.press("Enter")
    await chat.locator("summary", has_text="Parameters").click()
    await chat.get_by_label("Temperature").fill("warm")
    fold = chat.get_by_role("button", name="other/model")
    await fold.click()

    await expect(model).to_be_hidden()
    await expect(fold).to_contain_text("wrong")
    assert await grave_problems(chat) == []


async def test_a_setting_that_cannot_be_sent_is_named(chat: Page) -> None:
    await chat.locator("summary", has_text="Parameters").click()
    await chat.get_by_label("Temperature").fill("warm")
    await chat.get_by_label("Your question").fill("Hello")

    await expect(chat.get_by_text("A number from 0 to 2, such as 1.")).to_be_visible()
    await expect(chat.get_by_role("button", name="Send")).to_be_disabled()


async def test_what_is_drawn_is_not_drawn_again_while_an_answer_grows(chat: Page) -> None:
    first = "document.querySelector('.markdown .block').firstElementChild"
    await ask(chat, "Write at length")
    await chat.locator(".markdown .block").nth(1).wait_for()
    await chat.evaluate(f"{first}.isTheSame = true")
    await expect(chat.get_by_role("link", name="See the call")).to_be_visible()

    assert await chat.locator(".markdown .block").count() == PARAGRAPHS
    assert await chat.evaluate(f"{first}.isTheSame") is True


async def test_an_image_can_be_pasted_and_dropped(chat: Page) -> None:
    give = """([type, field, element]) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File(['GIF'], `${type}.gif`, { type: 'image/gif' }));
      const event = new Event(type, { bubbles: true, cancelable: true });
      Object.defineProperty(event, field, { value: transfer });
      document.querySelector(element).dispatchEvent(event);
    }"""
    await chat.evaluate(give, ["paste", "clipboardData", ".composer textarea"])
    await chat.evaluate(give, ["drop", "dataTransfer", "h1"])

    await expect(chat.get_by_role("img", name="paste.gif")).to_be_visible()
    await expect(chat.get_by_role("img", name="drop.gif")).to_be_visible()
    await chat.get_by_role("button", name="Remove paste.gif").click()
    await expect(chat.get_by_role("img", name="paste.gif")).to_have_count(0)


async def test_another_who_signs_in_does_not_see_the_chat(
    scripted: Gateway, chat: Page, tmp_path: Path
) -> None:
    await ask(chat, "A secret of mine")
    await expect(chat.get_by_role("link", name="See the call")).to_be_visible()
    await chat.get_by_role("button", name="Sign out").click()
    await chat.get_by_role("heading", name="Sign in").wait_for()

    assert await chat.evaluate("JSON.stringify(sessionStorage)") == "{}"
    await scripted.sign_in(chat, await scripted.user(f"other-{tmp_path.name}"[:40].rstrip("-")))
    await show(chat, "chat", "Chat")
    await expect(chat.locator(".exchange")).to_have_count(0)


async def test_a_question_can_be_typed_at_once(admins_page: Page) -> None:
    await admins_page.get_by_role("link", name="Chat").click()

    await expect(admins_page.get_by_role("textbox", name="Your question")).to_be_focused()
