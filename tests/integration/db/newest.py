"""Writes `app/db/newest.sql`, what all migrations come to: `make schema`."""

import sqlite3
import sys
import tempfile
from contextlib import closing
from pathlib import Path

from app.db import migrate, schema


def migrated() -> str:
    """Return the SQL that makes what the migrations make, one after the other."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "migrated.db"
        migrate.migrate(path)
        return dump(path)


def dump(path: Path) -> str:
    """Return the SQL that makes a database as it is, rows too."""
    with closing(sqlite3.connect(path)) as connection:
        return "".join(f"{_in_order(statement)}\n" for statement in connection.iterdump())


def _in_order(statement: str) -> str:
    """Sort the constraints of a table: Alembic copies it with them in any order."""
    lines = statement.split("\n")
    places = [at for at, line in enumerate(lines) if line.startswith("\tCONSTRAINT ")]
    constraints = sorted(lines[at].rstrip(", ") for at in places)
    for at, constraint in zip(places, constraints, strict=True):
        lines[at] = constraint if at == places[-1] else f"{constraint}, "
    return "\n".join(lines)


if __name__ == "__main__":
    sql = migrated()
    schema.NEWEST.write_text(sql, encoding="utf-8")
    sys.stdout.write(f"{schema.NEWEST}: {len(sql.splitlines())} lines\n")
