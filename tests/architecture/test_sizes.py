"""How large things are."""

import ast
import io
import tokenize
from collections.abc import Iterator

import pytest

from tests.architecture import rules
from tests.architecture.source import APP, ROOT, Module, endpoint_count, modules

MAX_LINES = 400
MAX_LOGIC = 5_000
MAX_ENDPOINTS = 10


@pytest.mark.keeps(rules.FILE_SIZE)
def test_no_python_file_is_long() -> None:
    lengths = {
        module.name: len(module.text.splitlines())
        for module in modules("app", "benchmarks", "scripts", "tests")
    }

    assert {name: lines for name, lines in lengths.items() if lines > MAX_LINES} == {}


@pytest.mark.keeps(rules.FILE_SIZE)
def test_no_script_or_style_sheet_is_long() -> None:
    files = [path for path in (APP / "static").rglob("*") if path.suffix in {".js", ".css"}]
    lengths = {path.name: len(path.read_text(encoding="utf-8").splitlines()) for path in files}

    assert {name: lines for name, lines in lengths.items() if lines > MAX_LINES} == {}


@pytest.mark.keeps(rules.ENDPOINTS)
def test_no_module_has_many_endpoints() -> None:
    counts = {module.name: endpoint_count(module) for module in modules("app")}

    assert {name: count for name, count in counts.items() if count > MAX_ENDPOINTS} == {}
    assert sum(counts.values()) >= 10  # or we count the wrong thing


@pytest.mark.keeps(rules.SERVICE_SIZE)
def test_no_service_module_holds_much_logic() -> None:
    sizes = {module.name: len(logic(module)) for module in modules("app/services")}
    large = {name: size for name, size in sizes.items() if size > MAX_LOGIC}

    assert {name: size for name, size in large.items() if name not in rules.LARGE_ON_PURPOSE} == {}
    assert rules.LARGE_ON_PURPOSE.keys() <= large.keys()  # no reason outlives its module


def test_what_counts_as_logic_leaves_out_docstrings_comments_and_imports() -> None:
    text = '"""Doc."""\nimport os\n\n\ndef f() -> int:\n    """Doc."""\n    return 1  # why\n'
    module = Module(ROOT / "x.py", ast.parse(text), text)

    assert logic(module) == "def f() -> int:\n    return 1"


def logic(module: Module) -> str:
    """Return a module's code without docstrings, comments, imports and blank lines."""
    dropped = {line for node in _not_logic(module.tree) for line in _lines(node)}
    rows = _without_comments(module.text).splitlines()
    kept = (row.rstrip() for number, row in enumerate(rows, 1) if number not in dropped)
    return "\n".join(row for row in kept if row)


def _not_logic(tree: ast.Module) -> Iterator[ast.stmt]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield node
        elif (
            isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
            and ast.get_docstring(node, clean=False) is not None
        ):
            yield node.body[0]


def _lines(node: ast.stmt) -> range:
    return range(node.lineno, (node.end_lineno or node.lineno) + 1)


def _without_comments(text: str) -> str:
    rows = text.splitlines()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            line, column = token.start
            rows[line - 1] = rows[line - 1][:column]
    return "\n".join(rows)
