"""Reading a stream of chat chunks: what goes on to the client, and what it tells us."""

import json
from collections.abc import Mapping
from typing import Any

from pydantic_core import from_json, to_json

from app.core.errors import UpstreamError, UpstreamProtocolError
from app.services.providers.dialects.chat_answer import read_finish_reason, read_usage
from app.services.providers.dialects.chat_marks import (
    BLANK_LINE,
    DONE,
    first_that_may_matter,
    is_sound,
)
from app.services.providers.dialects.likeness import Likeness
from app.services.providers.dialects.written import measure_choices, measure_plain
from app.services.providers.provider import AnswerFacts
from app.services.providers.upstream_errors import error_from_event
from app.utils.json_values import JsonObject, object_in, objects_in
from app.utils.sse import parse_event


class ChatStreamReader:
    """Reads one stream. The first event and those that may matter are parsed, the rest pass."""

    __slots__ = (
        "_choices",
        "_facts",
        "_finished",
        "_likeness",
        "_upstream",
        "_wants_usage",
        "done",
        "failure",
        "started",
    )

    def __init__(
        self, upstream: str, facts: AnswerFacts, *, wants_usage: bool, choices: int
    ) -> None:
        """Expect `choices` finish reasons, and note what is learnt in `facts`."""
        self._upstream = upstream
        self._facts = facts
        self._wants_usage = wants_usage
        self._choices = choices
        self._finished: set[int] = set()
        self._likeness = Likeness()  # of the events that pass unread
        self.started = False  # a first chunk has been seen
        self.done = False  # the upstream said [DONE]
        self.failure: UpstreamError | None = None  # an event was an error, or nonsense

    @property
    def is_complete(self) -> bool:
        """Whether every choice has its finish reason, so that the end may come.

        An upstream that does not know `n` says [DONE] after one choice.
        """
        return len(self._finished) >= (1 if self.done else self._choices)

    def feed(self, events: bytes) -> bytes:
        """Return what of some whole events the client gets: all before a `failure`."""
        at = self._likeness.measure(events, 0, self._facts)
        if at == len(events):
            return events
        passed = [events[:at]]
        at = self._pass_unread(events, at, passed)
        while at < len(events) and not (self.done or self.failure):
            end = _end_of_event(events, at)
            event = events[at:end]
            was_started = self.started
            if self._passes(event):
                passed.append(event)
            at = end if was_started else self._pass_unread(events, end, passed)
        return b"".join(passed)

    def _pass_unread(self, events: bytes, start: int, passed: list[bytes]) -> int:
        """Pass what comes before the first event that may matter; return where that begins.

        The first event teaches what those after it look like.
        """
        if not self.started or start == len(events):
            return start
        learnt = events[start : _end_of_event(events, start)]
        if self._pass_plain(learnt, passed) < len(learnt):
            return start
        self._likeness.learn(learnt)
        at = start + len(learnt)
        end = self._likeness.measure(events, at, self._facts)
        passed.append(events[at:end])
        return end + self._pass_plain(events[end:], passed)

    def _pass_plain(self, events: bytes, passed: list[bytes]) -> int:
        """Pass events up to the first that may matter; return how many bytes those are."""
        end = first_that_may_matter(events)
        if end < len(events):
            before = events.rfind(BLANK_LINE, 0, end)
            end = 0 if before < 0 else before + len(BLANK_LINE)
        plain = events[:end]
        if not is_sound(plain) or not measure_plain(plain, self._facts):
            return 0
        passed.append(plain)
        return end

    def _passes(self, event: bytes) -> bool:
        name, data = parse_event(event)
        if not data:
            return self.started  # a comment: nothing goes out before the first chunk does
        if data.strip() == DONE:
            self.done = True
            return False
        chunk = _parsed(data)
        if chunk is None:
            self.failure = UpstreamProtocolError(
                f"The upstream {self._upstream!r} sent an event that is not a JSON object."
            )
            return False
        if name == b"error" or chunk.get("error"):
            self.failure = error_from_event(self._upstream, chunk)
            return False
        if not self.started:
            self.started = True
            self._facts.chunk_head = {key: chunk.get(key) for key in ("id", "created", "model")}
            self._facts.open_choices = frozenset(range(self._choices))
        return self._notes(chunk)

    def _notes(self, chunk: Mapping[str, Any]) -> bool:
        """Note text, usage and finish reasons; return whether the client gets the chunk."""
        measure_choices(chunk, self._facts)
        choices = objects_in(chunk.get("choices"))
        for choice in choices:
            reason = read_finish_reason(choice)
            if reason is not None:
                self._facts.finish_reason = reason
                index = choice.get("index")
                self._finished.add(index if isinstance(index, int) else 0)
                self._facts.open_choices -= self._finished
        usage = read_usage(chunk)
        if usage is not None:
            self._facts.usage = usage
            self._facts.usage_at_bytes = self._facts.text_bytes
        return self._wants_usage or bool(choices) or not chunk.get("usage")


def cut_chunk(facts: AnswerFacts, code: str) -> bytes:
    """Return the chunk that ends a stream before its time, as if its cap were reached.

    Args:
        facts: What is known of the stream.
        code: Why, for programs that look: `choices[].delta` has no place for it.
    """
    choices: list[JsonObject] = [
        {"index": index, "delta": {}, "finish_reason": "length"}
        for index in sorted(facts.open_choices)
    ]
    facts.finish_reason = "length"
    chunk: JsonObject = {
        **(facts.chunk_head or {}),
        "object": "chat.completion.chunk",
        "choices": choices,
        "meterhouse": {"code": code},
    }
    return b"data: " + to_json(chunk) + b"\n\n"


def _end_of_event(events: bytes, start: int) -> int:
    return events.index(BLANK_LINE, start) + len(BLANK_LINE)


def _parsed(data: bytes) -> Mapping[str, Any] | None:
    try:
        return object_in(from_json(data)) or None
    except ValueError:
        pass
    try:  # halves of surrogate pairs, which some upstreams send in two chunks
        return object_in(json.loads(data.decode())) or None
    except (ValueError, RecursionError):
        return None
