"""`meterhouse db`: the schema of the data folder."""

import sys

import typer

from app.cli.options import DataOption
from app.cli.settings import read_settings
from app.db import schema

commands = typer.Typer(help="Look after the database.")


@commands.command("upgrade")
def upgrade(*, data: DataOption = None) -> None:
    """Bring the database to the schema of this version; a copy of the old file is kept."""
    data_dir = read_settings(data_dir=data).data_dir
    if schema.current(data_dir) == schema.head():  # a server may be using it
        sys.stdout.write(f"The schema is up to date: {schema.head()}.\n")
        return
    backup = schema.upgrade(data_dir)
    kept = f" The file as it was: {backup}" if backup else ""
    sys.stdout.write(f"The schema is now {schema.head()}.{kept}\n")


@commands.command("current")
def current(*, data: DataOption = None) -> None:
    """Print the schema of the database, and the one that this version needs."""
    found = schema.current(read_settings(data_dir=data).data_dir)
    needed = "" if found == schema.head() else f" (this version needs {schema.head()})"
    sys.stdout.write(f"{found or 'no database yet'}{needed}\n")
