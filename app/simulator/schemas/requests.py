"""What a chat request may hold. Unknown fields are accepted, as the router accepts them."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue


class _Wire(BaseModel):
    model_config = ConfigDict(extra="allow", frozen=True, protected_namespaces=())


class ContentPart(_Wire):
    """One part of a message: a text, an image, or something the simulator does not know."""

    type: str
    text: str | None = None


class Message(_Wire):
    """One message of the conversation."""

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: str | list[ContentPart] | None = None


class StreamOptions(_Wire):
    """What a stream is to contain."""

    include_usage: bool | None = None


class Function(_Wire):
    """A function that may be called."""

    name: Annotated[str, Field(min_length=1)]
    description: str | None = None
    parameters: JsonValue = None


class Tool(_Wire):
    """A tool that may be called."""

    type: str = "function"
    function: Function


class FunctionName(_Wire):
    """A function by its name."""

    name: str


class ToolChoice(_Wire):
    """The one tool that must be called."""

    function: FunctionName


class NamedSchema(_Wire):
    """A JSON Schema in OpenAI's wrapping."""

    name: str | None = None
    schema_: Annotated[JsonValue, Field(alias="schema")] = None


class ResponseFormat(_Wire):
    """The form of the answer, in any of the dialects that are in use."""

    type: Literal["text", "json_object", "json_schema", "json"]
    json_schema: NamedSchema | None = None
    schema_: Annotated[JsonValue, Field(alias="schema")] = None  # together, cohere, fireworks
    value: JsonValue = None  # TGI, and `huggingface_hub` with a base_url

    @property
    def asked_schema(self) -> JsonValue:
        """The JSON Schema that the answer must obey, or None."""
        inner = self.json_schema.schema_ if self.json_schema else None
        return next((one for one in (inner, self.schema_, self.value) if one is not None), None)


class ChatRequest(_Wire):
    """A request for a chat completion."""

    model: Annotated[str, Field(min_length=1)]
    messages: Annotated[list[Message], Field(min_length=1)]
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    n: Annotated[int | None, Field(ge=1, le=128)] = None
    max_tokens: Annotated[int | None, Field(ge=1)] = None
    max_completion_tokens: Annotated[int | None, Field(ge=1)] = None
    stop: str | Annotated[list[str], Field(max_length=4)] | None = None
    tools: list[Tool] | None = None
    tool_choice: Literal["none", "auto", "required"] | ToolChoice | None = None
    parallel_tool_calls: bool | None = None
    response_format: ResponseFormat | None = None
    reasoning_effort: str | None = None

    @property
    def wants_usage(self) -> bool:
        """Whether a stream is to end with the usage."""
        return bool(self.stream_options and self.stream_options.include_usage)
