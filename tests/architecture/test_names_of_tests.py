"""Tests are called alike in every process: workers that share them must see the same ones."""

import ast
from collections.abc import Iterator
from typing import Final

from tests.architecture.source import Module, modules

_BY_CHANCE: Final = {"new_id", "new_password", "new_secret", "new_token", "token_urlsafe", "uuid4"}


def test_no_test_is_named_by_chance() -> None:
    found = {f"{module.name}: {name}" for module in modules("tests") for name in _made(module)}

    assert found == set()


def test_a_test_that_is_named_by_chance_is_found() -> None:
    text = '@pytest.mark.parametrize("id", ["x", new_id("req")])\ndef test(id): ...\n'
    module = Module(modules("tests")[0].path, ast.parse(text), text)

    assert list(_made(module)) == ["new_id"]


def _made(module: Module) -> Iterator[str]:
    """Yield what makes a value by chance among the cases of a test."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("parametrize"):
            for inside in ast.walk(node):
                if isinstance(inside, ast.Call):
                    name = ast.unparse(inside.func).rpartition(".")[2]
                    if name in _BY_CHANCE:
                        yield name
