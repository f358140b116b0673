"""A banner is never a reason to stop serving."""

import io
import sys

import httpx2
import pytest
from pydantic import SecretStr

from app.api.v1.schemas.keys import KeyList
from app.cli.desk import open_own_api
from app.cli.greeting import greet
from app.cli.operator import open_operator_api
from app.cli.people import list_users
from app.core.config import Settings
from app.core.gateway_file import GatewayConfig, UpstreamConfig
from app.main import create_app

URL = "http://127.0.0.1:8000"
SECRET = SecretStr("any")


@pytest.fixture
def gateway() -> GatewayConfig:
    """Return a gateway that needs no answer to name a model."""
    upstream = UpstreamConfig(kind="openai", base_url="http://127.0.0.1:1/v1", simulated=True)
    return GatewayConfig(upstreams={"simulator": upstream})


@pytest.fixture
def without_key(settings: Settings) -> Settings:
    """Return settings of somebody who chose no admin key."""
    return settings.model_copy(update={"admin_key": None})


def _refuse(_: httpx2.Request) -> httpx2.Response:
    return httpx2.Response(503, json={"error": {"message": "The database is locked."}})


async def test_a_database_that_is_away_is_logged(
    without_key: Settings, gateway: GatewayConfig, capsys: pytest.CaptureFixture[str]
) -> None:
    async with open_operator_api(URL, SECRET, httpx2.MockTransport(_refuse)) as api:
        await greet(without_key, gateway, URL, api)
    said = capsys.readouterr()
    assert said.out.startswith("Meterhouse ")
    assert "Admin key" not in said.out
    assert "The database is locked." in said.err


async def test_an_upstream_that_names_no_model_is_explained(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    upstream = UpstreamConfig(kind="openai", base_url="http://127.0.0.1:1/v1")
    async with open_operator_api(URL, SECRET, httpx2.MockTransport(_refuse)) as api:
        await greet(settings, GatewayConfig(upstreams={"local": upstream}), URL, api)
    lines = capsys.readouterr().out.splitlines()
    assert lines[-2] == "No answers yet    127.0.0.1:1 cannot be connected to."
    assert "curl" not in "".join(lines)


@pytest.mark.usefixtures("data_dir")
async def test_a_start_that_ended_between_admin_and_key_is_made_up_for(
    without_key: Settings, gateway: GatewayConfig, capsys: pytest.CaptureFixture[str]
) -> None:
    async with open_own_api(without_key, create_app) as api:
        admin = {"email": "admin@localhost", "name": "Admin", "role": "admin"}
        await api.request("POST", "users", json=admin)
        await greet(without_key, gateway, URL, api)
        assert [user.email for user in await list_users(api)] == ["admin@localhost"]
    assert "first-admin-key" in capsys.readouterr().out


@pytest.mark.usefixtures("data_dir")
async def test_output_that_nobody_reads_is_no_reason_to_stop(
    without_key: Settings, gateway: GatewayConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = io.StringIO()
    monkeypatch.setattr(closed, "isatty", lambda: False)
    monkeypatch.setattr(sys, "stdout", closed)
    closed.close()
    async with open_own_api(without_key, create_app) as api:
        await greet(without_key, gateway, URL, api)
        keys = await api.list_all(KeyList.model_validate, "keys")
        (admin,) = await list_users(api)
    assert [(key.name, key.user_id) for key in keys] == [("first admin key", admin.id)]
