"""The network and the database are reached from one place each."""

import ast

import pytest

from tests.architecture import rules
from tests.architecture.source import Module, imports_any, modules

CLIENT_HOME = "app/services/providers/http_client.py"
CALLS_THE_GATEWAY_ITSELF = "app/cli/operator.py"  # a command speaks to the running server
OTHER_CLIENTS = ("requests", "httpx", "urllib.request", "http.client", "urllib3", "websockets")
CLIENTS = {"AsyncClient", "Client"}
LOW_LEVEL = ("aiohttp",)
LOW_LEVEL_HOME = "app/services/providers/transport.py"
COMMITS = {"commit", "rollback", "begin_nested"}


@pytest.mark.keeps(rules.HTTP_CLIENTS)
def test_clients_are_made_in_one_module() -> None:
    makers = {module.name for module in modules("app") if CLIENTS & used_classes(module)}

    assert makers == {CLIENT_HOME, CALLS_THE_GATEWAY_ITSELF}


@pytest.mark.keeps(rules.HTTP_CLIENTS)
def test_no_other_http_library_is_used() -> None:
    users = {module.name: imports_any(module, *OTHER_CLIENTS) for module in modules("app")}
    low = {module.name for module in modules("app") if imports_any(module, *LOW_LEVEL)}

    assert {name: what for name, what in users.items() if what} == {}
    assert low <= {LOW_LEVEL_HOME}


@pytest.mark.keeps(rules.DATABASE)
def test_sql_lies_in_the_database_layer() -> None:
    users = {
        module.name
        for module in modules("app")
        if imports_any(module, "sqlalchemy", "sqlite3", "aiosqlite", "alembic")
    }

    assert {name for name in users if not name.startswith(("app/db/", "app/models/"))} == set()
    assert {name for name in users if name.startswith("app/db/repositories/")}


@pytest.mark.keeps(rules.DATABASE)
def test_only_the_database_layer_commits() -> None:
    committers = {
        module.name
        for module in modules("app")
        for call in module.calls()
        if call.rpartition(".")[2] in COMMITS
    }

    assert {name for name in committers if not name.startswith("app/db/")} == set()


@pytest.mark.keeps(rules.DATABASE)
def test_sessions_and_engines_are_asynchronous() -> None:
    synchronous = {
        module.name: imports_any(module, "sqlalchemy.orm.Session", "sqlalchemy.orm.sessionmaker")
        for module in modules("app")
    }

    assert {name: what for name, what in synchronous.items() if what} == {}


def used_classes(module: Module) -> set[str]:
    """Return the classes that a module makes instances or subclasses of."""
    bases = {
        ast.unparse(base)
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ClassDef)
        for base in node.bases
    }
    return {name.rpartition(".")[2] for name in bases | set(module.calls())}
