"""What docs/simulator.md tells people to paste works when pasted."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Generator
from contextlib import ExitStack
from pathlib import Path

import httpx2
import pytest

from tests.support.commands import Command, Running

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "simulator.md").read_text(encoding="utf-8")
OVERSHOT = "sim/completion-tokens-500"

pytestmark = pytest.mark.timeout(60)


def block(heading: str, language: str) -> str:
    """Return the first block of code in one language below a heading."""
    rest = PAGE.partition(f"\n{heading}\n")[2]
    found = re.search(rf"^```{language}\n(.*?)^```$", rest, re.MULTILINE | re.DOTALL)
    assert found is not None
    return found[1]


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """Return a folder with `meterhouse`, for a PATH."""
    installed = tmp_path / ".venv" / "bin" / "meterhouse"
    installed.parent.mkdir(parents=True)
    installed.write_text(f'#!/bin/sh\nexec {sys.executable} -m app "$@"\n', encoding="utf-8")
    installed.chmod(0o755)
    return installed.parent


@pytest.fixture
def simulators(command: Command) -> Generator[list[Running]]:
    """Start two simulators."""
    with ExitStack() as stack:
        yield [stack.enter_context(command.running("simulate", "--port", "0")) for _ in "12"]


@pytest.fixture
def rehearsal(command: Command, simulators: list[Running]) -> Generator[tuple[Running, str]]:
    """Start a gateway over two simulators, as the page says, and yield it and its URL."""
    with ExitStack() as stack:
        config = block("## Rehearse your gateway", "toml") + block("### Failover", "toml")
        for simulator, port in zip(simulators, (8001, 8002), strict=True):
            place = simulator.wait_for("Simulator at").split()[2]
            config = config.replace(f"http://127.0.0.1:{port}/v1", place)
        (command.folder / "meterhouse.toml").write_text(config, encoding="utf-8")
        (command.folder / ".env").write_text("SIMULATOR_TOKEN=hf_anything\n", encoding="utf-8")
        server = stack.enter_context(command.running("serve", "--port", "0"))
        url = server.wait_for("Meterhouse").split()[2]
        server.wait_for("curl -sN")
        yield server, url
        assert server.end() == 0


def test_an_app_is_tested_with_the_fixture(tmp_path: Path, programs: Path) -> None:
    program = block("## Test your app", "python")
    fixture = program.partition("def simulator():")[2].partition("\n\n\n")[0]
    assert len(fixture.splitlines()) < 10
    (tmp_path / "test_app.py").write_text(program, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_app.py"],
        cwd=tmp_path,
        env={
            "HOME": str(tmp_path),
            "NO_PROXY": "*",
            "PATH": os.pathsep.join([str(programs), "/usr/bin", "/bin"]),
            "PYTHONPATH": str(Path(__file__).parents[3]),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "3 passed" in done.stdout


@pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl here")
def test_a_budget_is_rehearsed(
    command: Command, programs: Path, rehearsal: tuple[Running, str]
) -> None:
    _, url = rehearsal
    lines = block("### Budgets and alerts", "sh").replace("http://127.0.0.1:8000", url)
    start = f"cd {command.folder}\nset -e\nPATH={programs}:$PATH\n"
    statuses, budget, key = said_by(command.shell(f'{start}{lines}echo "$METERHOUSE_KEY"\n'))
    assert statuses == ["200"] * 5 + ["402"]
    assert "\t$0.05\tmonth\thard\t$0.05\t$0.00\t$0.00\t" in budget

    command.shell(f"{start}meterhouse budgets set --cap 0.10")
    admin = command.shell(f"{start}meterhouse keys create --admin").strip()
    with httpx2.Client(base_url=f"{url}/v1", trust_env=False) as client:
        overshot = client.post(
            "/chat/completions",
            headers={"authorization": f"Bearer {key}"},
            json={
                "model": f"first/{OVERSHOT}",
                "max_tokens": 5,
                "messages": [{"role": "user", "content": "Hello"}],
            },
        )
        assert overshot.status_code == 200
        events = client.get(
            f"/budgets/{budget.split()[0]}/events", headers={"authorization": f"Bearer {admin}"}
        ).json()["data"]
    kinds = [(event["kind"], event["facts"].get("percent")) for event in reversed(events)]
    assert kinds[:2] == [("budget.alert", 50), ("budget.alert", 80)]
    assert ("budget.overshoot", None) in kinds


def test_failover_is_rehearsed(
    command: Command, simulators: list[Running], rehearsal: tuple[Running, str]
) -> None:
    _, url = rehearsal
    key = command.run("keys", "create").stdout.strip()
    with httpx2.Client(base_url=f"{url}/v1", trust_env=False) as client:

        def answers() -> str:
            hello = {"model": "rehearsal", "messages": [{"role": "user", "content": "Hello"}]}
            bearer = {"authorization": f"Bearer {key}"}
            answer = client.post("/chat/completions", headers=bearer, json=hello)
            assert answer.status_code == 200
            return answer.headers["x-meterhouse-upstream"]

        assert answers() == "first"
        simulators[0].end()
        assert answers() == "second"


def said_by(text: str) -> tuple[list[str], str, str]:
    """Return the statuses of calls, the line of a budget, and a key."""
    _, *statuses, titles, budget, key = text.splitlines()
    assert titles.startswith("id\t")
    return statuses, budget, key
