"""Fixtures for everybody: settings that see nothing of this machine."""

from pathlib import Path
from typing import Final

import pytest
from pydantic import SecretStr

from app.core.config import Settings

ADMIN_KEY: Final = "an-admin-key-that-only-tests-know"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Return settings over a folder of the test's own; nothing comes from the environment."""
    return Settings(
        data_dir=tmp_path / "data",
        admin_key=SecretStr(ADMIN_KEY),
        port=0,
        secrets_dir=tmp_path / "no-secrets",
    )
