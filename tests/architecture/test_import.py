"""Importing the application opens nothing: no socket, no database, no file but code."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture import rules
from tests.architecture.source import APP

# prometheus_client looks into /proc when it is imported; nothing of ours does.
INSTALLED = (sys.prefix, sys.base_prefix, "/proc/")
WATCH = """
import json, sys

seen = []

def watch(event, details):
    if event.startswith(("socket.", "sqlite3.", "subprocess.", "os.system", "os.exec")):
        seen.append([event, repr(details)[:200]])
    elif event in {"open", "os.mkdir", "os.listdir", "os.remove", "os.rename"}:
        seen.append([event, str(details[0])])

sys.addaudithook(watch)
import app.main
assert app.main.app is not None
print(json.dumps(seen))
"""


def is_importing(event: str, path: str) -> bool:
    """Say whether Python is looking for code: its own, installed, or ours."""
    if event == "os.listdir":
        return path == "." or path.startswith((*INSTALLED, str(APP.parent)))
    ours = path.startswith(str(APP)) and path.endswith((".py", ".pyc"))
    return event == "open" and (ours or path.startswith(INSTALLED))


@pytest.mark.keeps(rules.NO_GLOBALS)
def test_importing_the_application_opens_and_reads_nothing(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("METERHOUSE_PORT=not-a-port\n", encoding="utf-8")
    (tmp_path / "meterhouse.toml").write_text("not toml", encoding="utf-8")

    done = subprocess.run(
        [sys.executable, "-B", "-c", WATCH],
        cwd=tmp_path,
        env={"PYTHONPATH": str(APP.parent), "METERHOUSE_PORT": "not-a-port"},
        capture_output=True,
        text=True,
        check=True,
    )

    events: list[tuple[str, str]] = json.loads(done.stdout.splitlines()[-1])
    assert [(event, what) for event, what in events if not is_importing(event, what)] == []
    assert {path.name for path in tmp_path.iterdir()} == {".env", "meterhouse.toml"}
