"""Who answers: what is configured, or the simulator where that is allowed."""

from pathlib import Path
from typing import Final

import pytest
from pydantic import SecretStr

from app.cli.answers import choose_answers, point_at_simulator, remember_real_answers
from app.core.config import Settings
from app.core.errors import ConfigurationError
from app.core.gateway_file import load_gateway

FILE: Final = """
default_model = "small"
[upstreams.azure]
kind = "openai"
base_url = "http://real.example/v1"
auth_header = "api-key"
auth_scheme = ""
query = { v = "1" }
headers = { X-Team = "a" }
timeouts = { total_seconds = 7.0 }
price = 0
[models.small]
targets = [{ upstream = "azure", model = "x" }]
"""


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Return settings of a folder with nothing in it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data").mkdir()
    return Settings(data_dir=tmp_path / "data", secrets_dir=tmp_path)


def _with_token(settings: Settings) -> Settings:
    return settings.model_copy(update={"hf_token": SecretStr("hf_real")})


def test_nothing_configured_on_loopback_is_simulated(bare: Settings) -> None:
    assert choose_answers(bare, simulate=False, is_loopback=True).is_simulated


def test_a_token_means_real_answers(bare: Settings) -> None:
    answers = choose_answers(_with_token(bare), simulate=False, is_loopback=True)
    assert not answers.is_simulated
    assert list(answers.gateway.upstreams) == ["huggingface"]


def test_made_up_answers_need_a_wish_once_there_were_real_ones(bare: Settings) -> None:
    remember_real_answers(bare.data_dir)
    with pytest.raises(ConfigurationError, match="No upstream can answer"):
        choose_answers(bare, simulate=False, is_loopback=True)
    assert choose_answers(bare, simulate=True, is_loopback=True).is_simulated


def test_made_up_answers_need_a_wish_where_others_can_reach_them(bare: Settings) -> None:
    with pytest.raises(ConfigurationError, match="No upstream can answer"):
        choose_answers(bare, simulate=False, is_loopback=False)
    assert choose_answers(bare, simulate=True, is_loopback=False).is_simulated


def test_without_a_file_the_simulator_is_called_by_its_name(bare: Settings) -> None:
    settings = _with_token(bare)
    gateway = point_at_simulator(settings, load_gateway(settings), "http://127.0.0.1:1")
    (named,) = gateway.upstreams.items()
    name, upstream = named
    assert (name, upstream.base_url) == ("simulator", "http://127.0.0.1:1/v1")
    assert upstream.simulated
    assert upstream.token is not None
    assert upstream.token.get_secret_value() != "hf_real"


def test_a_file_keeps_its_names_and_limits_and_nothing_that_leads_away(bare: Settings) -> None:
    Path("meterhouse.toml").write_text(FILE, encoding="utf-8")
    gateway = point_at_simulator(bare, load_gateway(bare), "http://127.0.0.1:1")
    upstream = gateway.upstreams["azure"]
    assert (gateway.default_model, list(gateway.models)) == ("small", ["small"])
    assert (upstream.kind, upstream.base_url) == ("openai", "http://127.0.0.1:1/v1")
    assert (upstream.auth_header, upstream.auth_scheme) == ("Authorization", "Bearer")
    assert (upstream.query, upstream.headers) == ({}, {})
    assert (upstream.timeouts.total_seconds, upstream.price) == (7.0, 0)
    assert upstream.simulated
