"""Where things are."""

import ast
import re

import pytest

from tests.architecture import rules
from tests.architecture.source import APP, ROOT, modules

GUIDE_FOLDERS = ("api/v1/routes", "api/v1/schemas", "core", "services", "models", "db", "utils")
DESIGN_PLACES = (
    *("main.py", "__main__.py", "cli", "simulator", "static", "api/errors.py"),
    *("api/dependencies", "api/middleware", "api/ops", "api/ui", "api/v1/router.py"),
    *("api/v1/translate", "services/container.py", "services/inference", "services/providers"),
    *("services/routing", "services/ledger", "db/migrations", "db/repositories"),
)


@pytest.mark.keeps(rules.LAYOUT)
@pytest.mark.parametrize("place", [*GUIDE_FOLDERS, *DESIGN_PLACES])
def test_the_layout_of_the_guide_exists(place: str) -> None:
    assert (APP / place).exists()


@pytest.mark.keeps(rules.LAYOUT)
def test_a_package_holds_one_docstring_and_nothing_else() -> None:
    busy = {
        module.name
        for module in modules("app")
        if module.path.name == "__init__.py"
        and (ast.get_docstring(module.tree) is None or len(module.tree.body) != 1)
    }

    assert busy == {"app/__init__.py"}  # the version, where the build finds it
    assert [ast.unparse(node) for node in modules("app")[0].tree.body[1:]] == [
        "__version__ = '0.1.0'"
    ]


@pytest.mark.keeps(rules.LAYOUT)
def test_every_folder_with_python_is_a_package() -> None:
    folders = {module.path.parent for module in modules("app", "tests")}
    plain = {folder for folder in folders if not (folder / "__init__.py").exists()}

    assert {folder for folder in plain if not folder.is_relative_to(APP / "db/migrations")} == set()


def test_every_path_that_the_contributors_page_names_exists() -> None:
    page = (ROOT / "AGENTS.md").read_text(encoding="utf-8")
    named = re.findall(r"`((?:\.?[\w-]+/)+[\w.-]*|[a-z-]+\.(?:py|md|toml))`", page)

    assert len(named) > 20
    assert [path for path in named if not (ROOT / path).exists()] == []
