"""`simulate`, `check`, `db` and `--version`."""

import json
import signal
from pathlib import Path

import httpx2
import pytest

from app import __version__
from app.db import schema
from tests.integration.cli.conftest import Meterhouse
from tests.support.commands import Command

pytestmark = pytest.mark.timeout(60)


def test_the_version_is_the_packages(meterhouse: Meterhouse) -> None:
    done = meterhouse("--version")
    assert (done.status, done.output) == (0, f"Meterhouse {__version__}\n")


def test_the_simulator_alone_prints_its_url_and_answers_by_a_script(command: Command) -> None:
    script = {"answers": [{"contains": "ping", "text": "pong"}]}
    (command.folder / "script.json").write_text(json.dumps(script), encoding="utf-8")
    with command.running("simulate", "--port", "0", "--script", "script.json") as simulator:
        url = simulator.wait_for("Simulator at").split()[2]
        answer = httpx2.post(
            f"{url}/chat/completions",
            headers={"Authorization": "Bearer hf_any"},
            json={"model": "any/model", "messages": [{"role": "user", "content": "ping"}]},
        )
        assert simulator.end(signal.SIGINT) == 0
        assert "Traceback" not in simulator.errors
    assert "pong" in answer.json()["choices"][0]["message"]["content"]


def test_check_shows_what_is_in_force_and_where_it_comes_from(
    meterhouse: Meterhouse, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_never_shown")
    monkeypatch.setenv("METERHOUSE_TRUSTED_HOSTS", "a.example, b.example")
    (folder / ".env").write_text("METERHOUSE_PORT=9000\nA_KEY=sk-never\n", encoding="utf-8")
    (folder / "meterhouse.toml").write_text(
        'default_model = "small"\n[upstreams.local]\nkind = "openai"\n'
        'base_url = "http://127.0.0.1:9/v1"\ntoken = { env = "A_KEY" }\nquery = { v = "1" }\n'
        '[upstreams.pooled]\nkind = "openai"\nbase_url = "http://127.0.0.1:9/v1"\n'
        'tokens = [{ env = "A_KEY" }, { env = "HF_TOKEN" }]\nmax_parallel = 8\n'
        '[models.small]\nstrategy = "sticky"\n'
        'targets = [{ upstream = "local", model = "tiny" }, { upstream = "local", model = "big", '
        "priority = 1, weight = 2, price = { input = 1, output = 2.5 }, "
        "timeouts = { first_byte_seconds = 9 } }]\n"
        '[[prices]]\nmodel = "tiny"\nper_request = 1e-7\nvalid_from = 2027-01-01\n',
        encoding="utf-8",
    )
    done = meterhouse("check", "--data", "elsewhere")
    assert (done.status, done.errors) == (0, [])
    lines = done.output.splitlines()
    assert "METERHOUSE_HOST=127.0.0.1  # default" in lines
    assert "METERHOUSE_PORT=9000  # .env" in lines
    assert "METERHOUSE_TRUSTED_HOSTS=a.example,b.example  # environment" in lines
    assert "METERHOUSE_DATA_DIR=elsewhere  # command line" in lines
    assert "HF_TOKEN=(set, hidden)  # environment" in lines
    assert 'default_model = "small"' in lines
    assert "[upstreams.local]" in lines
    assert 'token = "(set, hidden)"' in lines
    assert 'query = { v = "1" }' in lines
    assert (
        'targets = [{ upstream = "local", model = "tiny", priority = 0, weight = 1.0 }, '
        '{ upstream = "local", model = "big", priority = 1, weight = 2.0, '
        "timeouts = { first_byte_seconds = 9.0 }, price = { input = 1, output = 2.5 } }]"
    ) in lines
    assert 'strategy = "sticky"' in lines
    assert 'tokens = ["(set, hidden)", "(set, hidden)"]' in lines
    assert "max_parallel = 8" in lines
    assert lines[lines.index("[[prices]]") + 1 :][:3] == [
        "per_request = 0.0000001",
        'model = "tiny"',
        "valid_from = 2027-01-01 00:00:00+00:00",
    ]
    assert "# Answers from: upstreams" in lines
    assert "never" not in done.output
    assert not (folder / "elsewhere").exists()


def test_check_says_where_the_simulator_would_answer(meterhouse: Meterhouse) -> None:
    lines = meterhouse("check").output.splitlines()
    assert "# Gateway: no file" in lines
    assert "# Answers from: the built-in simulator" in lines
    assert "# Database schema: made at the first start" in lines


def test_the_database_gets_its_schema_once(meterhouse: Meterhouse) -> None:
    missing = meterhouse("db", "current").output
    assert missing == f"no database yet (this version needs {schema.head()})\n"
    assert meterhouse("db", "upgrade").output == f"The schema is now {schema.head()}.\n"
    assert meterhouse("db", "current").output == f"{schema.head()}\n"
    assert meterhouse("db", "upgrade").output == f"The schema is up to date: {schema.head()}.\n"
