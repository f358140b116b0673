"""A simulator on a real socket and the clients that people use."""

from collections.abc import AsyncGenerator, Generator

import httpx2
import pytest
from huggingface_hub import AsyncInferenceClient, InferenceClient
from openai import AsyncOpenAI, OpenAI

from app.simulator.app import create_simulator
from app.simulator.script import Pacing, Script
from tests.support.servers import running

TOKEN = "hf_a_token_that_nobody_checks"


@pytest.fixture(scope="session")
def simulator_url() -> Generator[str]:
    """Serve one simulator without pauses for all tests of this folder."""
    with running(create_simulator(Script(pacing=Pacing(chunk_delay_ms=0)))) as url:
        yield url


@pytest.fixture
def openai_client(simulator_url: str) -> Generator[OpenAI]:
    with OpenAI(base_url=f"{simulator_url}/v1", api_key=TOKEN, max_retries=0) as client:
        yield client


@pytest.fixture
async def async_openai_client(simulator_url: str) -> AsyncGenerator[AsyncOpenAI]:
    async with AsyncOpenAI(base_url=f"{simulator_url}/v1", api_key=TOKEN, max_retries=0) as client:
        yield client


@pytest.fixture
def hf_client(simulator_url: str) -> InferenceClient:
    return InferenceClient(base_url=simulator_url, api_key=TOKEN)


@pytest.fixture
async def async_hf_client(simulator_url: str) -> AsyncGenerator[AsyncInferenceClient]:
    async with AsyncInferenceClient(base_url=simulator_url, api_key=TOKEN) as client:
        yield client


@pytest.fixture
def raw_client(simulator_url: str) -> Generator[httpx2.Client]:
    """Return a client that shows answers as they are."""
    headers = {"authorization": f"Bearer {TOKEN}"}
    with httpx2.Client(base_url=simulator_url, headers=headers, trust_env=False) as client:
        yield client
