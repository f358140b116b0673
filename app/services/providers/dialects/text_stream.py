"""Reading TGI's stream of tokens: what goes on to the client, and what it tells us.

Wire facts: https://huggingface.co/docs/text-generation-inference/conceptual/streaming.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final, cast

from pydantic_core import from_json, to_json

from app.core.errors import UpstreamError, UpstreamProtocolError
from app.services.providers.dialects.chat_marks import BLANK_LINE, DONE
from app.services.providers.provider import AnswerFacts, Counted, Usage
from app.services.providers.upstream_errors import error_from_event
from app.services.tasks.work import Work
from app.utils.json_values import JsonObject, object_in
from app.utils.sse import parse_event

_ONLY: Final = frozenset({0})
_MOST: Final = 100_000_000  # tokens: no model reads or writes so many for one call


class TextStreamReader:
    """Reads one stream of tokens. All events are parsed; they pass as they came."""

    __slots__ = (
        *("_facts", "_is_started", "_tokens", "_upstream", "_wants_details", "_work"),
        *("done", "failure", "is_complete"),
    )

    def __init__(
        self, upstream: str, work: Work, facts: AnswerFacts, *, wants_details: bool
    ) -> None:
        """Note what is learnt in `facts`; the client gets the details that it wants, or none."""
        self._upstream = upstream
        self._work = work
        self._facts = facts
        self._wants_details = wants_details
        self._is_started = False  # a first token has been seen
        self._tokens = 0
        self.done = False
        self.is_complete = False  # the last event has come
        self.failure: UpstreamError | None = None

    def feed(self, events: bytes) -> bytes:
        """Return what of some whole events the client gets: all before a `failure`."""
        passed: list[bytes] = []
        for event in events.split(BLANK_LINE):
            if self.done or self.failure:
                break
            if event and (kept := self._read(event)):
                passed.append(kept + BLANK_LINE)
        return b"".join(passed)

    def _read(self, event: bytes) -> bytes:
        name, data = parse_event(event)
        if not data:
            return event if self._is_started else b""  # nothing goes out before a token does
        if data.strip() == DONE:
            self.done = True
            return b""
        value = _parsed(data)
        text = object_in(value.get("token")).get("text")
        if value.get("error") or name == b"error" or not isinstance(text, str):
            self.failure = self._failure_of(value)
            return b""
        self._note(text)
        is_last = isinstance(value.get("generated_text"), str)
        return self._last(event, value) if is_last else event

    def _failure_of(self, value: Mapping[str, Any]) -> UpstreamError:
        if value.get("error"):
            return error_from_event(self._upstream, value)
        return UpstreamProtocolError(
            f"The upstream {self._upstream!r} sent an event that is no token."
        )

    def _note(self, text: str) -> None:
        if not self._is_started:
            self._is_started, self._facts.open_choices = True, _ONLY
        self._tokens += 1
        self._facts.text_pieces += 1
        self._facts.text_bytes += len(text.encode(errors="surrogatepass"))

    def _last(self, event: bytes, value: Mapping[str, Any]) -> bytes:
        self.done = self.is_complete = True
        self._note_details(object_in(value.get("details")))
        if self._wants_details or not value.get("details"):
            return event
        return b"data: " + to_json({**value, "details": None})

    def _note_details(self, details: Mapping[str, Any]) -> None:
        facts, read = self._facts, self._work.read
        facts.open_choices = frozenset()
        reason = details.get("finish_reason")
        facts.finish_reason = reason if isinstance(reason, str) else None
        written = _count(details.get("generated_tokens"))
        said = _count(details.get("input_length"))
        if written is not None and said is not None:
            facts.usage, facts.usage_at_bytes = Usage(said, written), facts.text_bytes
        counted = self._tokens if written is None else written
        facts.counted = Counted(read.units, counted, is_exact=read.is_exact)


def as_text_events(answer: bytes, *, wants_details: bool) -> Iterator[bytes]:
    """Yield a whole answer, in its form, as the one event of a stream that is none."""
    value: object = from_json(answer)
    whole = object_in(cast("list[object]", value)[0] if isinstance(value, list) else value)
    text = whole.get("generated_text")
    event: JsonObject = {
        "index": 0,
        "token": {"id": 0, "text": text, "logprob": 0.0, "special": False},
        "generated_text": text,
        "details": whole.get("details") if wants_details else None,
    }
    yield b"data: " + to_json(event) + BLANK_LINE


def _parsed(data: bytes) -> Mapping[str, Any]:
    try:
        return object_in(from_json(data))
    except ValueError:
        return {}


def _count(value: object) -> int | None:
    return value if type(value) is int and 0 <= value <= _MOST else None
