"""What was flushed is there after `kill -9`."""

import asyncio
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from app.db import schema
from tests.integration.db.rows import written_ids


def rows_of_a_killed_process(data_dir: Path, *, at_least: int) -> set[str]:
    """Return what a process said was flushed until it was killed, which is while it writes."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.integration.db.writes_until_killed", str(data_dir)],
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        safe = {process.stdout.readline().strip() for _ in range(at_least)}
        process.kill()
        return safe | {line.strip() for line in process.stdout if line.endswith("\n")}


@pytest.mark.parametrize("rows_before_the_kill", [1, 700, 5000])
async def test_every_flushed_row_survives_a_kill(
    data_dir: Path, path: Path, rows_before_the_kill: int
) -> None:
    safe = await asyncio.to_thread(
        rows_of_a_killed_process, data_dir, at_least=rows_before_the_kill
    )

    assert schema.current(data_dir) == schema.head()
    assert safe <= set(written_ids(path))
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
