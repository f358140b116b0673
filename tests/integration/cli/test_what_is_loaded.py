"""A command loads what it needs: most of a start, and of idle memory, is loading."""

import json
import subprocess
import sys

import pytest

LOADED = """
import json, sys
from app.__main__ import main

sys.argv[1:] = {arguments}
try:
    main()
except SystemExit:
    print(json.dumps([*sys.modules]))
"""
TABLES = {"app.cli.tables", "rich"}
UNUSED = {"alembic", "pydantic.v1", "pygments"}


def loaded(*arguments: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", LOADED.format(arguments=list(arguments))],
        capture_output=True,
        text=True,
        check=True,
    )
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_serving_loads_neither_other_commands_nor_what_draws_nor_the_simulator() -> None:
    modules = loaded("serve", "--help")

    assert "app.cli.serve" in modules
    assert modules & {*TABLES, *UNUSED, "app.cli.keys", "app.simulator.app"} == set()


@pytest.mark.parametrize("arguments", [("keys", "--help"), ("--help",), ("nonsense",)])
def test_a_command_that_prints_tables_loads_what_draws_them(arguments: tuple[str, ...]) -> None:
    assert loaded(*arguments) >= {*TABLES, "app.cli.keys"}
