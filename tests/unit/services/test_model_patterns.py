"""Which model names a pattern stands for."""

import re

import pytest
from hypothesis import given, strategies as st

from app.services.model_patterns import allow, covers, matches

PATTERNS = st.text("ab*:/", max_size=8)
NAMES = st.text("ab:/", max_size=10)


@pytest.mark.parametrize(
    ("pattern", "name"),
    [
        ("org/model", "org/model"),
        ("org/*", "org/model"),
        ("org/*", "org/"),
        ("*", ""),
        ("*", "any/thing:at all"),
        ("*/llama-*-8b", "meta/llama-3-8b"),
        ("a*a", "aa"),
        ("*b*", "abc"),
        ("a**b", "ab"),
        ("[a]?", "[a]?"),
    ],
)
def test_a_pattern_matches_whole_names(pattern: str, name: str) -> None:
    assert matches(pattern, name)


@pytest.mark.parametrize(
    ("pattern", "name"),
    [
        ("org/model", "org/model-2"),
        ("org/model", "Org/Model"),
        ("org/*", "other/org/model"),
        ("a*a", "a"),
        ("ab*ba", "aba"),
        ("[ab]", "a"),
        ("?", "a"),
        ("", "a"),
        ("a.c", "abc"),
        ("*b", "b\n"),
    ],
)
def test_nothing_else_is_matched(pattern: str, name: str) -> None:
    assert not matches(pattern, name)


@given(PATTERNS, NAMES)
def test_a_star_stands_for_any_text_and_nothing_else_is_special(pattern: str, name: str) -> None:
    slow = re.compile(".*".join(map(re.escape, pattern.split("*"))), re.DOTALL)

    assert matches(pattern, name) is (slow.fullmatch(name) is not None)


@given(PATTERNS, PATTERNS, NAMES)
def test_what_a_covered_pattern_allows_is_allowed_by_what_covers_it(
    wide: str, narrow: str, name: str
) -> None:
    base = name.rpartition(":")[0]
    if covers([wide], narrow) and allow([narrow], name, base):
        assert allow([wide], name, base)


def test_a_pattern_of_many_stars_takes_no_time() -> None:
    assert not matches("*a" * 100 + "b", "a" * 10_000)  # a regular expression would take for ever


@pytest.mark.parametrize(
    ("wide", "narrow", "is_covered"),
    [
        (("org/*",), "org/*", True),
        (("org/*",), "org/llama-*", True),
        (("a", "org/*"), "org/llama", True),
        (("org/llama-*",), "org/*", False),
        (("org/llama",), "*", False),
        (("org/*",), "*", False),
        (("*",), "*", True),
        ((), "a", False),
    ],
)
def test_a_pattern_is_covered_by_a_wider_one(
    wide: tuple[str, ...], narrow: str, *, is_covered: bool
) -> None:
    assert covers(wide, narrow) is is_covered
