"""The data folder, before anything uses it."""

from pathlib import Path

from app.db import schema


def make_ready(data_dir: Path) -> None:
    """Give a fresh data folder its schema; leave any other as it is.

    Raises:
        ConfigurationError: the schema is not the one of this version, or the folder is in use.
    """
    if schema.current(data_dir) is None:
        schema.upgrade(data_dir)
    schema.require_head(data_dir)
