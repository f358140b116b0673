"""The files that people copy from load as they stand, and the documentation leaves nothing out."""

import re
import tomllib
from pathlib import Path
from typing import Final

import httpx2
import pytest

from app.core.clock import SystemClock
from app.core.config import Settings, variable_name
from app.core.errors import UpstreamUnreachableError
from app.core.gateway_file import GatewayConfig, UpstreamConfig, load_gateway
from app.core.gateway_models import (
    ModelBounds,
    ModelConfig,
    Strategy,
    TargetConfig,
    TimeoutConfig,
)
from app.core.gateway_prices import PriceConfig
from app.services.providers.dialing import Origin
from app.services.providers.http_client import UpstreamClient
from app.services.providers.kinds import provider_of
from app.services.providers.provider import AnswerFacts, ChatRequest
from app.services.providers.transport import UpstreamTransport
from app.services.providers.upstream_answer import UpstreamAnswer

_ROOT: Final = Path(__file__).parents[3]
_UPSTREAMS: Final = (_ROOT / "docs" / "upstreams.md").read_text(encoding="utf-8")
_SETTINGS: Final = (_ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
_EXAMPLE: Final = (_ROOT / "meterhouse.example.toml").read_text(encoding="utf-8")
_MODELS: Final = (_ROOT / "docs" / "models.md").read_text(encoding="utf-8")
_BLOCKS: Final = re.findall(r"^```toml\n(.*?)^```", _UPSTREAMS, re.DOTALL | re.MULTILINE)

_TABLES: Final = (
    GatewayConfig,
    UpstreamConfig,
    TimeoutConfig,
    ModelConfig,
    TargetConfig,
    PriceConfig,
)

_SECRET: Final = "a-secret-of-the-operator"

# upstream: where chats go, and the header that carries the secret
_CALLS: Final = {
    "huggingface": ("https://router.huggingface.co/v1/chat/completions", "authorization: Bearer "),
    "endpoint": (
        "https://abcdefghij.us-east-1.aws.endpoints.huggingface.cloud/v1/chat/completions",
        "authorization: Bearer ",
    ),
    "openai": ("https://api.openai.com/v1/chat/completions", "authorization: Bearer "),
    "anthropic": ("https://api.anthropic.com/v1/chat/completions", "authorization: Bearer "),
    "gemini": (
        "https://generativelanguage.googleapis.com/v1beta/openai/chat/completions",
        "authorization: Bearer ",
    ),
    "openrouter": ("https://openrouter.ai/api/v1/chat/completions", "authorization: Bearer "),
    "ollama": ("http://127.0.0.1:11434/v1/chat/completions", None),
    "llamacpp": ("http://127.0.0.1:8080/v1/chat/completions", "authorization: Bearer "),
    "vllm": ("http://127.0.0.1:8010/v1/chat/completions", "authorization: Bearer "),
    "speech": ("http://127.0.0.1:8040/v1/chat/completions", None),
    "vectors": ("http://127.0.0.1:8050/info", None),
    "tgi": ("http://127.0.0.1:8020/v1/chat/completions", None),
    "transformers": ("http://127.0.0.1:8030/v1/chat/completions", None),
    "lmstudio": ("http://127.0.0.1:1234/v1/chat/completions", None),
    "rehearsal": ("http://127.0.0.1:8001/v1/chat/completions", "authorization: Bearer "),
}
_AZURE_URL: Final = "https://my-resource.openai.azure.com/openai"
_AZURE: Final = {
    f"{_AZURE_URL}/deployments/my-deployment/chat/completions?api-version=2024-10-21",
    f"{_AZURE_URL}/v1/chat/completions",
}


def _load(text: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> GatewayConfig:
    for name in re.findall(r'env = "(\w+)"', text):
        monkeypatch.setenv(name, _SECRET)
    file = folder / "meterhouse.toml"
    file.write_text(text, encoding="utf-8")
    return load_gateway(Settings(config_file=file, secrets_dir=folder))


class _Nowhere(UpstreamTransport):
    """Keeps what would be sent, and reaches nobody."""

    def __init__(self) -> None:
        super().__init__(max_connections=1, keepalive_seconds=1)
        self.sent: list[httpx2.Request] = []

    async def ask(self, origin: Origin, head: bytes, body: bytes, **_: float) -> UpstreamAnswer:
        first, *lines = head.removesuffix(b"\r\n\r\n").decode().split("\r\n")
        method, target = first.split(" ")[:2]
        headers = [line.split(": ", 1) for line in lines]
        url = f"{origin.scheme.decode()}://{dict(headers)['Host']}{target}"
        self.sent.append(httpx2.Request(method, url, headers=dict(headers), content=body))
        raise httpx2.ConnectError("nowhere")


async def _request(name: str, upstream: UpstreamConfig) -> httpx2.Request:
    """Return the request that a chat becomes, or the question what a server without one does."""
    transport = _Nowhere()
    async with UpstreamClient(transport) as client:
        provider = provider_of(name, upstream, client, SystemClock())
        chat = ChatRequest({"model": "m"}, b"{}", "m")
        has_chat = upstream.kind != "tei"
        asking = provider.chat(chat, AnswerFacts()) if has_chat else provider.task_of("m")
        with pytest.raises(UpstreamUnreachableError):
            await asking
    (request,) = transport.sent
    return request


@pytest.mark.parametrize("block", _BLOCKS)
async def test_a_block_of_the_documentation_calls_the_right_place_with_the_right_headers(
    block: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (named,) = _load(block, tmp_path, monkeypatch).upstreams.items()
    name, upstream = named
    request = await _request(name, upstream)
    url, credential = _CALLS.get(name, (request.url, "api-key: "))
    assert request.url == url
    assert name in _CALLS or str(request.url) in _AZURE
    holding = [f"{key}: {text}" for key, text in request.headers.items() if _SECRET in text]
    assert holding == ([credential + _SECRET] if credential else [])
    for header, value in upstream.headers.items():
        assert request.headers[header] == value
    assert request.headers.get("x-hf-bill-to") == upstream.bill_to


def test_every_upstream_that_is_promised_has_a_block() -> None:
    documented = {name for block in _BLOCKS for name in tomllib.loads(block)["upstreams"]}
    assert documented == {*_CALLS, "azure"}
    assert len(_BLOCKS) == len(_CALLS) + len(_AZURE) + 2  # the introduction; another bill_to


def test_the_example_loads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = _load(_EXAMPLE, tmp_path, monkeypatch)
    assert config.default_model == "fast"
    assert set(config.upstreams) == {"huggingface", "ollama", "company"}


def test_the_file_that_explains_models_loads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (block,) = re.findall(r"^```toml\n(.*?)^```", _MODELS, re.DOTALL | re.MULTILINE)
    chat = _load(block, tmp_path, monkeypatch).models["chat"]
    assert [(one.priority, one.weight) for one in chat.targets] == [(0, 3.0), (0, 1.0), (1, 1.0)]
    for strategy in Strategy:
        assert f"| `{strategy}` |" in _MODELS


def test_the_example_shows_every_field() -> None:
    for model in _TABLES:
        for field in model.model_fields:
            assert re.search(rf"\b{field}\b", _EXAMPLE), f"{field} is not in the example"


def test_the_example_says_the_true_defaults() -> None:
    company = tomllib.loads(_EXAMPLE)["upstreams"]["company"]
    defaults = UpstreamConfig(kind="openai", base_url="http://x")
    assert company["auth_header"] == defaults.auth_header
    assert company["auth_scheme"] == defaults.auth_scheme
    assert company["simulated"] == defaults.simulated
    assert TimeoutConfig.model_validate(company["timeouts"]) == TimeoutConfig()
    private = tomllib.loads(_EXAMPLE)["models"]["private"]
    for field in ModelBounds.model_fields.keys() - {"context"}:
        assert private[field] == getattr(ModelBounds(), field)


def test_every_setting_is_documented_with_its_default() -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| (?:`(.+?)`)? ?\|", _SETTINGS, re.MULTILINE))
    defaults = Settings()
    for field in Settings.model_fields:
        value = getattr(defaults, field)
        assert rows[variable_name(field)] == ("" if value in {None, ()} else str(value))


@pytest.mark.parametrize("model", _TABLES)
def test_every_field_of_the_gateway_file_is_documented(model: type[GatewayConfig]) -> None:
    rows = re.findall(r"^\| `(\w+)` \|", _SETTINGS, re.MULTILINE)
    assert set(model.model_fields) <= set(rows)
