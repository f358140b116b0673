"""How one answer is to be given, apart from what it says."""

from dataclasses import dataclass
from enum import StrEnum

from app.simulator.errors import Refusal


class UsageMode(StrEnum):
    """When an answer says how many tokens it took."""

    ASKED = "asked"  # always in a whole answer; in a stream where it was asked for
    MISSING = "missing"
    UNASKED = "unasked"  # in a stream on the chunk with the finish reason, asked or not


class Thoughts(StrEnum):
    """The field that carries a model's reasoning; providers do not agree on its name."""

    REASONING = "reasoning"
    REASONING_CONTENT = "reasoning_content"


class Spoil(StrEnum):
    """What is wrong inside the JSON of an answer, or of one event."""

    GARBAGE = "garbage"  # no JSON at all
    BAD_UTF8 = "bad-utf8"
    NUL = "nul"
    SHAPE = "wrong-shape"  # good JSON of another form


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How one answer is to be given. Numbers of events count the `data:` lines of a stream."""

    delay_ms: int = 0  # before the status line
    chunk_delay_ms: int = 0  # before each event
    drip_ms: int | None = None  # before each byte
    is_silent: bool = False
    refusal: Refusal | None = None
    retry_after_seconds: int | None = None
    estimated_seconds: int | None = None
    times: int | None = None  # misbehave so many times, then no more
    cut_after: int | None = None
    stall_after: int | None = None
    end_after: int | None = None
    error_after: int | None = None
    error_is_text: bool = False
    comments_ms: int | None = None  # between comments, while nothing else comes
    is_empty: bool = False
    spoil: Spoil | None = None
    long_line_mb: int | None = None
    spoil_at: int = 0  # the event that is spoiled or long
    has_finish_reason: bool = True
    has_done: bool = True
    has_space: bool = True
    line_end: str = "\n"
    has_bom: bool = False
    length: int | None = None  # what Content-Length says
    has_type: bool = True  # else `Content-Type` says that it is a page
    gzip_mb: int | None = None  # empty lines that come first, compressed with the rest
    is_whole: bool = False  # a whole answer, though a stream was asked for
    has_all_choices: bool = True  # else one, whatever `n` says
    usage: UsageMode = UsageMode.ASKED
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    thoughts: Thoughts | None = None
