"""A gateway in front of a simulator, and the clients that people use."""

import shutil
from collections.abc import AsyncGenerator, Generator
from pathlib import Path

import httpx2
import pytest
from huggingface_hub import AsyncInferenceClient, InferenceClient
from openai import AsyncOpenAI, OpenAI
from pydantic import SecretStr

from app.core.config import Settings
from app.core.gateway_file import GatewayConfig
from app.main import create_app
from app.simulator.app import create_simulator
from app.simulator.script import Pacing, Script
from tests.conftest import ADMIN_KEY
from tests.contract.keys import new_key
from tests.contract.upstream import BUSY, BUSY_FOR_LONG, HUB, HUB_TOKEN, LOCAL, Upstream
from tests.support.servers import running


@pytest.fixture(scope="session")
def upstream() -> Generator[Upstream]:
    """Serve a simulator that does not pause."""
    script = Script(pacing=Pacing(chunk_delay_ms=0))
    with (
        running(create_simulator(script)) as url,
        httpx2.Client(base_url=url, trust_env=False) as client,
    ):
        yield Upstream(url, client)


@pytest.fixture(scope="session")
def gateway_url(
    upstream: Upstream, migrated_dir: Path, tmp_path_factory: pytest.TempPathFactory
) -> Generator[str]:
    """Serve a gateway that knows the simulator as a Hugging Face router and as a plain server."""
    folder = tmp_path_factory.mktemp("contract")
    settings = Settings(
        data_dir=folder / "data",
        admin_key=SecretStr(ADMIN_KEY),
        port=0,
        secrets_dir=folder / "no-secrets",
    )
    shutil.copytree(migrated_dir, settings.data_dir)
    base_url = f"{upstream.url}/v1"
    config = GatewayConfig.model_validate(
        {
            "default_model": "openai/gpt-oss-20b",
            "upstreams": {
                HUB: {
                    "kind": "huggingface",
                    "base_url": base_url,
                    "token": SecretStr(HUB_TOKEN),
                    "bill_to": "acme",
                },
                LOCAL: {"kind": "openai", "base_url": base_url, "token": SecretStr("local")},
                BUSY: {"kind": "openai", "base_url": base_url, "token": SecretStr("busy")},
            },
            "prices": [{"model": "org/fill-mask", "per_request": 0.001}],
            "models": {
                "small": {"targets": [{"upstream": LOCAL, "model": "org/small-1b"}]},
                "busy": {"targets": [{"upstream": BUSY, "model": f"sim/{BUSY_FOR_LONG}"}]},
            },
        }
    )
    with running(create_app(settings, config)) as url:
        yield url


@pytest.fixture(scope="session")
def secret(gateway_url: str) -> str:
    """Issue a team's key for inference."""
    return new_key(gateway_url, "contract")["secret"]


@pytest.fixture
def openai_client(gateway_url: str, secret: str) -> Generator[OpenAI]:
    with OpenAI(base_url=f"{gateway_url}/v1", api_key=secret, max_retries=0) as client:
        yield client


@pytest.fixture
async def async_openai_client(gateway_url: str, secret: str) -> AsyncGenerator[AsyncOpenAI]:
    async with AsyncOpenAI(base_url=f"{gateway_url}/v1", api_key=secret, max_retries=0) as client:
        yield client


@pytest.fixture
def hf_client(gateway_url: str, secret: str) -> InferenceClient:
    return InferenceClient(base_url=gateway_url, api_key=secret)


@pytest.fixture
async def async_hf_client(gateway_url: str, secret: str) -> AsyncGenerator[AsyncInferenceClient]:
    async with AsyncInferenceClient(base_url=gateway_url, api_key=secret) as client:
        yield client


@pytest.fixture
def raw_client(gateway_url: str, secret: str) -> Generator[httpx2.Client]:
    """Return a client that shows answers as they are."""
    headers = {"authorization": f"Bearer {secret}"}
    with httpx2.Client(base_url=gateway_url, headers=headers, trust_env=False) as client:
        yield client
