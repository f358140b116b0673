"""The commands of the README, pasted beside a server that somebody has just started."""

import json
import re
import shutil
import sys
from pathlib import Path

import pytest

from tests.support.commands import Command

README = (Path(__file__).resolve().parents[3] / "README.md").read_text(encoding="utf-8")
ADDRESS = "http://127.0.0.1:8000"
FOUR = re.compile(
    r"^## A team with a service key in four commands\n.*?^```sh\n(.*?)^```$",
    re.MULTILINE | re.DOTALL,
)


def _commands(block: str) -> list[str]:
    """Return whole commands: a line goes on after a backslash and inside quotes."""
    found: list[str] = []
    rest = ""
    for line in block.splitlines():
        rest += line
        if line.endswith("\\") or rest.count("'") % 2:
            rest += "\n"
            continue
        found.append(rest)
        rest = ""
    assert not rest
    return found


@pytest.mark.timeout(60)
@pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl here")
def test_a_team_gets_a_service_key_and_calls_chat_in_four_commands(command: Command) -> None:
    found = FOUR.search(README)
    assert found is not None
    commands = _commands(found[1])
    assert len(commands) == 4
    installed = command.folder / ".venv" / "bin" / "meterhouse"
    installed.parent.mkdir(parents=True)
    installed.write_text(f'#!/bin/sh\nexec {sys.executable} -m app "$@"\n', encoding="utf-8")
    installed.chmod(0o755)

    with command.running("serve", "--port", "0") as server:
        url = server.wait_for("Meterhouse").split()[2]
        server.wait_for("curl -sN")
        lines = [f"cd {command.folder}", "set -e", *(one.replace(ADDRESS, url) for one in commands)]
        said = command.shell("\n".join(lines)).splitlines()
        assert server.end() == 0

    team_id, titles, key, answer = said
    assert team_id.startswith("team_")
    assert titles.startswith("id\t")
    assert key.split("\t")[1] == "search-app"
    assert key.split("\t")[3] == "team research"
    text = json.loads(answer)["choices"][0]["message"]["content"]
    assert text.startswith("[simulator]")
