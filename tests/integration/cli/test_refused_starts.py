"""Mistakes of a person: one line that says what to do, exit 2, nothing half-started."""

import socket
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from app.db import schema
from tests.integration.cli.conftest import Meterhouse
from tests.support.commands import Command


def _refused(meterhouse: Meterhouse, *arguments: str) -> list[str]:
    done = meterhouse(*arguments)
    assert done.status == 2
    assert done.output == ""
    return done.errors


def test_a_taken_port_names_the_way_to_another(command: Command) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        done = command.run("serve", "--port", str(port))
    free = port + 1 if port < 65535 else port - 1
    assert done.returncode == 2
    assert done.stderr == (
        f"Port {port} on 127.0.0.1 is taken. Choose another: PORT={free} make run, "
        f"or meterhouse serve --port {free}.\n"
    )
    assert not (command.folder / "data").exists()


def test_every_bad_setting_is_one_line(
    meterhouse: Meterhouse, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("METERHOUSE_PROT", "1")
    monkeypatch.setenv("METERHOUSE_ADMIN_KEY", "too-short")
    assert _refused(meterhouse, "serve") == [
        "environment: METERHOUSE_PROT: unknown setting, did you mean METERHOUSE_PORT?",
        "environment: METERHOUSE_ADMIN_KEY: must have at least 24 characters",
    ]
    assert not (folder / "data").exists()


@pytest.mark.parametrize("arguments", [("serve", "--port", "0"), ("check",)])
def test_every_bad_line_of_the_gateway_file_is_one_line(
    meterhouse: Meterhouse, folder: Path, arguments: tuple[str, ...]
) -> None:
    (folder / "meterhouse.toml").write_text(
        '[upstreams.ollama]\nkind = "openai"\nbase_ulr = "http://127.0.0.1:11434/v1"\n'
        'token = { env = "OLLAMA_TOKEN" }\n',
        encoding="utf-8",
    )
    secret, field = _refused(meterhouse, *arguments)
    assert secret.startswith("meterhouse.toml: upstreams.ollama.token: OLLAMA_TOKEN is not set")
    assert field == (
        "meterhouse.toml: upstreams.ollama.base_ulr: unknown field, did you mean base_url?"
    )
    assert not (folder / "data").exists()


def test_without_an_upstream_others_are_not_given_made_up_answers(
    meterhouse: Meterhouse, folder: Path
) -> None:
    everywhere = ("serve", "--port", "0", "--host", "0.0.0.0")  # noqa: S104 - refused
    (line,) = _refused(meterhouse, *everywhere)
    assert line == (
        "No upstream can answer: HF_TOKEN is not set. "
        "Set it, or pass --simulate to serve made-up answers."
    )
    assert not (folder / "data").exists()


def test_a_gateway_file_without_upstreams_is_not_answered_by_the_simulator(
    meterhouse: Meterhouse, folder: Path
) -> None:
    (folder / "meterhouse.toml").touch()
    (line,) = _refused(meterhouse, "serve", "--port", "0")
    assert line.startswith("No upstream can answer")


def test_an_older_schema_is_refused_with_the_way_to_upgrade_it(
    meterhouse: Meterhouse, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    schema.upgrade(folder / "data")
    monkeypatch.setattr(schema, "REVISIONS", (*schema.REVISIONS, "9999_of_the_next_version"))
    (line,) = _refused(meterhouse, "serve", "--port", "0")
    assert "9999_of_the_next_version" in line
    assert "Run `meterhouse db upgrade`" in line


def test_a_newer_schema_is_refused(meterhouse: Meterhouse, folder: Path) -> None:
    schema.upgrade(folder / "data")
    with closing(sqlite3.connect(folder / "data" / "meterhouse.db")) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999_from_the_future'")
        connection.commit()
    (line,) = _refused(meterhouse, "serve", "--port", "0")
    assert "9999_from_the_future" in line


def test_a_pepper_that_cannot_be_used_is_one_line(command: Command) -> None:
    pepper = command.folder / "data" / "secret.key"
    pepper.parent.mkdir()
    pepper.write_text("short", encoding="utf-8")
    pepper.chmod(0o600)
    done = command.run("serve", "--port", "0")
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert line.startswith("data/secret.key: ")


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        ((), "Missing command. `meterhouse --help` lists what there is."),
        (("keys",), "Missing command. `meterhouse --help` lists what there is."),
        (("serve", "--prot", "1"), "No such option: --prot"),
        (("serve", "--port", "http"), "Invalid value for '--port': "),
        (("serve", "--port", "65536"), "command line: --port: must be less than or equal to"),
        (("keys", "revoke"), "Missing argument 'ID'."),
        (("serve", "--host", "no such host"), "Cannot listen on 'no such host': no such address."),
        (("serve", "--config", "gw.toml"), "gw.toml: cannot be read: No such file or directory"),
        (("simulate", "--script", "s.json"), "s.json: "),
        (("keys", "create", "--name", "a\nb"), "`name` must be one line of printable characters"),
    ],
)
def test_a_bad_command_line_is_one_line(
    meterhouse: Meterhouse, arguments: tuple[str, ...], line: str
) -> None:
    (told,) = _refused(meterhouse, *arguments)
    assert told.startswith(line)


def test_a_broken_env_file_is_one_line(meterhouse: Meterhouse, folder: Path) -> None:
    (folder / ".env").write_text("METERHOUSE_PORT: 8000\n", encoding="utf-8")
    assert _refused(meterhouse, "keys", "list") == [".env: line 1: not NAME=value"]
