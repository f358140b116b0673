"""A database of the test's own."""

from pathlib import Path

import pytest

from app.db.sqlite import FILE_NAME


@pytest.fixture
def path(data_dir: Path) -> Path:
    """Return the database file of a data directory at the newest schema."""
    return data_dir / FILE_NAME
