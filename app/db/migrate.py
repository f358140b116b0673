"""Runs the migrations. Only who changes the schema imports this: Alembic takes long to load."""

import sqlite3
from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from sqlalchemy import URL, Connection, create_engine, event, pool

from app.db.sqlite import WritingConnection

_SCRIPTS: Final = Path(__file__).with_name("migrations")


def alembic_config(connection: Connection) -> Config:
    """Return what Alembic's commands need to work on an open connection."""
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    return config


def migrate(path: Path) -> None:
    """Bring a database file to the newest schema, in one transaction: wholly or not at all."""
    engine = create_engine(
        URL.create("sqlite", database=str(path.absolute())),
        connect_args={"factory": WritingConnection},
        poolclass=pool.NullPool,
    )
    event.listen(engine, "begin", _begin)
    with engine.connect() as connection:
        # A table is changed by copying it, and a reference to the old one must not stop that.
        # The pragma does nothing inside a transaction.
        connection.connection.cursor().execute("PRAGMA foreign_keys=OFF")
        with connection.begin():
            command.upgrade(alembic_config(connection), "head")
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
            if broken is not None:
                raise sqlite3.IntegrityError(f"a row of {broken[0]} is left without its parent")


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
