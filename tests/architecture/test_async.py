"""What waits is a coroutine, and nothing runs unattended."""

import ast
import inspect
import typing
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts

from app.main import app
from tests.architecture import rules
from tests.architecture.source import modules

BLOCKING = {"time.sleep", "subprocess.run", "os.system", "socket.create_connection"}
# A step that must end is waited for in the same function, cancelled or not.
ENDS_ITS_TASK = "app/utils/uninterrupted.py"
LOADED_WHEN_NEEDED = {
    "app/__main__.py": "some of what its imports would load can be left out only before them",
    "app/cli/serve.py": "the simulator, which a gateway in earnest never needs, is 4 MB",
    "app/db/schema.py": "Alembic, which a start rarely needs, loads slowly",
}
FORGETFUL = {"asyncio.create_task", "asyncio.ensure_future", "loop.create_task"}


def dependencies(dependant: Dependant) -> Iterator[Callable[..., Any]]:
    for child in dependant.dependencies:
        if child.call is not None:
            yield child.call
        yield from dependencies(child)


@pytest.mark.keeps(rules.ASYNC_IO)
def test_every_dependency_is_a_coroutine() -> None:
    routes = [context.original_route for context in iter_route_contexts(app.routes)]
    used = {
        call
        for route in routes
        if isinstance(route, APIRoute)
        for call in dependencies(route.dependant)
    }

    assert {call for call in used if not _is_async(call)} == set()
    assert used


@pytest.mark.keeps(rules.ASYNC_IO)
def test_nothing_in_the_layers_of_a_request_blocks() -> None:
    blocking = {
        module.name: blocked
        for module in modules("app/api", "app/services")
        if (blocked := BLOCKING & set(module.calls()))
    }

    assert blocking == {}


def test_no_task_is_started_and_forgotten() -> None:
    starters = {
        module.name: started
        for module in modules("app")
        if (started := FORGETFUL & set(module.calls()))
    }

    assert starters.keys() <= {ENDS_ITS_TASK}


def test_imports_stand_at_the_top() -> None:
    inner = {
        module.name
        for module in modules("app")
        for function in module.functions()
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    }

    assert inner == LOADED_WHEN_NEEDED.keys()


def _is_async(call: Callable[..., Any]) -> bool:
    function = call if inspect.isfunction(call) else typing.cast("Any", type(call)).__call__
    return inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function)
