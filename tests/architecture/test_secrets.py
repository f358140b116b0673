"""No secret is in the code, and settings come in by one door."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from app.core.config import Settings
from tests.architecture import rules
from tests.architecture.source import ROOT, modules

SECRET = re.compile(
    r"\bhf_[A-Za-z0-9]{30,}"  # Hugging Face
    r"|\bsk-(?:[a-z]+-)?[A-Za-z0-9_-]{32,}"  # OpenAI, Anthropic, OpenRouter
    r"|\bmh_[A-Za-z0-9]{38}\b"  # our own
    r"|\bgh[pousr]_[A-Za-z0-9]{36}"  # GitHub
    r"|\bAKIA[A-Z0-9]{16}\b"  # Amazon
    r"|\bAIza[A-Za-z0-9_-]{35}"  # Google
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----"
)
MADE_UP = re.compile(r"(?i)abcdef|123456|example|(.)\1{7}")  # nobody's secret looks like that
SKIPPED = {
    *(".git", ".venv", ".cache", ".hypothesis", ".import_linter_cache", ".pytest_cache"),
    *(".ruff_cache", "data", "node_modules", "__pycache__", "build", "dist"),
}
TEXT = {
    "",
    ".example",
    ".py",
    ".md",
    ".toml",
    ".txt",
    ".html",
    ".js",
    ".css",
    ".json",
    ".yml",
    ".sh",
    ".c",
    ".lua",
}
ENVIRONMENT = re.compile(r"\bos\.(?:environ|getenv)\b")
READS_THE_ENVIRONMENT = ("app/core/", "app/cli/")


def texts() -> dict[str, str]:
    """Return every text file of the repository, by path."""
    return {
        path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8", errors="replace")
        for path in files_below(ROOT)
        if path.suffix in TEXT
    }


def files_below(folder: Path) -> Iterator[Path]:
    """Yield files, without walking into what is skipped."""
    for path in folder.iterdir():
        if path.is_file():
            yield path
        elif path.is_dir() and path.name not in SKIPPED:
            yield from files_below(path)


def real_secrets(text: str) -> list[str]:
    """Return what looks like a secret and is not plainly made up."""
    return [secret for secret in SECRET.findall(text) if not MADE_UP.search(secret)]


@pytest.mark.keeps(rules.NO_SECRETS)
def test_no_file_holds_what_looks_like_a_secret() -> None:
    found = texts()
    secrets = {name: real_secrets(text) for name, text in found.items()}

    assert {name: secret for name, secret in secrets.items() if secret} == {}
    assert "app/main.py" in found  # or we look in the wrong place


@pytest.mark.parametrize("prefix", ["hf_", "sk-proj-", "mh_"])
def test_the_search_knows_a_secret_when_it_sees_one(prefix: str) -> None:
    assert real_secrets(f'token = "{prefix}{"Q7rTz9WbK3" * 4}"'[: len(prefix) + 47]) != []


@pytest.mark.keeps(rules.SETTINGS)
def test_only_the_settings_and_the_command_read_the_environment() -> None:
    readers = {module.name for module in modules("app") if ENVIRONMENT.search(module.text)}

    assert {name for name in readers if not name.startswith(READS_THE_ENVIRONMENT)} == set()


@pytest.mark.keeps(rules.SETTINGS)
def test_settings_are_pydantic_settings_in_one_module() -> None:
    homes = {
        module.name
        for module in modules("app")
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ClassDef)
        and any(ast.unparse(base).endswith("BaseSettings") for base in node.bases)
    }

    assert homes == {"app/core/config.py"}


@pytest.mark.keeps(rules.SETTINGS)
def test_what_is_secret_has_a_secret_type() -> None:
    named = {
        name for name in Settings.model_fields if re.search("(key|token|secret|pepper)$", name)
    }
    typed = {
        name
        for name, field in Settings.model_fields.items()
        if "SecretStr" in str(field.annotation)
    }

    assert named == typed
    assert typed >= {"admin_key", "hf_token"}
    assert "plain" not in str(SecretStr("plain"))
