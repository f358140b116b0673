import json

import pytest

from app.core.errors import UpstreamError, UpstreamProtocolError
from app.services.providers.dialects.chat_stream import ChatStreamReader, cut_chunk
from app.services.providers.provider import AnswerFacts, Usage

FIRST = b'data: {"choices":[{"index":0,"delta":{"role":"assistant","content":"He"}}]}\n\n'
PLAIN = b'data: {"choices":[{"index":0,"delta":{"content":"llo"},"finish_reason":null}]}\n\n'
LAST = b'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n'
USAGE = b'data: {"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":2}}\n\n'
DONE = b"data: [DONE]\n\n"


def _reader(*, wants_usage: bool = False, choices: int = 1) -> tuple[ChatStreamReader, AnswerFacts]:
    facts = AnswerFacts()
    return ChatStreamReader("hub", facts, wants_usage=wants_usage, choices=choices), facts


def test_an_answer_passes_byte_for_byte_and_its_facts_are_noted() -> None:
    reader, facts = _reader(wants_usage=True)

    passed = b"".join(map(reader.feed, [FIRST, PLAIN, LAST, USAGE, DONE]))

    assert passed == FIRST + PLAIN + LAST + USAGE
    assert (facts.usage, facts.finish_reason) == (Usage(3, 2), "stop")
    assert reader.done
    assert reader.is_complete


def test_the_usage_chunk_is_kept_from_a_client_that_did_not_ask() -> None:
    reader, facts = _reader()

    assert reader.feed(FIRST + LAST + USAGE + DONE) == FIRST + LAST
    assert facts.usage == Usage(3, 2)


@pytest.mark.parametrize("size", [1, 2, 3, 5])
def test_what_is_learnt_does_not_hang_on_how_many_events_arrive_together(size: int) -> None:
    reader, facts = _reader(wants_usage=True)
    unlike = b'data: {"choices":[{"index":0,"delta":{"tool_calls":[{"id":"t"}]}}]}\n\n'
    events = [b": hello\n\n", FIRST, PLAIN, PLAIN, unlike, PLAIN, LAST, USAGE, DONE]
    together = [b"".join(events[at : at + size]) for at in range(0, len(events), size)]

    assert b"".join(map(reader.feed, together)) == b"".join(events[1:-1])
    assert (facts.usage, facts.finish_reason, facts.text_bytes) == (Usage(3, 2), "stop", 11)
    assert (reader.done, reader.is_complete) == (True, True)


def test_events_that_arrive_together_are_read_up_to_the_first_that_fails() -> None:
    reader, _ = _reader()
    error = b'data: {"error":{"message":"boom"}}\n\n'

    assert reader.feed(FIRST + PLAIN + error + PLAIN) == FIRST + PLAIN
    assert reader.failure


def test_usage_on_a_chunk_with_text_is_passed_on() -> None:
    reader, facts = _reader()
    both = (
        b'data: {"choices":[{"index":0,"delta":{"content":"x"}}],'
        b'"usage":{"prompt_tokens":1,"completion_tokens":1}}\n\n'
    )

    assert reader.feed(FIRST + both) == FIRST + both
    assert facts.usage == Usage(1, 1)


@pytest.mark.parametrize("done", [b"data: [DONE]\n\n", b"data:[DONE]\n\n", b"data:  [DONE] \n\n"])
def test_the_end_mark_is_taken_out_however_it_is_written(done: bytes) -> None:
    reader, _ = _reader()

    assert reader.feed(FIRST + LAST + done + b": after\n\n") == FIRST + LAST
    assert reader.done


def test_text_about_usage_errors_and_done_is_only_text() -> None:
    reader, facts = _reader()
    text = json.dumps(
        {"choices": [{"index": 0, "delta": {"content": '"usage": {"x"} "error": {'}}]}
    )
    event = b"data: %b\n\n" % text.encode()

    assert reader.feed(FIRST) + reader.feed(event) == FIRST + event
    assert facts.usage is None


def test_done_inside_text_does_not_end_the_stream() -> None:
    reader, _ = _reader()
    event = b'data: {"choices":[{"index":0,"delta":{"content":"data: [DONE]"}}]}\n\n'

    assert reader.feed(FIRST + event) == FIRST + event
    assert not reader.done


