"""What the simulator answers to tasks in other dialects than Hugging Face's."""

from typing import Any, Literal

from pydantic import BaseModel

from app.simulator.schemas.answers import Usage


class Embedding(BaseModel):
    """One vector, as numbers or in base64."""

    object: Literal["embedding"]
    index: int
    embedding: list[float] | str


class EmbeddingUsage(BaseModel):
    """The tokens of some texts."""

    prompt_tokens: int
    total_tokens: int


class EmbeddingList(BaseModel):
    """A vector for each text."""

    object: Literal["list"]
    data: list[Embedding]
    model: str
    usage: EmbeddingUsage


class TextChoice(BaseModel):
    """A text that was written."""

    index: int
    text: str
    finish_reason: Literal["stop", "length"]
    logprobs: None


class TextCompletion(BaseModel):
    """A text that was continued."""

    id: str
    object: Literal["text_completion"]
    created: int
    model: str
    choices: list[TextChoice]
    usage: Usage


class Picture(BaseModel):
    """A PNG in base64."""

    b64_json: str


class PictureList(BaseModel):
    """Pictures that were drawn."""

    created: int
    data: list[Picture]


class Segment(BaseModel):
    """What was said between two moments, in seconds."""

    id: int
    start: float
    end: float
    text: str


class Transcript(BaseModel):
    """What was said. All but `text` is there with `verbose_json` only."""

    text: str
    task: Literal["transcribe"] | None = None
    language: str | None = None
    duration: float | None = None
    segments: list[Segment] | None = None


class TeiInfo(BaseModel):
    """Which model a server of Text Embeddings Inference has, and of which kind it is."""

    model_id: str
    model_type: dict[Literal["embedding", "reranker", "classifier"], dict[str, Any]]
    max_client_batch_size: int
