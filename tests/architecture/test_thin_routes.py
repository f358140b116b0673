"""Routes translate; services decide."""

import ast
from collections.abc import Iterator

import pytest

from tests.architecture import rules
from tests.architecture.source import Function, Module, handlers, imports_any, modules

MAX_STATEMENTS = 12
LOOPS_AND_TRIES = (ast.Try, ast.TryStar, ast.For, ast.AsyncFor, ast.While)
LOGGERS = ("logging", "structlog", "app.core.logging")


def every_handler() -> Iterator[tuple[str, Function]]:
    for module in modules("app/api"):
        for function in handlers(module):
            yield f"{module.name}:{function.name}", function


def route_modules() -> list[Module]:
    return [module for module in modules("app/api") if handlers(module)]


def statements(function: Function) -> int:
    """Return how many statements a handler has, without its docstring."""
    inner = sum(isinstance(node, ast.stmt) for node in ast.walk(function)) - 1
    return inner - (ast.get_docstring(function) is not None)


@pytest.mark.keeps(rules.THIN_ROUTES)
def test_a_handler_is_short() -> None:
    sizes = {name: statements(function) for name, function in every_handler()}

    assert {name: size for name, size in sizes.items() if size > MAX_STATEMENTS} == {}
    assert len(sizes) >= 10  # or we look at the wrong thing


@pytest.mark.keeps(rules.THIN_ROUTES)
def test_a_handler_neither_tries_nor_loops() -> None:
    busy = {
        name
        for name, function in every_handler()
        if any(isinstance(node, LOOPS_AND_TRIES) for node in ast.walk(function))
    }

    assert busy == set()


@pytest.mark.keeps(rules.LOGIC_BELOW)
def test_routes_reach_no_database_and_no_network() -> None:
    low = ("sqlalchemy", "sqlite3", "aiosqlite", "app.db", "app.models", "httpx2", "aiohttp")
    reached = {module.name: imports_any(module, *low) for module in route_modules()}

    assert {name: what for name, what in reached.items() if what} == {}


@pytest.mark.keeps(rules.LOG_BELOW)
def test_routes_do_not_log() -> None:
    logging = {module.name: imports_any(module, *LOGGERS) for module in route_modules()}

    assert {name: what for name, what in logging.items() if what} == {}


@pytest.mark.keeps(rules.DOCSTRINGS)
def test_every_handler_has_a_docstring() -> None:
    silent = {name for name, function in every_handler() if not ast.get_docstring(function)}

    assert silent == set()


@pytest.mark.keeps(rules.DOCSTRINGS)
def test_every_service_function_has_a_docstring() -> None:
    silent = {
        f"{module.name}:{function.name}"
        for module in modules("app/services", "app/db")
        if "migrations" not in module.name
        for function in module.public_functions()
        if not ast.get_docstring(function)
    }

    assert silent == set()
