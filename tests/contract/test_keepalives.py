"""Comments in a quiet stream are nothing to the clients that people use."""

import shutil
from collections.abc import Generator
from pathlib import Path

import httpx2
import pytest
from huggingface_hub import InferenceClient
from openai import OpenAI
from pydantic import SecretStr

from app.core.config import Settings
from app.core.gateway_file import GatewayConfig
from app.main import create_app
from tests.conftest import ADMIN_KEY
from tests.contract.upstream import HELLO, HUB_TOKEN, Upstream
from tests.support.hugging_face import stream as hf_stream
from tests.support.keys import bearer
from tests.support.servers import running

QUIET = "up/sim/chunk-delay-60"  # before each chunk
WORDS = "[simulator]"


@pytest.fixture(scope="module")
def quiet_url(
    upstream: Upstream, migrated_dir: Path, tmp_path_factory: pytest.TempPathFactory
) -> Generator[str]:
    """Serve a gateway that says all the time that it is still there."""
    folder = tmp_path_factory.mktemp("quiet")
    settings = Settings(
        data_dir=folder / "data",
        admin_key=SecretStr(ADMIN_KEY),
        secrets_dir=folder / "no-secrets",
        keepalive_seconds=0.01,
    )
    shutil.copytree(migrated_dir, settings.data_dir)
    up = {"kind": "openai", "base_url": f"{upstream.url}/v1", "token": SecretStr(HUB_TOKEN)}
    config = GatewayConfig.model_validate({"upstreams": {"up": up}})
    with running(create_app(settings, config)) as url:
        yield url


def test_there_are_comments(quiet_url: str) -> None:
    body = {"model": QUIET, "messages": HELLO, "stream": True}
    answer = httpx2.post(
        f"{quiet_url}/v1/chat/completions",
        json=body,
        headers={"authorization": bearer(ADMIN_KEY)},
        trust_env=False,
    )
    assert answer.text.count(": keepalive\n\n") > 10


def test_openai(quiet_url: str) -> None:
    with OpenAI(base_url=f"{quiet_url}/v1", api_key=ADMIN_KEY, max_retries=0) as client:
        chunks = [*client.chat.completions.create(model=QUIET, messages=HELLO, stream=True)]
    assert "".join(one.choices[0].delta.content or "" for one in chunks).startswith(WORDS)
    assert chunks[-1].choices[0].finish_reason == "stop"


def test_hugging_face(quiet_url: str) -> None:
    client = InferenceClient(base_url=quiet_url, api_key=ADMIN_KEY)
    chunks = [*hf_stream(client, model=QUIET)]
    assert "".join(one.choices[0].delta.content or "" for one in chunks).startswith(WORDS)
    assert chunks[-1].choices[0].finish_reason == "stop"
