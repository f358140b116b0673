"""Chat through `huggingface_hub`, whose own signatures are only half typed."""

from collections.abc import AsyncIterable, Iterable
from typing import Any

from huggingface_hub import (
    AsyncInferenceClient,
    ChatCompletionOutput,
    ChatCompletionStreamOutput,
    InferenceClient,
)


def chat(client: InferenceClient, text: str = "Hello", **fields: Any) -> ChatCompletionOutput:
    """Return a whole answer to one message, or to `messages`."""
    return _untyped(client).chat_completion(**_with_messages(text, fields))


def stream(
    client: InferenceClient, text: str = "Hello", **fields: Any
) -> Iterable[ChatCompletionStreamOutput]:
    """Return the chunks of an answer to one message, or to `messages`."""
    return _untyped(client).chat_completion(stream=True, **_with_messages(text, fields))


async def async_chat(
    client: AsyncInferenceClient, text: str = "Hello", **fields: Any
) -> ChatCompletionOutput:
    """Return a whole answer to one message, or to `messages`."""
    return await _untyped(client).chat_completion(**_with_messages(text, fields))


async def async_stream(
    client: AsyncInferenceClient, text: str = "Hello", **fields: Any
) -> AsyncIterable[ChatCompletionStreamOutput]:
    """Return the chunks of an answer to one message, or to `messages`."""
    return await _untyped(client).chat_completion(stream=True, **_with_messages(text, fields))


def _with_messages(text: str, fields: dict[str, Any]) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": text}], **fields}


def _untyped(client: InferenceClient | AsyncInferenceClient) -> Any:
    return client
