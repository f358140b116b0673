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
    for call in _calls(module.tree):
        if _name(call) == "parametrize":
            yield from (_name(inside) for inside in _calls(call) if _name(inside) in _BY_CHANCE)


def _calls(tree: ast.AST) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def _name(call: ast.Call) -> str:
    return ast.unparse(call.func).rpartition(".")[2]
