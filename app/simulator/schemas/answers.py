"""What the simulator answers to a chat request."""

from typing import Literal

from pydantic import BaseModel

FinishReason = Literal["stop", "length", "tool_calls"]


class CalledFunction(BaseModel):
    """A function and the JSON text of its arguments."""

    name: str
    arguments: str


class ToolCall(BaseModel):
    """One call of a tool."""

    id: str
    type: Literal["function"]
    function: CalledFunction


class AnswerMessage(BaseModel):
    """The message that answers."""

    role: Literal["assistant"]
    content: str | None
    reasoning: str | None = None
    reasoning_content: str | None = None
    tool_calls: list[ToolCall] | None = None


class Choice(BaseModel):
    """One of `n` answers."""

    index: int
    message: AnswerMessage
    finish_reason: FinishReason
    logprobs: None


class CompletionDetails(BaseModel):
    """What the completion's tokens were used for."""

    reasoning_tokens: int


class Usage(BaseModel):
    """The tokens of a request and its answer."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int
    completion_tokens_details: CompletionDetails | None = None


class ChatCompletion(BaseModel):
    """A whole answer."""

    id: str
    object: Literal["chat.completion"]
    created: int
    model: str
    system_fingerprint: str
    choices: list[Choice]
    usage: Usage | None = None


class FunctionDelta(BaseModel):
    """A piece of a called function: its name first, then its arguments bit by bit."""

    name: str | None = None
    arguments: str


class ToolCallDelta(BaseModel):
    """A piece of a call of a tool."""

    index: int
    id: str | None = None
    type: Literal["function"] | None = None
    function: FunctionDelta


class Delta(BaseModel):
    """A piece of a message."""

    role: Literal["assistant"] | None = None
    content: str | None = None
    reasoning: str | None = None
    reasoning_content: str | None = None
    tool_calls: list[ToolCallDelta] | None = None


class ChunkChoice(BaseModel):
    """A piece of one of `n` answers."""

    index: int
    delta: Delta
    finish_reason: FinishReason | None
    logprobs: None


class ChatChunk(BaseModel):
    """One event of a streamed answer."""

    id: str
    object: Literal["chat.completion.chunk"]
    created: int
    model: str
    system_fingerprint: str
    choices: list[ChunkChoice]
    usage: Usage | None = None


class ErrorObject(BaseModel):
    """An error in the form of OpenAI and most providers."""

    message: str
    type: str
    param: str | None
    code: str | None


class ErrorAnswer(BaseModel):
    """An error: a text from the router's gate and TGI, an object from providers."""

    error: str | ErrorObject
    error_type: str | None = None
    estimated_time: float | None = None


class CallRead(BaseModel):
    """One request as the simulator saw it. Nothing of its content or its token is kept."""

    number: int
    model: str
    stream: bool
    include_usage: bool
    fields: list[str]
    response_format: str | None
    authorization: str
    bill_to: str | None
    task: str | None
    path: str | None
    content_type: str | None
    options: dict[str, str]
    status: int
    events_sent: int
    outcome: str


class CallList(BaseModel):
    """The latest chat requests, the oldest first."""

    object: Literal["list"]
    data: list[CallRead]
