"""Chat completions, in OpenAI's form. Fields that are not named here pass through untouched."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from app.api.v1.schemas.fields import Tags, TagValue
from app.utils.first_fault import FIRST_ONLY

MAX_MODEL_CHARACTERS = 256
MAX_TOKENS = 10_000_000  # more than any model can write: no sum of prices overflows

Objects = Annotated[list[dict[str, Any]], FIRST_ONLY]
Cap = Annotated[int | None, Field(strict=True, ge=1, le=MAX_TOKENS)]


class _Open(BaseModel):
    """A form that keeps what it does not know: upstreams know more than this list."""

    model_config = ConfigDict(extra="allow")


class ChatMessage(_Open):
    """One message of the conversation."""

    role: Annotated[str, Field(description="`system`, `developer`, `user`, `assistant` or `tool`.")]
    content: Annotated[
        str | Objects | None,
        Field(description="Text, or parts such as `text` and `image_url`."),
    ] = None


class StreamOptions(_Open):
    """What a stream holds beside the answer."""

    include_usage: Annotated[
        bool | None, Field(description="Send the usage as a last chunk of its own.")
    ] = None


class ChatCompletionRequest(_Open):
    """A chat to be completed. Every other field of OpenAI's API is passed on."""

    model_config = ConfigDict(
        extra="allow",
        json_schema_extra={
            "examples": [
                {
                    "model": "openai/gpt-oss-20b",
                    "messages": [{"role": "user", "content": "Hello!"}],
                    "stream": True,
                }
            ]
        },
    )

    model: Annotated[
        str | None,
        Field(
            max_length=MAX_MODEL_CHARACTERS,
            description="A model of `GET /v1/models`, or `<upstream>/<model>`. "
            "Without one the gateway's default model answers.",
        ),
    ] = None
    messages: Annotated[list[ChatMessage], FIRST_ONLY, Field(min_length=1)]
    stream: Annotated[
        bool | None, Field(strict=True, description="Answer piece by piece, as server-sent events.")
    ] = None
    stream_options: StreamOptions | None = None
    n: Annotated[int | None, Field(strict=True, ge=1, le=128, description="How many answers.")] = (
        None
    )
    max_tokens: Cap = None
    max_completion_tokens: Cap = None
    tools: Objects | None = None
    tool_choice: str | dict[str, Any] | None = None
    response_format: dict[str, Any] | None = None
    metadata: Annotated[
        Tags | None, Field(description="Tags that the call's entry carries; passed on as well.")
    ] = None
    user: Annotated[
        TagValue | None,
        Field(description="Whom the call is for. Its entry carries it; passed on as well."),
    ] = None


class CompletionUsage(_Open):
    """Tokens that the upstream says it used."""

    prompt_tokens: int
    completion_tokens: int | None = None
    total_tokens: int | None = None


class AnswerMessage(_Open):
    """The model's message: text, tool calls, or reasoning where the model shows it."""

    role: str | None = None
    content: str | list[dict[str, Any]] | None = None
    tool_calls: list[dict[str, Any]] | None = None


class Choice(_Open):
    """One of the answers."""

    index: int
    message: AnswerMessage
    finish_reason: str | None = None


class ChatCompletion(_Open):
    """A whole answer, as the upstream gave it."""

    id: str
    object: Literal["chat.completion"]
    created: int
    model: str
    choices: list[Choice]
    usage: CompletionUsage | None = None


class ChunkChoice(_Open):
    """A piece of one of the answers."""

    index: int
    delta: AnswerMessage
    finish_reason: str | None = None


class ChatCompletionChunk(_Open):
    """The data of one event of a streamed answer."""

    id: str
    object: Literal["chat.completion.chunk"]
    created: int
    model: str
    choices: list[ChunkChoice]
    usage: CompletionUsage | None = None
