"""Texts made for regular expressions match them."""

import re

import pytest

from app.simulator.json_schema.patterns import samples


@pytest.mark.parametrize(
    "pattern",
    [
        r"^abc$",
        r"^(?:ab|cd){2}$",
        r"^(?P<year>\d{4})-$",
        r"^[^a-z]{2,}$",
        r"^[]x]+$",
        r"^[\w-]+@[a-z.]+\.[a-z]{2,3}$",
        r"^\x41\u0042\n\t$",
        r"^a{,2}$",
        r"^x{y}$",
        r"^a+?b*?c??$",
        r"^.\S\s\D\W$",
        r"\bword\b",
        r"^$",
        r"^[a\-z]$",
        r"^[+-]?\d+$",
        r"^[\x30-\x39]$",
    ],
)
def test_the_first_text_matches(pattern: str) -> None:
    assert re.search(pattern, next(samples(pattern)))


def test_texts_vary_where_the_pattern_leaves_a_choice() -> None:
    assert len({*samples("^[a-c]{2}$")}) == 9
    assert {*samples("^(red|green)$")} == {"red", "green"}
    assert any(len(text) >= 12 for text in samples("^[a-z]+$", at_least=12))


@pytest.mark.parametrize("pattern", [r"^(?<=a)b$", r"^(?!b)b$", r"^(?=b)b$"])
def test_a_look_around_counts_for_nothing(pattern: str) -> None:
    assert next(samples(pattern)) == "b"


def test_an_ecmascript_group_name_is_understood() -> None:
    assert next(samples(r"^(?<month>\d\d)$")) == "00"


@pytest.mark.parametrize("pattern", ["(", "[", "a)", "[a", "(?P<name", "\\"])
def test_a_broken_pattern_makes_nothing(pattern: str) -> None:
    assert [*samples(pattern)] == []


def test_a_class_of_nothing_makes_an_empty_text() -> None:
    assert next(samples(r"^[^\w\W]$")) == ""
