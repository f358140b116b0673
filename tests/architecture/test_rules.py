"""Every rule is kept by something, and the page about them is current."""

import pytest

from tests.architecture import guide
from tests.architecture.rules import RULES, Rule


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.says[:40])
def test_a_rule_is_kept_by_a_test_or_a_tool(rule: Rule) -> None:
    assert guide.tests_by_rule().get(rule) or rule.tools


def test_the_page_about_the_rules_is_current() -> None:
    assert guide.PAGE.read_text(encoding="utf-8") == guide.page(), "run `make docs`"
