"""A gateway whose upstream is a simulator of Hugging Face's backend, and prices of tasks."""

from collections.abc import Generator
from pathlib import Path
from typing import Any, Final

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr

from app.core.config import Settings
from app.core.gateway_file import GatewayConfig
from app.main import create_app
from tests.conftest import ADMIN_KEY
from tests.integration.tasks.asking import Gateway, looking_at

PRICES: Final[list[dict[str, Any]]] = [
    {"model": "org/text-classification", "input_characters": 1_000.0},
    {"model": "org/summarization", "input_characters": 1_000.0, "output_characters": 2_000.0},
    {"model": "org/text-to-image", "output_pixels": 1.0},
    {"model": "org/automatic-speech-recognition", "per_input_second": 0.01},
    {"model": "org/text-generation", "input": 1.0, "output": 2.0},
    {"model": "org/image-to-image", "input": 1.0, "output": 2.0},  # of tokens, which it has none of
    {"model": "org/fill-mask", "per_request": 0.001},
]


@pytest.fixture
def gateway_config(simulator_url: str) -> GatewayConfig:
    """Return a gateway that knows the simulator as Hugging Face, and as a plain server."""
    base_url = f"{simulator_url}/v1"
    return GatewayConfig.model_validate(
        {
            "upstreams": {
                "hub": {"kind": "huggingface", "base_url": base_url, "token": SecretStr("hf_x")},
                "plain": {"kind": "openai", "base_url": base_url, "token": SecretStr("x")},
            },
            "models": {
                "mine": {
                    "task": "fill-mask",
                    "targets": [
                        {"upstream": "plain", "model": "org/x"},
                        {"upstream": "hub", "model": "org/fill-mask"},
                    ],
                },
                "chatty": {"targets": [{"upstream": "plain", "model": "org/x"}]},
            },
            "prices": PRICES,
        }
    )


@pytest.fixture
def gateway(
    settings: Settings, gateway_config: GatewayConfig, data_dir: Path, simulator_url: str
) -> Generator[Gateway]:
    """Return the running gateway, as an admin uses it."""
    headers = {"authorization": f"Bearer {ADMIN_KEY}"}
    app = create_app(settings, gateway_config)
    with TestClient(app, headers=headers) as client, looking_at(simulator_url) as simulator:
        yield Gateway(client, simulator, data_dir)
