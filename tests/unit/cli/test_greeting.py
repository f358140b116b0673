"""A banner is never a reason to stop serving."""

import io
import sys
from typing import NoReturn

import pytest

from app.cli.greeting import greet
from app.cli.key_desk import KeyStore
from app.core.config import Settings
from app.core.errors import NotReadyError
from app.core.gateway_file import GatewayConfig, UpstreamConfig

URL = "http://127.0.0.1:8000"


@pytest.fixture
def gateway() -> GatewayConfig:
    """Return a gateway that needs no answer to name a model."""
    upstream = UpstreamConfig(kind="openai", base_url="http://127.0.0.1:1/v1", simulated=True)
    return GatewayConfig(upstreams={"simulator": upstream})


async def test_a_database_that_is_away_is_logged(
    settings: Settings,
    gateway: GatewayConfig,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    async def refuse(*_: object) -> NoReturn:
        raise NotReadyError("The database is locked.")

    monkeypatch.setattr(KeyStore, "list_page", refuse)
    await greet(settings.model_copy(update={"admin_key": None}), gateway, URL)
    said = capsys.readouterr()
    assert said.out.startswith("Meterhouse ")
    assert "Admin key" not in said.out
    assert "The database is locked." in said.err


async def test_an_upstream_that_names_no_model_is_explained(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    upstream = UpstreamConfig(kind="openai", base_url="http://127.0.0.1:1/v1")
    await greet(settings, GatewayConfig(upstreams={"local": upstream}), URL)
    lines = capsys.readouterr().out.splitlines()
    assert lines[-2] == "No answers yet    127.0.0.1:1 cannot be connected to."
    assert "curl" not in "".join(lines)


@pytest.mark.usefixtures("data_dir")
async def test_output_that_nobody_reads_is_no_reason_to_stop(
    settings: Settings, gateway: GatewayConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = io.StringIO()
    monkeypatch.setattr(closed, "isatty", lambda: False)
    monkeypatch.setattr(sys, "stdout", closed)
    closed.close()
    without_key = settings.model_copy(update={"admin_key": None})
    await greet(without_key, gateway, URL)
    assert [key.name for key in (await KeyStore(without_key).list_page(None)).data] == [
        "first admin key"
    ]
