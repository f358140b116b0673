"""An upstream that answers as a scenario wants, and knows every call that reached it."""

import json
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from tests.support.raw_upstream import OK_HEAD, RawConnection, raw_upstream

_STREAM_HEAD: Final = OK_HEAD + (
    b"Content-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
)
_NO_MODELS: Final = b'{"object": "list", "data": []}'


@dataclass(frozen=True, slots=True)
class Arrived:
    """One call at the upstream, and what can be said to it."""

    connection: RawConnection
    marker: str  # the first word of the prompt
    stream: bool

    async def answer(self, *, tokens_in: int, tokens_out: int) -> None:
        """Answer at once, and say what it took."""
        if self.stream:
            await self.begin_stream()
            await self.say("Hi")
            await self.end_stream(tokens_in=tokens_in, tokens_out=tokens_out)
            return
        choice = {"index": 0, "message": _message("Hi"), "finish_reason": "stop"}
        body = _body("chat.completion", [choice], _usage(tokens_in, tokens_out))
        await self.connection.answer(body, b"Content-Type: application/json")

    async def begin_stream(self) -> None:
        """Send the head of a stream."""
        await self.connection.send(_STREAM_HEAD)

    async def say(self, text: str) -> None:
        """Send one piece of text."""
        await self._send({"index": 0, "delta": _message(text), "finish_reason": None})

    async def end_stream(self, *, tokens_in: int, tokens_out: int) -> None:
        """Send the finish reason, what it took, and the end."""
        await self._send({"index": 0, "delta": {}, "finish_reason": "stop"})
        await self._event(_body("chat.completion.chunk", [], _usage(tokens_in, tokens_out)))
        await self._event(b"[DONE]")
        await self.connection.send_chunk(b"")

    async def _send(self, choice: dict[str, Any]) -> None:
        await self._event(_body("chat.completion.chunk", [choice], None))

    async def _event(self, data: bytes) -> None:
        await self.connection.send_chunk(b"data: %b\n\n" % data)


Answer: TypeAlias = Callable[[Arrived], Awaitable[None]]


@dataclass(slots=True)
class Upstream:
    """Where it listens, and every call that it has got."""

    url: str = ""  # up to and with /v1
    arrived: list[Arrived] = field(default_factory=list[Arrived])

    @property
    def markers(self) -> list[str]:
        """Return the markers of all calls that it has got."""
        return [call.marker for call in self.arrived]


@asynccontextmanager
async def open_upstream(answer: Answer) -> AsyncGenerator[Upstream]:
    """Serve every chat with `answer` until the block ends."""
    upstream = Upstream()

    async def serve(connection: RawConnection) -> None:
        while True:
            request = await connection.read_request()
            if request.lines[0].startswith("GET "):
                await connection.answer(_NO_MODELS, b"Content-Type: application/json")
                continue
            chat = json.loads(request.body)
            marker = str(chat["messages"][-1]["content"]).split()[0]
            call = Arrived(connection, marker, bool(chat.get("stream")))
            upstream.arrived.append(call)
            await answer(call)

    async with raw_upstream(serve) as raw:
        upstream.url = f"{raw.url}/v1"
        yield upstream


def _message(text: str) -> dict[str, str]:
    return {"role": "assistant", "content": text}


def _usage(tokens_in: int, tokens_out: int) -> dict[str, int]:
    return {
        "prompt_tokens": tokens_in,
        "completion_tokens": tokens_out,
        "total_tokens": tokens_in + tokens_out,
    }


def _body(kind: str, choices: list[dict[str, Any]], usage: dict[str, int] | None) -> bytes:
    facts = {"id": "c1", "object": kind, "created": 1, "model": "m", "choices": choices}
    return json.dumps(facts if usage is None else {**facts, "usage": usage}).encode()
