"""A database of the test's own."""

from pathlib import Path

import pytest

from app.db import schema
from app.db.sqlite import FILE_NAME


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    """Return a data directory at the newest schema."""
    directory = tmp_path / "data"
    schema.upgrade(directory)
    return directory


@pytest.fixture
def path(data_dir: Path) -> Path:
    """Return the database file in it."""
    return data_dir / FILE_NAME