@pytest.mark.parametrize(
    "event",
    [
        b'data: {"error":{"message":"boom"}}\n\n',
        b'data: {"error":"boom","error_type":"generation"}\n\n',
        b'event: error\ndata: {"message":"boom"}\n\n',
        b'data: {"error": {"message":"boom","http_status_code":500}}\n\ndata: [DONE]\n\n',
        b'data: {"error":["boom"]}\n\n',
    ],
)
@pytest.mark.parametrize("first", [b"", FIRST])
def test_an_error_event_of_any_form_is_an_error(first: bytes, event: bytes) -> None:
    reader, _ = _reader()

    assert reader.feed(first + event + PLAIN) == first
    assert isinstance(reader.failure, UpstreamError)
    assert "boom" in reader.failure.message


@pytest.mark.parametrize("garbage", [b"data: <html>\n\n", b"data: 7\n\n", b"data: {}\n\n"])
def test_a_first_event_that_is_no_object_is_refused(garbage: bytes) -> None:
    reader, _ = _reader()

    assert reader.feed(garbage) == b""
    assert isinstance(reader.failure, UpstreamProtocolError)


def test_comments_wait_for_the_first_chunk_and_then_pass() -> None:
    reader, _ = _reader()

    assert reader.feed(b": PROCESSING\n\n") == b""
    assert reader.feed(FIRST + b": PROCESSING\n\n") == FIRST + b": PROCESSING\n\n"


@pytest.mark.parametrize("index", [b'"x"', b"null", b"[]"])
def test_a_choice_without_a_number_is_the_first(index: bytes) -> None:
    reader, _ = _reader()
    reader.feed(FIRST + LAST.replace(b'"index":0', b'"index":' + index))

    assert reader.is_complete


def test_every_choice_needs_its_own_finish_reason() -> None:
    reader, _ = _reader(choices=2)
    reader.feed(FIRST + LAST)

    assert not reader.is_complete

    reader.feed(LAST.replace(b'"index":0', b'"index":1'))
    assert reader.is_complete


def test_an_upstream_that_never_tells_usage_leaves_it_unknown() -> None:
    reader, facts = _reader()
    for tokens in ('"many"', "-1", "true", "99999999999999999999", "null"):
        usage = f'{{"prompt_tokens":{tokens},"completion_tokens":1}}'
        reader.feed(FIRST + b'data: {"choices":[],"usage":%b}\n\n' % usage.encode() + LAST)

    assert facts.usage is None


def test_usage_that_cannot_be_is_kept_from_a_client_that_did_not_ask() -> None:
    absurd = USAGE.replace(b'"completion_tokens":2', b'"completion_tokens":4503599627370496')
    reader, facts = _reader()

    assert reader.feed(FIRST + LAST + absurd + DONE) == FIRST + LAST
    assert facts.usage is None


def test_a_stream_that_is_cut_gives_each_open_choice_a_finish_reason() -> None:
    reader, facts = _reader(choices=3)
    head = b'data: {"id":"c1","created":7,"model":"m","choices":['
    reader.feed(head + b'{"index":1,"delta":{},"finish_reason":"stop"}]}\n\n')

    event = cut_chunk(facts, "budget_exceeded")

    chunk = json.loads(event.removeprefix(b"data: "))
    assert (chunk["id"], chunk["created"], chunk["model"]) == ("c1", 7, "m")
    assert [one["index"] for one in chunk["choices"]] == [0, 2]
    assert {one["finish_reason"] for one in chunk["choices"]} == {"length"}


@pytest.mark.parametrize(
    "nonsense",
    [
        b"data: <<< no JSON >>>\n\n",
        b'data: {"id": "c", oops}\n\n',
        b"data: [1, 2]\n\n",
        PLAIN.replace(b"llo", b"\xe2\x28\xa1"),
        PLAIN.replace(b"llo", b"l\0o"),
        PLAIN.replace(b"}\n\n", b"\n\n"),
    ],
)
def test_what_is_no_json_ends_a_stream_that_has_begun(nonsense: bytes) -> None:
    reader, _ = _reader()
    reader.feed(FIRST)

    assert reader.feed(PLAIN + nonsense + LAST) == PLAIN
    assert isinstance(reader.failure, UpstreamProtocolError)
