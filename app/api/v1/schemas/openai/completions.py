"""Completions of a text, in OpenAI's older form, which Hugging Face's JavaScript client sends."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from app.api.v1.schemas.fields import TagValue
from app.api.v1.schemas.openai.chat import (
    MAX_MODEL_CHARACTERS,
    Cap,
    CompletionUsage,
    StreamOptions,
)
from app.core.tasks.task import Texts


class CompletionRequest(BaseModel):
    """A text to be continued. Parameters of `text-generation` may stand beside these fields."""

    model_config = ConfigDict(
        extra="allow",
        json_schema_extra={"examples": [{"prompt": "Once upon a time", "max_tokens": 32}]},
    )

    model: Annotated[
        str | None,
        Field(max_length=MAX_MODEL_CHARACTERS, description="In place of the one in the URL."),
    ] = None
    prompt: Annotated[
        str | Annotated[list[str], Field(min_length=1, max_length=1)],
        Field(description="The text, alone or as the only one of a list."),
    ]
    max_tokens: Cap = None
    temperature: Annotated[
        float | None, Field(ge=0, allow_inf_nan=False, description="0: always the likeliest token.")
    ] = None
    stop: Annotated[str | Texts | None, Field(description="Texts at which it ends.")] = None
    echo: Annotated[bool | None, Field(description="Begin with the prompt.")] = None
    n: Annotated[Literal[1] | None, Field(description="One text for each call.")] = None
    stream: Annotated[
        bool | None, Field(strict=True, description="Answer piece by piece, as server-sent events.")
    ] = None
    stream_options: StreamOptions | None = None
    user: Annotated[TagValue | None, Field(description="Whom the call is for.")] = None


class CompletionChoice(BaseModel):
    """A text, or a piece of it."""

    index: int
    text: str
    logprobs: None
    finish_reason: Literal["stop", "length"] | None


class Completion(BaseModel):
    """A whole text; in a stream, a piece of it."""

    id: str
    object: Literal["text_completion"]
    created: int
    model: str
    choices: list[CompletionChoice]
    usage: CompletionUsage | None
