"""Nothing long-lived hides in a module."""

import ast
import asyncio
import importlib
import threading
from collections import deque
from collections.abc import Iterator

import httpx2
import pytest
from prometheus_client import CollectorRegistry
from sqlalchemy import Engine
from sqlalchemy.ext.asyncio import AsyncEngine

from app.services.container import Container
from tests.architecture import rules
from tests.architecture.source import Module, modules

LONG_LIVED = (
    httpx2.AsyncClient,
    httpx2.Client,
    Engine,
    AsyncEngine,
    CollectorRegistry,
    Container,
    asyncio.Queue,
    asyncio.Lock,
    asyncio.Event,
    type(threading.Lock()),
    threading.Thread,
    deque,
    bytearray,
)
MUTABLE_CALLS = {"list", "dict", "set", "deque", "defaultdict", "OrderedDict", "Counter"}
REMEMBERS = {"cache", "lru_cache", "functools.cache", "functools.lru_cache"}
REMEMBERS_ON_PURPOSE = {  # bounded, and of pure functions: forgetting changes nothing
    "app/core/redaction.py:is_secret_name",
    "app/core/redaction.py:_safe_name",
}


def code() -> list[Module]:
    return [module for module in modules("app") if "migrations" not in module.name]


@pytest.mark.keeps(rules.NO_GLOBALS)
def test_nothing_is_declared_global() -> None:
    users = {
        module.name
        for module in code()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Global)
    }

    assert users == set()


@pytest.mark.keeps(rules.NO_GLOBALS)
def test_no_module_holds_a_container_to_be_filled() -> None:
    assert [found for module in code() for found in _fillable(module)] == []


@pytest.mark.keeps(rules.NO_GLOBALS)
def test_no_module_holds_a_client_an_engine_or_a_lock() -> None:
    held = {
        f"{module.dotted}.{name}"
        for module in code()
        if module.path.name != "__main__.py"
        for name, value in vars(importlib.import_module(module.dotted)).items()
        if isinstance(value, LONG_LIVED)
    }

    assert held == set()


@pytest.mark.keeps(rules.NO_GLOBALS)
def test_no_function_remembers_its_answers() -> None:
    remembering = {
        f"{module.name}:{function.name}"
        for module in code()
        for function in module.functions()
        for decorator in function.decorator_list
        if ast.unparse(decorator).partition("(")[0] in REMEMBERS
    }

    assert remembering == REMEMBERS_ON_PURPOSE


def _fillable(module: Module) -> Iterator[str]:
    """Yield module-level names that start as an empty container."""
    for node in module.tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and _is_empty_container(node.value):
            yield f"{module.name}:{node.lineno}"


def _is_empty_container(value: ast.expr | None) -> bool:
    match value:
        case ast.List(elts=[]) | ast.Set(elts=[]) | ast.Dict(keys=[]):
            return True
        case ast.Call(func=function, args=[]):
            return ast.unparse(function) in MUTABLE_CALLS
        case _:
            return False
