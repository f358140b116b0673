"""Reading TGI's stream of tokens."""

import json
from typing import Any

import pytest

from app.core.errors import (
    UpstreamError,
    UpstreamProtocolError,
    UpstreamRateLimitedError,
    UpstreamUnprocessableError,
)
from app.core.tasks.catalogue import TASKS
from app.services.providers.dialects.task_request import outgoing_task
from app.services.providers.dialects.text_stream import TextStreamReader
from app.services.providers.provider import AnswerFacts, ChatRequest, Counted, Usage
from app.services.tasks.measuring import Count
from app.services.tasks.work import Manner, Work

WORK = Work(
    TASKS["text-generation"], Manner("application/json", is_named=False), Count(3, 9), 8, ()
)


def event(text: str, *, whole: str | None = None, details: dict[str, Any] | None = None) -> bytes:
    token = {"id": 1, "text": text, "logprob": -0.1, "special": False}
    data = {"index": 1, "token": token, "generated_text": whole, "details": details}
    return b"data:" + json.dumps(data).encode() + b"\n\n"


def reader(*, wants_details: bool = True) -> tuple[TextStreamReader, AnswerFacts]:
    facts = AnswerFacts()
    return TextStreamReader("up", WORK, facts, wants_details=wants_details), facts


def test_events_pass_as_they_came_and_are_counted() -> None:
    read, facts = reader()
    events = event("a") + b": a comment\n\n" + event("") + event("ä", whole="aä")

    assert read.feed(b": too early\n\n" + events) == events
    assert (read.is_complete, read.done, read.failure) == (True, True, None)
    assert (facts.text_pieces, facts.text_bytes, facts.usage) == (3, 3, None)
    assert facts.counted == Counted(3, 3, is_exact=True)


def test_the_details_say_what_was_used() -> None:
    read, facts = reader()
    details = {"finish_reason": "length", "generated_tokens": 7, "input_length": 5}

    read.feed(event("a", whole="a", details=details))

    assert (facts.usage, facts.finish_reason) == (Usage(5, 7), "length")
    assert (facts.usage_at_bytes, facts.open_choices) == (facts.text_bytes, frozenset())


def test_details_that_nobody_wants_are_left_out() -> None:
    read, facts = reader(wants_details=False)
    details = {"finish_reason": "length", "generated_tokens": 7}

    passed = json.loads(read.feed(event("a", whole="a", details=details)).removeprefix(b"data: "))

    assert (passed["details"], passed["generated_text"]) == (None, "a")
    assert facts.counted == Counted(3, 7, is_exact=True)


@pytest.mark.parametrize(
    ("bad", "kind"),
    [
        (b"data: <<<\n\n", UpstreamProtocolError),
        (b'data: {"choices": []}\n\n', UpstreamProtocolError),
        (b'data: {"token": {"text": 3}}\n\n', UpstreamProtocolError),
        (b'event: error\ndata: {"message": "m"}\n\n', UpstreamError),
        (b'data: {"error": "e", "error_type": "validation"}\n\n', UpstreamUnprocessableError),
        (b'data: {"error": "e", "error_type": "overloaded"}\n\n', UpstreamRateLimitedError),
        (b'data: {"error": "e", "error_type": "generation"}\n\n', UpstreamError),
        (b'data: {"error": {"message": "m"}}\n\n', UpstreamError),
    ],
)
def test_what_is_no_token_ends_the_stream(bad: bytes, kind: type[UpstreamError]) -> None:
    read, _ = reader()

    assert read.feed(event("a") + bad + event("b")) == event("a")
    assert isinstance(read.failure, kind)
    assert not read.is_complete


def test_the_end_before_the_last_token_is_no_end() -> None:
    read, _ = reader()

    read.feed(event("a") + b"data: [DONE]\n\n")

    assert (read.done, read.is_complete) == (True, False)


def test_a_stream_is_asked_for_its_details_and_a_held_call_for_its_cap() -> None:
    payload: dict[str, Any] = {"inputs": "a", "parameters": {"top_k": 3}}
    body = json.dumps(payload).encode()
    plain, held = (ChatRequest(payload, body, "m", is_metered=held) for held in (False, True))

    assert outgoing_task(plain, WORK, stream=False) == body
    streamed = json.loads(outgoing_task(plain, WORK, stream=True))
    assert streamed["parameters"] == {"top_k": 3, "details": True}
    capped = json.loads(outgoing_task(held, WORK, stream=False))
    assert capped["parameters"] == {"top_k": 3, "max_new_tokens": 4_096}


def test_a_cap_of_the_caller_s_own_stays() -> None:
    payload: dict[str, Any] = {"inputs": "a", "parameters": {"max_new_tokens": 5}}
    request = ChatRequest(payload, b'{"inputs": "b"}', "m", is_metered=True)

    assert json.loads(outgoing_task(request, WORK, stream=False)) == payload
