"""What an upstream can do wrong, byte by byte: each function answers one chat."""

import asyncio
import json
import zlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from tests.support.raw_upstream import OK_HEAD, RawConnection

TEXTS: Final = ("A1 ", "A2 ")  # what is said before it goes wrong
SPARE_TEXT: Final = "B"  # what the other upstream says
TOKENS: Final = (10, 20)  # in and out, where usage is reported
_TEN_MB: Final = 10_000_000
_CLOSE: Final = b"Connection: close\r\n"
_HEAD: Final = OK_HEAD + _CLOSE
_DRIP_SECONDS: Final = 0.05
_JSON: Final = b"Content-Type: application/json"
_SSE: Final = b"Content-Type: text/event-stream"
_USAGE: Final = {"prompt_tokens": TOKENS[0], "completion_tokens": TOKENS[1], "total_tokens": 30}
_DONE: Final = b"data: [DONE]\n\n"
_ERROR: Final = b'{"error": {"message": "it broke"}}'


@dataclass(frozen=True, slots=True)
class Asked:
    """One chat at an upstream."""

    connection: RawConnection
    stream: bool

    async def send(self, data: bytes) -> None:
        """Send bytes as they are."""
        await self.connection.send(data)

    async def begin(self) -> None:
        """Send the head of an answer that has no stated length, and so ends with the connection."""
        await self.send(_HEAD + (_SSE if self.stream else _JSON) + b"\r\n\r\n")

    async def begin_text(self) -> None:
        """Send the beginning of an answer: two pieces of text, or half a body."""
        await self.begin()
        if self.stream:
            await self.send(b"".join(map(_piece, TEXTS)))
        else:
            await self.send(_whole()[:40])


Play: TypeAlias = Callable[[Asked], Awaitable[None]]


def refuses(status: str, body: bytes = _ERROR, *head: bytes) -> Play:
    """Answer with a failing status."""

    async def play(asked: Asked) -> None:
        lines = (f"HTTP/1.1 {status}".encode(), *head)
        length = b"\r\nContent-Length: %d\r\n" % len(body)
        await asked.send(b"\r\n".join(lines) + length + _CLOSE + b"\r\n" + body)

    return play


def says(whole: bytes, events: bytes) -> Play:
    """Answer in full: a body, or events."""

    async def play(asked: Asked) -> None:
        await asked.begin()
        await asked.send(events if asked.stream else whole)

    return play


async def closes(_: Asked) -> None:
    """Close the connection without a word."""


async def keeps_silent(asked: Asked) -> None:
    """Say nothing, until nobody listens."""
    await asked.connection.wait_until_left()


async def stalls(asked: Asked) -> None:
    """Begin, and say no more until nobody listens."""
    await asked.begin_text()
    await asked.connection.wait_until_left()


async def drips(asked: Asked) -> None:
    """Send what means nothing, a little at a time, until nobody listens."""
    await asked.begin()
    async with asyncio.TaskGroup() as group:
        leaving = group.create_task(asked.connection.wait_until_left())
        while not leaving.done():
            asked.connection.writer.write(b": wait\n\n" if asked.stream else b" ")
            await asyncio.wait([leaving], timeout=_DRIP_SECONDS)


async def sends_single_bytes(asked: Asked) -> None:
    """Answer well, one byte at a time."""
    await asked.begin()
    body = _events(*TEXTS) if asked.stream else _whole()
    for place in range(len(body)):
        await asked.send(body[place : place + 1])
        await asyncio.sleep(0)


async def cuts(asked: Asked) -> None:
    """Begin with a stated length, and close the connection before its end."""
    body = b"".join(map(_piece, TEXTS)) if asked.stream else _whole()
    head = b"\r\nContent-Length: %d\r\n\r\n" % (len(body) + 100)
    await asked.send(_HEAD + (_SSE if asked.stream else _JSON) + head + body)


async def breaks_off(asked: Asked) -> None:
    """Begin in chunks, and reset the connection in the middle of one."""
    head = (_SSE if asked.stream else _JSON) + b"\r\nTransfer-Encoding: chunked\r\n\r\n"
    body = b"".join(map(_piece, TEXTS)) if asked.stream else _whole()[:40]
    await asked.send(_HEAD + head + b"%x\r\n%b\r\n400\r\nda" % (len(body), body))


async def sends_a_long_line(asked: Asked) -> None:
    """Send 10 MB without the end of a line: in a stream's event, or in the head."""
    if asked.stream:
        await asked.begin_text()
        await asked.send(b"data: " + b"x" * _TEN_MB)
    else:
        await asked.send(_HEAD + b"X-Long: " + b"x" * _TEN_MB)


async def sends_a_bomb(asked: Asked) -> None:
    """Send a small body that unpacks to 10 MB."""
    packer = zlib.compressobj(wbits=31)
    body = packer.compress(b" " * _TEN_MB) + packer.flush()
    kind = _SSE if asked.stream else _JSON
    head = b"\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(body)
    await asked.send(_HEAD + kind + head + body)


async def answers_the_other_way(asked: Asked) -> None:
    """Answer a stream with one JSON body, and what is not to be streamed with events."""
    kind, body = (_JSON, _whole()) if asked.stream else (_SSE, _events(*TEXTS))
    await asked.send(_HEAD + kind + b"\r\n\r\n" + body)


async def answers_a_failure_as_json(asked: Asked) -> None:
    """Say in a 200 that it failed, as one JSON body."""
    await asked.connection.answer(_ERROR, _JSON, _CLOSE.strip())


def _chunk(choices: list[dict[str, Any]], **more: Any) -> bytes:
    facts = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m"}
    return b"data: " + json.dumps({**facts, "choices": choices, **more}).encode() + b"\n\n"


def _piece(text: str) -> bytes:
    return _chunk([{"index": 0, "delta": {"role": "assistant", "content": text}}])


def _finish() -> bytes:
    return _chunk([{"index": 0, "delta": {}, "finish_reason": "stop"}])


def _events(*texts: str, usage: bool = True) -> bytes:
    used = _chunk([], usage=_USAGE) if usage else b""
    return b"".join(map(_piece, texts)) + _finish() + used + _DONE


def _whole(text: str = "".join(TEXTS), *, finish: str | None = "stop", usage: bool = True) -> bytes:
    message = {"role": "assistant", "content": text}
    choice = {"index": 0, "message": message, "finish_reason": finish}
    facts = {"id": "c", "object": "chat.completion", "created": 1, "model": "m"}
    return json.dumps(
        {**facts, "choices": [choice], **({"usage": _USAGE} if usage else {})}
    ).encode()


_TEXT: Final = b"".join(map(_piece, TEXTS))
answers: Final = says(_whole(SPARE_TEXT), _events(SPARE_TEXT))
has_no_usage: Final = says(_whole(usage=False), _events(*TEXTS, usage=False))
has_no_done: Final = says(_whole(), _events(*TEXTS).removesuffix(_DONE))
has_no_finish: Final = says(_whole(finish=None), _TEXT)
fails_after_text: Final = says(b"data: " + _ERROR, _TEXT + b"data: " + _ERROR + b"\n\n")
fails_at_once: Final = says(_ERROR, b"data: " + _ERROR + b"\n\n")
sends_garbage: Final = says(b"{not json", _TEXT + b"data: {not json\n\n" + _finish() + _DONE)
sends_garbage_first: Final = says(b"", b"data: {not json\n\n" + _finish() + _DONE)
sends_bad_utf8: Final = says(
    _whole().replace(b"A1", b"\xff\xfe"), _TEXT + _piece("A3").replace(b"A3", b"\xff") + _finish()
)
