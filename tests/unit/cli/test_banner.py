"""What a start says, line by line."""

import json
import shlex
from pathlib import Path

import pytest

from app import __version__
from app.cli.banner import (
    AdminKey,
    FreshKey,
    key_line,
    open_line,
    opening_lines,
    trouble_lines,
    try_it_lines,
)
from app.core.gateway_file import GatewayConfig, UpstreamConfig

URL = "http://127.0.0.1:8000"


def _gateway(**simulated: bool) -> GatewayConfig:
    return GatewayConfig(
        upstreams={
            name: UpstreamConfig(kind="openai", base_url=f"http://{name}/v1", simulated=made_up)
            for name, made_up in simulated.items()
        }
    )


def test_the_simulator_is_announced_with_the_way_to_real_answers() -> None:
    assert list(opening_lines(URL, Path("data"), _gateway(simulator=True), None)) == [
        f"Meterhouse {__version__}  http://127.0.0.1:8000   data: ./data (SQLite)",
        "Answers from      the built-in SIMULATOR: made-up text, no model, no cost",
        f"{'':18}for real ones: HF_TOKEN=hf_... in .env, or Ollama / vLLM: docs/upstreams.md",
    ]


def test_a_login_of_the_machine_is_offered_with_a_line_to_use_it() -> None:
    lines = list(opening_lines(URL, Path("data"), _gateway(simulator=True), Path("/h o/token")))
    assert lines[-1].strip() == """echo "HF_TOKEN=$(cat '/h o/token')" >> .env"""


def test_real_upstreams_are_listed_and_a_login_is_no_longer_of_interest() -> None:
    lines = list(opening_lines(URL, Path("/srv"), _gateway(one=False, two=True), Path("/token")))
    assert lines[0].endswith("data: /srv (SQLite)")
    assert lines[1:] == [
        "Answers from      one (http://one/v1)",
        "                  two (http://two/v1)  SIMULATED: made-up text",
    ]


@pytest.mark.parametrize(
    ("key", "bearer", "line"),
    [
        (FreshKey("mh_x", None), "mh_x", "mh_x   shown once"),
        (
            FreshKey("mh_x", Path("/d/first-admin-key")),
            "$(cat /d/first-admin-key)",
            "in /d/first-admin-key, for your eyes only",
        ),
        (AdminKey.CHOSEN, "$METERHOUSE_KEY", "METERHOUSE_ADMIN_KEY as you set it; put it into"),
        (AdminKey.KEPT, "$METERHOUSE_KEY", "in METERHOUSE_KEY, if you kept it; lost it? "),
    ],
)
def test_the_line_to_paste_holds_a_secret_only_where_it_is_shown(
    key: FreshKey | AdminKey, bearer: str, line: str
) -> None:
    assert key_line(key).startswith(f"Admin key         {line}")
    title, pasted = try_it_lines(URL, key, "any")
    assert title == "Try it in a second terminal:"
    assert f'-H "Authorization: Bearer {bearer}"' in pasted


def test_the_line_to_open_says_how_long_it_is_good() -> None:
    link = f"{URL}/#/sign-in/token"
    assert open_line(link) == f"Open              {link}   signs you in, once, within 15 minutes"


def test_the_line_to_paste_survives_any_model_name() -> None:
    name = """it's "quoted" $HOME `x`"""
    _, pasted = try_it_lines(URL, AdminKey.KEPT, name)
    words = shlex.split(pasted)
    body = json.loads(words[words.index("-d") + 1])
    assert (body["model"], body["stream"]) == (name, True)
    assert words[:3] == ["curl", "-sN", f"{URL}/v1/chat/completions"]


def test_trouble_comes_with_a_way_out() -> None:
    assert list(trouble_lines("It is broken.", "Mend it.")) == [
        "No answers yet    It is broken.",
        "                  Mend it.",
    ]
