"""Writes `docs/guide.md` from the rules and the tests that keep them: `make docs`."""

import importlib
import inspect
import itertools
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from tests.architecture.rules import LARGE_ON_PURPOSE, RULES, Rule
from tests.architecture.source import ROOT

PAGE: Final = ROOT / "docs" / "guide.md"
HEAD: Final = """# The house rules, and what keeps them

Written by `make docs` from `tests/architecture`; edit the rules there. Each row: a rule of the
founding guide, where it holds, the tests and tools that keep it, and where we go further.
"""
LARGE: Final = "\n## Service modules over 5,000 characters of code\n\n"
COLUMNS: Final = "| Rule | Where | Kept by | Further |\n|---|---|---|---|\n"


def page() -> str:
    """Return the whole page."""
    kept = tests_by_rule()
    sections = itertools.groupby(RULES, key=lambda rule: rule.section)
    tables = "".join(
        f"\n## {section}\n\n{COLUMNS}" + "".join(_row(rule, kept.get(rule, [])) for rule in group)
        for section, group in sections
    )
    large = "".join(f"- `{path}`: {why}.\n" for path, why in LARGE_ON_PURPOSE.items())
    return f"{HEAD}{tables}{LARGE}{large}"


def tests_by_rule() -> dict[Rule, list[str]]:
    """Return the tests that keep each rule, as links to their files."""
    kept: dict[Rule, list[str]] = {}
    for module in _test_modules():
        for name, test in inspect.getmembers(module, inspect.isfunction):
            for rule in _rules_of(test):
                kept.setdefault(rule, []).append(f"{_path(module)}::{name}")
    return kept


def _test_modules() -> Iterator[Any]:
    folder = Path(__file__).parent
    for path in (*sorted(folder.glob("test_*.py")), ROOT / "tests" / "test_guide.py"):
        dotted = path.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".")
        yield importlib.import_module(dotted)


def _rules_of(test: Any) -> Iterator[Rule]:
    marks: list[pytest.Mark] = getattr(test, "pytestmark", [])
    for mark in marks:
        if mark.name == "keeps":
            yield from mark.args


def _path(module: Any) -> str:
    return Path(module.__file__).relative_to(ROOT / "tests").as_posix()


def _row(rule: Rule, tests: list[str]) -> str:
    links = [_link(test) for test in tests]
    kept_by = "<br>".join([*links, *([rule.tools] if rule.tools else [])])
    return f"| {rule.says} | {rule.where} | {kept_by} | {rule.further} |\n"


def _link(test: str) -> str:
    path, _, name = test.partition("::")
    return f"[{name.removeprefix('test_').replace('_', ' ')}](../tests/{path})"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    sys.stdout.write(f"{PAGE.relative_to(ROOT)}: {len(RULES)} rules\n")
