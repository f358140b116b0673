"""What `GET /v1/models` answers, in the router's shape."""

from typing import Literal

from pydantic import BaseModel


class Architecture(BaseModel):
    """What a model reads and writes."""

    input_modalities: list[str]
    output_modalities: list[str]


class Pricing(BaseModel):
    """US dollars for a million tokens."""

    input: float
    output: float


class ModelProvider(BaseModel):
    """A provider that serves a model. What it does not say is left out."""

    provider: str
    status: Literal["live", "error"]
    context_length: int | None = None
    pricing: Pricing | None = None
    is_free: bool | None = None
    supports_tools: bool | None = None
    supports_structured_output: bool | None = None
    first_token_latency_ms: float | None = None
    throughput: float | None = None
    is_model_author: bool


class Model(BaseModel):
    """A model and who serves it."""

    id: str
    object: Literal["model"]
    created: int
    owned_by: str
    architecture: Architecture
    providers: list[ModelProvider]


class ModelList(BaseModel):
    """All models."""

    object: Literal["list"]
    data: list[Model]


class HubModel(BaseModel):
    """What the Hub tells of a model, as far as it matters here."""

    id: str
    pipeline_tag: str
    tags: list[str]
