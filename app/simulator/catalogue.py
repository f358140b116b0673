"""The models of `GET /v1/models`. Ids and providers are real ones; prices and speeds are invented.

Any other id is answered as well: this list is only what the simulator tells about itself.
"""

from typing import Final

from app.simulator.schemas.models import Architecture, Model, ModelProvider, Pricing

CREATED: Final = 1_767_225_600  # 2026-01-01, so that answers do not change from day to day

_TEXT: Final = Architecture(input_modalities=["text"], output_modalities=["text"])
_IMAGES: Final = Architecture(input_modalities=["text", "image"], output_modalities=["text"])


def _model(name: str, architecture: Architecture, *providers: ModelProvider) -> Model:
    owner, _, _ = name.partition("/")
    return Model(
        id=name,
        object="model",
        created=CREATED,
        owned_by=owner,
        architecture=architecture,
        providers=[*providers],
    )


def _provider(
    name: str, context: int, price: tuple[float, float] | None, *, speed: float, tools: bool = True
) -> ModelProvider:
    return ModelProvider(
        provider=name,
        status="live",
        context_length=context,
        pricing=Pricing(input=price[0], output=price[1]) if price else None,
        supports_tools=tools,
        supports_structured_output=tools,
        first_token_latency_ms=round(20_000 / speed, 1),
        throughput=speed,
        is_model_author=False,
    )


MODELS: Final = (
    _model(
        "openai/gpt-oss-120b",
        _TEXT,
        _provider("groq", 131_072, (0.15, 0.6), speed=512.5),
        _provider("fireworks-ai", 131_072, (0.15, 0.6), speed=188.0),
        ModelProvider(provider="novita", status="error", is_model_author=False),
    ),
    _model(
        "openai/gpt-oss-20b",
        _TEXT,
        _provider("groq", 131_072, (0.075, 0.3), speed=941.0),
        _provider("together", 131_072, (0.05, 0.2), speed=203.0),
    ),
    _model(
        "meta-llama/Llama-3.1-8B-Instruct",
        _TEXT,
        _provider("novita", 16_384, (0.02, 0.05), speed=72.0, tools=False),
        _provider("cerebras", 32_768, (0.1, 0.1), speed=2150.0),
        ModelProvider(provider="featherless-ai", status="live", is_model_author=False),
    ),
    _model(
        "meta-llama/Llama-3.3-70B-Instruct",
        _TEXT,
        _provider("together", 131_072, (0.88, 0.88), speed=91.0),
        _provider("groq", 131_072, (0.59, 0.79), speed=276.0),
    ),
    _model(
        "Qwen/Qwen3-32B",
        _TEXT,
        _provider("groq", 131_072, (0.29, 0.59), speed=401.0),
        _provider("nscale", 40_960, (0.08, 0.25), speed=48.0),
    ),
    _model(
        "Qwen/Qwen2.5-VL-7B-Instruct",
        _IMAGES,
        _provider("scaleway", 32_768, (0.2, 0.2), speed=66.0, tools=False),
    ),
    _model(
        "google/gemma-3-27b-it",
        _IMAGES,
        _provider("scaleway", 110_000, (0.1, 0.3), speed=58.0),
        _provider("featherless-ai", 32_768, None, speed=21.0, tools=False),
    ),
    _model(
        "deepseek-ai/DeepSeek-V3.2",
        _TEXT,
        _provider("novita", 163_840, (0.27, 0.4), speed=39.0),
        _provider("fireworks-ai", 163_840, (0.56, 1.68), speed=141.0),
    ),
    _model(
        "moonshotai/Kimi-K2-Instruct",
        _TEXT,
        _provider("together", 262_144, (1.0, 3.0), speed=54.0),
    ),
    _model(
        "HuggingFaceTB/SmolLM3-3B",
        _TEXT,
        # Billed by compute seconds, so it has no price for tokens.
        _provider("hf-inference", 65_536, None, speed=33.0, tools=False),
    ),
    _model(
        "simulator/reasoner",
        _TEXT,
        ModelProvider(
            provider="simulator",
            status="live",
            context_length=131_072,
            pricing=Pricing(input=0.0, output=0.0),
            is_free=True,
            supports_tools=True,
            supports_structured_output=True,
            first_token_latency_ms=1.0,
            throughput=1000.0,
            is_model_author=True,
        ),
    ),
)


def find_model(name: str) -> Model | None:
    """Return a model by its id, with or without a `:suffix`."""
    bare, _, _ = name.partition(":")
    return next((model for model in MODELS if model.id == bare), None)
