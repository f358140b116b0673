"""From an empty folder to a streaming chat, and what later starts say."""

import json
import signal
import stat

import httpx2
import pytest

from tests.integration.cli.conftest import Meterhouse
from tests.support.commands import Command, Running

pytestmark = pytest.mark.timeout(60)


def _url(server: Running) -> str:
    return server.wait_for("Meterhouse").split()[2]


def _text_of(stream: str) -> str:
    events = [line.removeprefix("data: ") for line in stream.splitlines() if "data: {" in line]
    choices = [choice for event in events for choice in json.loads(event)["choices"]]
    return "".join(choice["delta"].get("content") or "" for choice in choices)


def test_a_fresh_start_streams_a_chat_to_the_line_it_prints(command: Command) -> None:
    with command.running("serve", "--port", "0") as server:
        pasted = server.wait_for("curl -sN")
        stream = command.shell(pasted)
        key_file = command.folder / "data" / "first-admin-key"
        assert stat.S_IMODE(key_file.stat().st_mode) == 0o600
        assert f"$(cat {key_file})" in pasted
        assert key_file.read_text(encoding="utf-8").strip() not in "\n".join(server.lines)
        ready = httpx2.get(f"{_url(server)}/ready").json()
        headers = {"Authorization": f"Bearer {key_file.read_text(encoding='utf-8').strip()}"}
        me = httpx2.get(f"{_url(server)}/v1/me", headers=headers).json()
        assert server.end() == 0
    assert _text_of(stream).startswith("[simulator] No model was called.")
    assert stream.rstrip().endswith("data: [DONE]")
    assert ready["simulated"] is True
    assert (me["user"]["email"], me["user"]["name"], me["is_admin"]) == (
        "admin@localhost",
        "Admin",
        True,
    )
    assert set(me["key"]["scopes"]) == {"inference", "manage"}
    assert "SIMULATOR: made-up text" in server.lines[1]
    assert "Traceback" not in server.errors
    assert not (command.folder / "data" / "server.json").exists()


def test_a_later_start_shows_no_key_and_takes_the_one_that_was_kept(command: Command) -> None:
    with command.running("serve", "--port", "0") as first:
        first.wait_for("curl -sN")
        assert first.end(signal.SIGINT) == 0
        assert "Traceback" not in first.errors
    key = (command.folder / "data" / "first-admin-key").read_text(encoding="utf-8").strip()
    with command.running("serve", "--port", "0") as second:
        pasted = second.wait_for("curl -sN")
        stream = command.shell(pasted, {"METERHOUSE_KEY": key})
        lost = second.wait_for("Admin key")
    assert _text_of(stream).startswith("[simulator]")
    assert "$METERHOUSE_KEY" in pasted
    assert "lost it? `meterhouse keys create --admin`" in lost


def test_on_a_terminal_the_first_key_is_shown_once_and_not_kept(command: Command) -> None:
    with command.running_on_a_terminal("serve", "--port", "0") as server:
        shown = server.wait_for("shown once").split()[2]
        stream = command.shell(server.wait_for("curl -sN"))
    assert shown.startswith("mh_")
    assert _text_of(stream).startswith("[simulator]")
    assert not (command.folder / "data" / "first-admin-key").exists()


def test_a_bootstrap_key_is_enough_and_a_login_of_the_machine_is_only_mentioned(
    command: Command,
) -> None:
    key = "a-bootstrap-key-of-enough-characters"
    (command.folder / ".env").write_text(f"METERHOUSE_ADMIN_KEY={key}\n", encoding="utf-8")
    login = command.folder / "home" / ".cache" / "huggingface" / "token"
    login.parent.mkdir(parents=True)
    login.write_text("hf_of_the_machine", encoding="utf-8")
    with command.running("serve", "--port", "0") as server:
        stream = command.shell(server.wait_for("curl -sN"), {"METERHOUSE_KEY": key})
        headers = {"Authorization": f"Bearer {key}"}
        keys = httpx2.get(f"{_url(server)}/v1/keys", headers=headers).json()
        assert "METERHOUSE_ADMIN_KEY" in server.wait_for("Admin key")
        assert key not in "\n".join(server.lines)
        assert "is not used" in server.wait_for(f"login is in {login}")
    assert _text_of(stream).startswith("[simulator]")
    assert keys["data"] == []


def test_real_answers_are_never_followed_by_made_up_ones_unasked(
    command: Command, meterhouse: Meterhouse
) -> None:
    gateway = command.folder / "meterhouse.toml"
    gateway.write_text(
        'default_model = "local/any"\n[upstreams.local]\nkind = "openai"\n'
        'base_url = "http://127.0.0.1:9/v1"\n',
        encoding="utf-8",
    )
    with command.running("serve", "--port", "0") as real:
        assert '"model": "local/any"' in real.wait_for("curl -sN")
        assert "local (http://127.0.0.1:9/v1)" in real.wait_for("Answers from")
        real.end()
    gateway.unlink()
    refused = meterhouse("serve", "--port", "0")
    assert refused.status == 2
    assert refused.errors[0].startswith("No upstream can answer: HF_TOKEN is not set.")
    with command.running("serve", "--port", "0", "--simulate") as asked_for:
        asked_for.wait_for("curl -sN")
        assert httpx2.get(f"{_url(asked_for)}/ready").json()["simulated"] is True


def test_a_gateway_file_can_be_rehearsed_with_its_own_names(command: Command) -> None:
    (command.folder / "gw.toml").write_text(
        '[upstreams.local]\nkind = "openai"\nbase_url = "http://127.0.0.1:9/v1"\n'
        '[models.small]\ntargets = [{ upstream = "local", model = "tiny" }]\n',
        encoding="utf-8",
    )
    arguments = ("serve", "--port", "0", "--simulate", "--config", "gw.toml", "--data", "other")
    with command.running(*arguments) as server:
        stream = command.shell(server.wait_for('"model": "small"'))
        upstreams = httpx2.get(f"{_url(server)}/ready").json()["upstreams"]
    assert _text_of(stream).startswith("[simulator]")
    assert [one["name"] for one in upstreams] == ["local"]
    assert (command.folder / "other" / "meterhouse.db").exists()
