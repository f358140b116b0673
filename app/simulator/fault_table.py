"""The faults that a caller can ask for, in one table."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final

from app.simulator.behaviour import Behaviour, Spoil, Thoughts, UsageMode
from app.simulator.errors import gate_error, provider_error
from app.simulator.refusals import REFUSALS, NamedRefusal

_AS_JSON: Final = "Simulated error with status 200."


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that can be asked for by name, with the unit of its value if it takes one."""

    name: str
    unit: str
    summary: str
    change: Callable[[Behaviour, int], Behaviour]


def _always(name: str, summary: str, **changes: Any) -> Fault:
    return Fault(name, "", summary, lambda it, _: replace(it, **changes))


def _refusal(named: NamedRefusal) -> Fault:
    return _always(named.name, named.summary, refusal=named.refusal)


_TIMES: Final = (
    Fault(
        "delay",
        "ms",
        "waits before the status line",
        lambda it, value: replace(it, delay_ms=value),
    ),
    Fault(
        "chunk-delay",
        "ms",
        "waits before each event of a stream",
        lambda it, value: replace(it, chunk_delay_ms=value),
    ),
    Fault(
        "drip",
        "ms",
        "sends the body byte by byte and waits before each",
        lambda it, value: replace(it, drip_ms=value),
    ),
    _always("silent", "never answers, and keeps the connection open", is_silent=True),
    Fault(
        "stall",
        "events",
        "falls silent after so many events, or in the middle of a whole answer, "
        "and keeps the connection open",
        lambda it, value: replace(it, stall_after=value),
    ),
    Fault(
        "comments",
        "ms",
        "sends no data in a stream, or none after it stalls: only a comment, again and again",
        lambda it, value: replace(it, comments_ms=value),
    ),
)

_ERRORS: Final = (
    Fault(
        "status",
        "status",
        "this status, 400 to 599, with an error in object form",
        lambda it, value: replace(
            it, refusal=provider_error(value, f"Simulated status {value}.", kind="simulated")
        ),
    ),
    Fault(
        "status-text",
        "status",
        "this status, 400 to 599, with an error in text form",
        lambda it, value: replace(it, refusal=gate_error(value, f"Simulated status {value}.")),
    ),
    *map(_refusal, REFUSALS),
    _always(
        "error-answer",
        "200 with an error in object form, as JSON also where a stream was asked for",
        refusal=provider_error(200, _AS_JSON, kind="server_error"),
    ),
    _always(
        "error-answer-text",
        "the same with an error in text form",
        refusal=gate_error(200, _AS_JSON),
    ),
    Fault(
        "retry-after",
        "seconds",
        "adds `Retry-After` to an error",
        lambda it, value: replace(it, retry_after_seconds=value),
    ),
    Fault(
        "estimated-time",
        "seconds",
        "puts this `estimated_time` into an error",
        lambda it, value: replace(it, estimated_seconds=value),
    ),
    Fault(
        "times",
        "requests",
        "misbehaves for so many requests with this model and header, then no more",
        lambda it, value: replace(it, times=value),
    ),
)

_ENDS: Final = (
    Fault(
        "cut",
        "events",
        "aborts the connection after so many events, or in the middle of a whole answer",
        lambda it, value: replace(it, cut_after=value),
    ),
    Fault(
        "end",
        "events",
        "ends a stream after so many events as if that were all: no finish reason, no `[DONE]`",
        lambda it, value: replace(it, end_after=value),
    ),
    Fault(
        "error-event",
        "events",
        "after so many events of a stream one more with an error in object form, then the end",
        lambda it, value: replace(it, error_after=value),
    ),
    Fault(
        "error-event-text",
        "events",
        "the same with an error in text form",
        lambda it, value: replace(it, error_after=value, error_is_text=True),
    ),
    _always("no-finish", "leaves out the finish reason of a stream", has_finish_reason=False),
    _always("no-done", "leaves out `data: [DONE]`", has_done=False),
    _always("empty", "answers 200 with an empty body", is_empty=True),
    Fault(
        "length",
        "bytes",
        "says so in `Content-Length`, sends no more than that, and aborts where it has less",
        lambda it, value: replace(it, length=value),
    ),
)

_BYTES: Final = (
    _always("garbage", "writes something that is no JSON", spoil=Spoil.GARBAGE),
    _always(
        "wrong-shape",
        "writes a JSON object that is no answer to what was asked",
        spoil=Spoil.SHAPE,
    ),
    _always("wrong-type", "says in `Content-Type` that the body is HTML", has_type=False),
    _always("bad-utf8", "writes bytes that are no UTF-8, over two chunks", spoil=Spoil.BAD_UTF8),
    _always("nul", "writes a NUL byte", spoil=Spoil.NUL),
    Fault(
        "long-line",
        "MB",
        "makes a line so much longer, with spaces in its JSON",
        lambda it, value: replace(it, long_line_mb=value),
    ),
    Fault(
        "at",
        "events",
        "does one of these in a stream after so many events, and not in the first",
        lambda it, value: replace(it, spoil_at=value),
    ),
    _always("bom", "begins the body with a byte order mark", has_bom=True),
    _always("cr", "ends the lines of a stream with CR", line_end="\r"),
    _always("crlf", "ends the lines of a stream with CR LF", line_end="\r\n"),
    _always("no-space", "writes `data:` without the space after it", has_space=False),
    Fault(
        "gzip",
        "MB",
        "compresses the body, asked or not, with so much of empty lines before it: a bomb",
        lambda it, value: replace(it, gzip_mb=value),
    ),
)

_CONTENT: Final = (
    _always(
        "json-answer", "answers a request for a stream with a whole JSON answer", is_whole=True
    ),
    _always(
        "one-choice",
        "gives one choice, whatever `n` says, as servers do that do not know `n`",
        has_all_choices=False,
    ),
    _always("no-usage", "leaves out the usage, asked or not", usage=UsageMode.MISSING),
    _always(
        "usage-unasked",
        "puts the usage on the chunk with the finish reason, asked or not",
        usage=UsageMode.UNASKED,
    ),
    Fault(
        "prompt-tokens",
        "tokens",
        "says that the prompt took so many tokens",
        lambda it, value: replace(it, prompt_tokens=value),
    ),
    Fault(
        "completion-tokens",
        "tokens",
        "says that the answer took so many tokens",
        lambda it, value: replace(it, completion_tokens=value),
    ),
    _always("reasoning", "thinks aloud in `reasoning`", thoughts=Thoughts.REASONING),
    _always(
        "reasoning-content",
        "thinks aloud in `reasoning_content`",
        thoughts=Thoughts.REASONING_CONTENT,
    ),
)

FAULTS: Final = (*_TIMES, *_ERRORS, *_ENDS, *_BYTES, *_CONTENT)
