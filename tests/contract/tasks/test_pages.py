"""What is written about tasks and clients is so."""

import re

from tests.architecture.source import ROOT
from tests.contract.tasks.page import PAGE, page


def test_the_page_of_tasks_is_of_today() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "make docs"


def test_no_snippet_of_ours_names_a_model_at_a_call_that_is_no_chat() -> None:
    call = re.compile(r"\.(?!chat_completion)\w+_\w+\([^()]*\bmodel\s*=\s*[\"']")
    pages = [*(ROOT / "docs").rglob("*.md"), ROOT / "README.md", *(ROOT / "examples").rglob("*.py")]
    wrong = {
        path.name: found.group()
        for path in pages
        if (found := call.search(path.read_text(encoding="utf-8")))
    }

    assert wrong == {}
    assert call.search('client.text_classification("x", model="org/x")')
    assert not call.search('client.chat_completion(messages, model="org/x")')
